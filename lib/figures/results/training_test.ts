import { deepEqual, equal, ok } from "node:assert/strict";
import { HUE } from "@/figures/shared/style.ts";
import { testSnapshot, textsOf } from "@/figures/shared/testing.ts";
import { trainingFigure } from "@/figures/results/training.ts";

/** The last two epochs are equally good: the first of them is the best. */
const VALIDATION = [0.3, 0.41, 0.5, 0.52, 0.58, 0.6, 0.57, 0.61, 0.64, 0.64];
const ROWS = VALIDATION.map((valAccuracy, k) => (
  { epoch: k + 1, accuracy: 0.25 + 0.07 * k, valAccuracy }
));

testSnapshot("training", () => trainingFigure(ROWS));

Deno.test("trainingFigure() draws training blue and validation red", () => {
  const svg = trainingFigure(ROWS);
  equal(pointsOf(lineOf(svg, HUE.blue)).length, 10);
  ok(pointsOf(lineOf(svg, HUE.vermilion))[0]! < pointsOf(lineOf(svg, HUE.blue))[0]!); // higher on the page
  const texts = textsOf(svg);
  for (const name of ["training", "validation", "overfitting: training above validation"]) {
    ok(texts.includes(name), name);
  }
});

Deno.test("trainingFigure() fills yellow what is under training and above validation", () => {
  const svg = trainingFigure(ROWS), [training, validation] = [HUE.blue, HUE.vermilion];
  const fill = svg.match(/<g[^>]*fill="#f8f2a6"[^>]*>(.*?)<\/g>/)![1]!;
  const [above, under] = [...fill.matchAll(/ d="(.*?)"/g)].map(([, path]) => pointsOf(path!));
  deepEqual(under!.slice(0, 10), pointsOf(lineOf(svg, training)));
  deepEqual(above!.slice(10).toReversed(), pointsOf(lineOf(svg, validation)));
  ok(above!.slice(0, 10).every((y) => y === 0) && under!.slice(10).every((y) => y === 450));
  ok(!svg.includes("negative difference"));
});

Deno.test("trainingFigure() names the first epoch with the highest validation accuracy", () => {
  ok(textsOf(trainingFigure(ROWS)).includes("best validation: 64.0% in epoch 9"));
});

Deno.test("trainingFigure() keeps its note on the page, wherever the best epoch is", () => {
  for (const best of ROWS.keys()) {
    const rows = ROWS.map((row, k) => ({ ...row, valAccuracy: k === best ? 0.7 : 0.2 }));
    const note = `best validation: 70.0% in epoch ${best + 1}`;
    const { x, anchor } = noteOf(trainingFigure(rows), note);
    const width = note.length * 9.2; // semi-bold letters of 15 pixels are narrower
    ok(anchor === "start" ? x + width < 800 : x - width > 0, `epoch ${best + 1} at ${x}`);
  }
});

Deno.test("trainingFigure() marks a single epoch with dots", () => {
  const svg = trainingFigure([{ epoch: 0, accuracy: 0.3, valAccuracy: 0.4 }]);
  ok(svg.match(/<circle /g)!.length === 3 && !svg.includes("NaN"));
  const { x } = noteOf(svg, "best validation: 40.0% in epoch 0");
  ok(400 < x && x < 460, `${x}`);
});

Deno.test("trainingFigure() stays within 100% and says that there are no epochs", () => {
  const perfect = [1, 2].map((epoch) => ({ epoch, accuracy: 1, valAccuracy: 1 }));
  const ticks = textsOf(trainingFigure(perfect)).filter((text) => /^\d+%$/.test(text));
  deepEqual(ticks.at(-1), "100%");
  deepEqual(textsOf(trainingFigure([])), ["Accuracy against the epoch of training", "No epochs"]);
});

/** The path of the line of a colour. */
function lineOf(svg: string, stroke: string): string {
  return svg.match(
    new RegExp(`<g[^>]* stroke="${stroke}"[^>]*aria-label="line"><path d="(.*?)"`),
  )![1]!;
}

/** Heights of the points of a path, in pixels from the top. */
function pointsOf(path: string): number[] {
  return [...path.matchAll(/,([\d.]+)/g)].map(([, y]) => Number(y));
}

/** Place of a text: its left or right end, in pixels. */
function noteOf(svg: string, note: string): { x: number; anchor: string } {
  const group = svg.match(
    new RegExp(`<g[^>]*text-anchor="(start|end)"[^>]*>(<text[^>]*>)${note}<`),
  )!;
  const shift = group[0].match(/^<g[^>]*translate\((-?[\d.]+),/)?.[1] ?? "0";
  return {
    x: Number(group[2]!.match(/translate\(([\d.]+),/)![1]) + Number(shift),
    anchor: group[1]!,
  };
}
