import { deepEqual, equal, ok } from "node:assert/strict";
import { COLOR } from "@/figures/shared/style.ts";
import { testSnapshot, textsOf } from "@/figures/shared/testing.ts";
import { confusionFigure } from "@/figures/results/confusion.ts";

const ROWS = [
  { true: "0-6", predicted: "0-6", photos: 1800 },
  { true: "0-6", predicted: "7-20", photos: 199 },
  { true: "0-6", predicted: "60+", photos: 1 },
  { true: "7-20", predicted: "0-6", photos: 30 },
  { true: "7-20", predicted: "7-20", photos: 60 },
  { true: "7-20", predicted: "60+", photos: 10 },
  { true: "60+", predicted: "0-6", photos: 0 },
  { true: "60+", predicted: "7-20", photos: 5 },
  { true: "60+", predicted: "60+", photos: 5 },
];

testSnapshot("confusion", () => confusionFigure(ROWS));

const SPLITS = [
  ...ROWS.map((row) => ({ ...row, split: "by photo" })),
  ...ROWS.map((row) => ({ ...row, photos: Math.ceil(row.photos / 3), split: "by person" })),
];

testSnapshot("confusion_splits", () => confusionFigure(SPLITS));

Deno.test("confusionFigure() draws a matrix for each split, side by side, with its accuracy", () => {
  const svg = confusionFigure(SPLITS), texts = textsOf(svg);
  equal(svg.match(/aria-label="cell"/g)!.length, 2);
  ok(svg.includes('viewBox="0 0 800 '));
  for (const text of ["by photo", "by person", "Correct: 1,865 of 2,110 photos (88.4%)"]) {
    equal(texts.filter((own) => own === text).length, 1, text);
  }
});

Deno.test("confusionFigure() tells exact values where the pointer rests", () => {
  const hint = "true 0-6, predicted 7-20: 199 photos, 10.0% of the true group";
  ok(confusionFigure(ROWS).includes(`<title>${hint}</title>`));
});

Deno.test("confusionFigure() draws a cell for each pair, rows by the true group", () => {
  const cells = cellsOf(confusionFigure(ROWS));
  equal(cells.length, 9);
  const [first, second] = cells, fourth = cells[3]!;
  ok(second!.x > first!.x && second!.y === first!.y);
  ok(fourth.x === first!.x && fourth.y > first!.y);
});

Deno.test("confusionFigure() writes photos and their share of the row", () => {
  const texts = textsOf(confusionFigure(ROWS));
  for (const text of ["1,800", "90.0%", "199", "10.0%", "0.1%", "60.0%", "50.0%", "0.0%"]) {
    ok(texts.includes(text), text);
  }
  deepEqual(texts.slice(-3), ["2,000", "100", "10"]); // photos of each row
  ok(texts[1]!.startsWith("Correct: 1,865 of 2,110 photos (88.4%)."));
});

Deno.test("confusionFigure() colours by the share of the row: small groups like large ones", () => {
  const draw = (photos: number) =>
    confusionFigure(
      [{ true: "a", predicted: "a", photos: 5 }, { true: "a", predicted: "b", photos: 5 }]
        .map((row) => ({ ...row, photos: row.photos * photos })),
    );
  deepEqual(cellsOf(draw(1)).map(({ fill }) => fill), cellsOf(draw(100)).map(({ fill }) => fill));
  const fills = cellsOf(confusionFigure(ROWS)).map(({ fill }) => fill);
  equal(fills[7], fills[8]); // 5 and 5 of 10
  equal(new Set([fills[0], fills[3], fills[4], fills[6], fills[7]]).size, 5);
});

Deno.test("confusionFigure() writes white on dark cells", () => {
  const inks = inksOf(confusionFigure(ROWS));
  equal(inks.get("1,800"), "white");
  equal(inks.get("60"), COLOR.ink);
  equal(inks.get("199"), COLOR.ink);
});

Deno.test("confusionFigure() shows a group without photos, and pairs that are not given", () => {
  const svg = confusionFigure([{ true: "a", predicted: "b", photos: 3 }]), texts = textsOf(svg);
  equal(cellsOf(svg).length, 4);
  equal(cellsOf(svg)[3]!.fill, COLOR.grid);
  equal(texts.filter((text) => text === "–").length, 2);
  ok(!svg.includes("NaN"));
});

Deno.test("confusionFigure() says that there are no photos", () => {
  deepEqual(textsOf(confusionFigure([])), ["True and predicted age groups", "No photos"]);
  const none = [{ true: "a", predicted: "a", photos: 0 }];
  deepEqual(textsOf(confusionFigure(none)).at(-1), "No photos");
});

function cellsOf(svg: string) {
  const cells = svg.match(/<g[^>]*aria-label="cell"[^>]*>(.*?)<\/g>/)![1]!.match(/<rect [^>]*>/g)!;
  return cells.map((cell) => ({
    x: Number(cell.match(/ x="(.*?)"/)![1]),
    y: Number(cell.match(/ y="(.*?)"/)![1]),
    fill: cell.match(/ fill="(.*?)"/)![1]!,
  }));
}

/** The colour of each text in the cells. */
function inksOf(svg: string): Map<string, string> {
  const texts = svg.matchAll(/<text [^>]*?fill="([^"]*)"[^>]*>([^<]+)/g);
  return new Map([...texts].map(([, fill, text]) => [text!, fill!]));
}
