import { deepEqual, equal, ok } from "node:assert/strict";
import { testSnapshot, textsOf } from "@/figures/_testing.ts";
import { modelSearchFigure } from "@/figures/model_search.ts";

const model = (
  id: string,
  technique: string,
  parameters: number,
  epochs: number,
  accuracy: number,
) => (
  {
    ...{ id, technique, parameters, epochs, state: "finished" },
    ...{ valAccuracy: accuracy, low: accuracy - 0.02, high: accuracy + 0.02 },
  }
);

const ROWS = [
  model("I", "none", 11_072_581, 6, 0.61),
  model("II", "none", 1_281_621, 25, 0.66),
  model("IV", "none", 658_773, 86, 0.704),
  model("VII", "dropout", 658_773, 86, 0.704),
  { ...model("VIIa", "dropout", 658_773, 6, 0.3), state: "diverged" },
  model("X", "max-norm", 658_773, 60, 0.69),
  model("XIII", "max-norm + dropout", 658_773, 25, 0.65),
  model("XVIII", "batch normalisation", 660_405, 25, 0.68),
  { ...model("XVIIIb", "batch normalisation", 660_405, 0, NaN), state: "failed" },
  model("XXI", "L2", 658_773, 6, 0.52),
];

testSnapshot("model_search", () => modelSearchFigure(ROWS));

Deno.test("modelSearchFigure() draws every model in both panels, and names the best in each", () => {
  const svg = modelSearchFigure(ROWS), texts = textsOf(svg);
  equal(titlesOf(svg).length, 2 * ROWS.length);
  equal(texts.filter((text) => text === "IV, 70.4%").length, 2); // the first of equals
  ok(!texts.some((text) => text.startsWith("VII,")));
});

Deno.test("modelSearchFigure() sets the diverged apart, also those without an accuracy", () => {
  const svg = modelSearchFigure(ROWS);
  ok(textsOf(svg)[1]!.startsWith("10 models, of which 2 diverged"));
  equal(textsOf(svg).filter((text) => text === "diverged").length, 2);
  equal(titlesOf(svg).filter((title) => title.endsWith(": diverged")).length, 4);
  const sound = modelSearchFigure(ROWS.slice(0, 4));
  ok(!textsOf(sound).some((text) => text.includes("diverged")));
  ok(!svg.includes("NaN"));
});

Deno.test("modelSearchFigure() never names a diverged model the best", () => {
  const rows = [ROWS[0]!, { ...ROWS[2]!, state: "diverged" }];
  ok(textsOf(modelSearchFigure(rows)).includes("I, 61.0%"));
});

Deno.test("modelSearchFigure() gives each technique a sign of its own, ten of them too", () => {
  const techniques = Array.from({ length: 10 }, (_, i) => `technique ${i}`);
  const rows = techniques.map((name, i) => model(`${i}`, name, 10 ** i, 1, 0.5));
  const key = modelSearchFigure(rows).match(/<g[^>]*aria-label="dot"[^>]*>.*?<\/g>/)![0];
  const signs = [...key.matchAll(/<path .*? d="(\S+?)".*?>/g)].map(([sign]) =>
    sign.replace(/transform="[^"]*"/, "")
  );
  equal(signs.length, 10);
  equal(new Set(signs).size, 10);
});

Deno.test("modelSearchFigure() moves equal models apart, and keeps sixty on the page", () => {
  const rows = Array.from({ length: 60 }, (_, i) => model(`${i}`, "none", 658_773, 60, 0.7));
  const places = placesOf(modelSearchFigure(rows));
  equal(places.length, 120);
  const xs = places.slice(0, 60).map(({ x }) => x).sort((a, b) => a - b);
  ok(xs.every((x, i) => i === 0 || x - xs[i - 1]! > 10), "11 pixels apart");
  ok(xs[0]! > 80 && xs.at(-1)! < 800, `${xs[0]} to ${xs.at(-1)}`);
});

Deno.test("modelSearchFigure() leaves models where they are that do not touch", () => {
  const rows = [model("a", "none", 1_000, 10, 0.5), model("b", "none", 10_000, 100, 0.5)];
  const [a, b] = placesOf(modelSearchFigure([...rows, model("c", "none", 100_000, 1_000, 0.5)]));
  const [c] = placesOf(modelSearchFigure([...rows, model("c", "none", 100_000, 1_000, 0.5)])).slice(
    2,
  );
  ok(Math.abs((c!.x - b!.x) - (b!.x - a!.x)) < 0.01, "powers of ten are as far apart");
});

Deno.test("modelSearchFigure() counts epochs on a scale of powers, from the first", () => {
  const rows = [model("a", "none", 1e5, 1, 0.5), model("b", "none", 1e5, 86, 0.5)];
  const texts = textsOf(modelSearchFigure(rows));
  for (const epochs of ["1", "2", "5", "10", "20", "50"]) ok(texts.includes(epochs), epochs);
});

Deno.test("modelSearchFigure() keeps the name of the best on the page, wherever it is", () => {
  for (const parameters of [1, 1_000_000]) {
    const best = { ...model("XVIII-dropout", "none", parameters, 1, 0.9) };
    const svg = modelSearchFigure([
      model("a", "none", 1_000, 1, 0.5),
      model("b", "none", 1, 1, 0.4),
      model("c", "none", 1_000_000, 1, 0.4),
      best,
    ]);
    const [, anchor, x] = svg.match(
      /<g[^>]*?(text-anchor="end"[^>]*)?><text[^>]*translate\(([\d.]+),[^>]*>XVIII-dropout/,
    )!;
    const width = "XVIII-dropout, 90.0%".length * 9.2;
    ok(Number(x) - (anchor ? width : width / 2) > 0, `left: ${x}`);
    ok(Number(x) + (anchor ? 10 : width / 2) < 800, `right: ${x}`);
  }
});

Deno.test("modelSearchFigure() draws a single model, only diverged ones, and none", () => {
  const one = modelSearchFigure(ROWS.slice(2, 3));
  ok(textsOf(one).includes("IV, 70.4%") && !one.includes("side by side"));
  const lost = modelSearchFigure([ROWS[8]!]);
  ok(textsOf(lost).includes("diverged") && !lost.includes("NaN"));
  deepEqual(textsOf(modelSearchFigure([])), ["Validation accuracy of the models", "No models"]);
});

function titlesOf(svg: string): string[] {
  return [...svg.matchAll(/<title>([^<]*)/g)].map(([, title]) => title!);
}

/** Where the signs with a title stand, in pixels. */
function placesOf(svg: string): { x: number; y: number }[] {
  const marks = svg.matchAll(/<(?:path|circle) ([^>]*)><title>/g);
  return [...marks].map(([, mark]) => {
    const [, x, y] = mark!.match(/translate\(([\d.]+),([\d.]+)\)/) ??
      [0, mark!.match(/cx="(.*?)"/)?.[1], mark!.match(/cy="(.*?)"/)?.[1]];
    return { x: Number(x), y: Number(y) };
  });
}
