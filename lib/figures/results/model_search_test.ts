import { deepEqual, equal, ok } from "node:assert/strict";
import { modelSearchFigure, TECHNIQUES } from "@/figures/results/model_search.ts";
import { testSnapshot, textsOf } from "@/figures/shared/testing.ts";
import type { Technique } from "@/model/spec.ts";

const model = (
  id: string,
  technique: Technique,
  parameters: number,
  epochs: number,
  accuracy: number,
  state = "finished",
) => (
  {
    ...{ id, technique, parameters, epochs, state },
    ...{ valAccuracy: accuracy, low: accuracy - 0.02, high: accuracy + 0.02 },
  }
);

const EARLY = "stopped early by the search";

const ROWS = [
  model("I", "none", 11_072_581, 6, 0.61, EARLY),
  model("II", "none", 1_281_621, 25, 0.66, EARLY),
  model("IV", "none", 658_773, 86, 0.704),
  model("VII", "dropout", 658_773, 86, 0.704),
  model("VIIa", "dropout", 658_773, 6, 0.3, "diverged"),
  model("X", "max-norm", 658_773, 60, 0.69),
  model("XIII", "max-norm + dropout", 658_773, 25, 0.65, EARLY),
  model("XVIII", "batch normalisation", 660_405, 25, 0.68, EARLY),
  model("XVIIIb", "batch normalisation", 660_405, 0, NaN, "failed"),
  model("XXI", "L2", 658_773, 6, 0.52, EARLY),
];

const BASELINES = {
  baseline: { name: "21-37", accuracy: 0.488 },
  constants: [
    { name: "7-20", accuracy: 0.21 },
    { name: "21-37", accuracy: 0.488 },
    { name: "38-59", accuracy: 0.22 },
  ],
};

testSnapshot("model_search", () => modelSearchFigure(ROWS, BASELINES));

Deno.test("modelSearchFigure() sorts by rung, then by accuracy, and puts the diverged last", () => {
  const ids = ROWS.map(({ id }) => id);
  deepEqual([...placesOf(modelSearchFigure(ROWS)).keys()].filter((id) => ids.includes(id)), [
    ...["IV", "VII", "X"],
    ...["XVIII", "II", "XIII"],
    ...["I", "XXI"],
  ]);
  const texts = textsOf(modelSearchFigure(ROWS));
  deepEqual(texts.filter((text) => /^rung|^diverged$/.test(text)).sort(), [
    "diverged",
    "rung 1, training ended by epoch 6",
    "rung 2, training ended by epoch 25",
    "rung 3, training ended after epoch 25",
  ]);
});

Deno.test("modelSearchFigure() leaves every symbol at its accuracy, equal ones too", () => {
  const rows = Array.from({ length: 60 }, (_, i) => model(`${i}`, "none", 658_773, 60, 0.7));
  const places = [
    ...placesOf(modelSearchFigure([...rows, model("low", "L2", 1, 60, 0.4)])).values(),
  ];
  equal(new Set(places.slice(0, 60).map(({ x }) => x)).size, 1);
  const ys = places.map(({ y }) => y);
  ok(ys.every((y, i) => i === 0 || y - ys[i - 1]! > 18), "rows apart");
});

Deno.test("modelSearchFigure() is as high as its models need", () => {
  const rows = Array.from({ length: 60 }, (_, i) => model(`${i}`, "none", 658_773, 60, 0.7));
  const height = (count: number) =>
    Number(modelSearchFigure(rows.slice(0, count)).match(/viewBox="0 0 800 (\S+)"/)![1]);
  equal(height(60) - height(59), height(2) - height(1));
  ok(height(60) > 60 * 18 && height(1) < 260, `${height(1)} to ${height(60)}`);
});

Deno.test("modelSearchFigure() gives a technique the same sign in any order of the models", () => {
  const signs = (rows: typeof ROWS) =>
    new Map(
      [...placesOf(modelSearchFigure(rows))].map(([id, { fill, path }]) => [id, `${fill} ${path}`]),
    );
  const forwards = signs(ROWS), backwards = signs(ROWS.toReversed());
  for (const [id, sign] of forwards) equal(backwards.get(id), sign, id);
});

Deno.test("TECHNIQUES have a sign each", () => {
  const signs = Object.values(TECHNIQUES).map(({ color, symbol }) => `${color} ${symbol}`);
  equal(new Set(signs).size, signs.length);
});

Deno.test("modelSearchFigure() marks what constant answers reach, the majority class once", () => {
  const svg = modelSearchFigure(ROWS, BASELINES), texts = textsOf(svg);
  for (
    const text of ["majority class, 21-37: 48.8%", "always 7-20: 21.0%", "always 38-59: 22.0%"]
  ) {
    equal(texts.filter((own) => own === text).length, 1, text);
  }
  equal(texts.filter((text) => text.includes("21-37")).length, 1);
  ok(!textsOf(modelSearchFigure(ROWS)).some((text) => /majority|always/.test(text)));
});

Deno.test("modelSearchFigure() writes labels of close lines over each other, all on the page", () => {
  const constants = ["0-6", "7-20", "38-59", "60+"].map((name) => ({ name, accuracy: 0.2 }));
  const svg = modelSearchFigure(ROWS, { constants });
  const heights = constants.map(({ name }) =>
    svg.match(
      new RegExp(`translate\\(([\\d.]+),([\\d.-]+)\\)"[^>]*>always ${name.replace("+", "\\+")}:`),
    )!
  );
  equal(new Set(heights.map(([, , y]) => y)).size, 4);
  ok(heights.every(([, x, y]) => Number(x) > 80 && Number(y) > 0));
});

Deno.test("modelSearchFigure() tells exact values where the pointer rests", () => {
  const svg = modelSearchFigure(ROWS);
  ok(svg.includes(
    "<title>IV, 70.4% (68.4% to 72.4%); none; 658,773 parameters, 86 epochs</title>",
  ));
  ok(svg.includes("<title>VIIa: diverged; dropout; 658,773 parameters, 6 epochs</title>"));
});

Deno.test("modelSearchFigure() sets the best apart, never one that diverged", () => {
  equal(boldOf(modelSearchFigure(ROWS)), "IV"); // the first of equals
  equal(boldOf(modelSearchFigure([ROWS[0]!, { ...ROWS[2]!, state: "diverged" }])), "I");
});

Deno.test("modelSearchFigure() counts the diverged, also those without an accuracy", () => {
  const svg = modelSearchFigure(ROWS);
  ok(textsOf(svg)[1]!.startsWith("10 models, of which 2 diverged"));
  ok(!svg.includes("NaN"));
  const sound = modelSearchFigure(ROWS.slice(0, 4));
  ok(!textsOf(sound).some((text) => text.includes("diverged")));
});

Deno.test("modelSearchFigure() draws a single model, only diverged ones, and none", () => {
  const one = modelSearchFigure(ROWS.slice(2, 3));
  ok(textsOf(one).includes("IV") && textsOf(one).includes("70.4%"));
  const lost = modelSearchFigure([ROWS[8]!]);
  ok(textsOf(lost).includes("diverged") && !lost.includes("NaN"));
  deepEqual(textsOf(modelSearchFigure([])), ["Validation accuracy of the models", "No models"]);
});

/** The symbols of the models from top to bottom, by the models' names. */
function placesOf(svg: string) {
  const marks = svg.matchAll(/<path ([^>]*)><title>([^,]*),/g);
  return new Map([...marks].map(([, mark, id]) => {
    const [, x, y] = mark!.match(/translate\(([\d.]+),([\d.]+)\)/)!;
    const fill = mark!.match(/fill="(.*?)"/)?.[1], path = mark!.match(/ d="(.*?)"/)![1];
    return [id!, { x: Number(x), y: Number(y), fill, path }];
  }));
}

/** The name of the model that is written in bold. */
function boldOf(svg: string): string | undefined {
  const groups = svg.matchAll(/<g[^>]*font-weight="600"[^>]*>(.*?)<\/g>/g);
  const bold = [...groups].flatMap(([, texts]) => [...texts!.matchAll(/>([^<>]+)<title>/g)]);
  return bold[0]?.[1];
}
