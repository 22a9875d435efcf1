import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { percent } from "@/base/text.ts";
import { HUE } from "@/figures/shared/style.ts";
import { testSnapshot, textsOf } from "@/figures/shared/testing.ts";
import { splitComparisonFigure } from "@/figures/results/intervals.ts";

const ROWS = [
  { split: "by photo", measure: "accuracy", value: 0.694, low: 0.682, high: 0.708 },
  { split: "by person", measure: "accuracy", value: 0.611, low: 0.597, high: 0.625 },
  { split: "by photo", measure: "balanced accuracy", value: 0.641, low: 0.626, high: 0.657 },
  { split: "by person", measure: "balanced accuracy", value: 0.552, low: 0.536, high: 0.567 },
  { split: "by photo", measure: "one-off accuracy", value: 0.974, low: 0.969, high: 0.979 },
  { split: "by person", measure: "one-off accuracy", value: 0.931, low: 0.923, high: 0.939 },
];

testSnapshot("split_comparison", () => splitComparisonFigure(ROWS));

Deno.test("splitComparisonFigure() names each measure once, and writes every value", () => {
  const texts = textsOf(splitComparisonFigure(ROWS));
  for (
    const name of ["accuracy", "balanced accuracy", "one-off accuracy", "by photo", "by person"]
  ) {
    equal(texts.filter((text) => text === name).length, 1, name);
  }
  for (const { value } of ROWS) ok(texts.includes(percent(value)), percent(value));
});

Deno.test("splitComparisonFigure() gives each split a colour of its own", () => {
  const key = /<tspan[^>]*fill="([^"]*)"/g, keys = splitComparisonFigure(ROWS).matchAll(key);
  deepEqual([...keys].map(([, fill]) => fill), [HUE.blue, HUE.vermilion]);
});

Deno.test("splitComparisonFigure() tells interval and value where the pointer rests", () => {
  const { value, low, high } = ROWS[1]!;
  const hint = `accuracy, by person: ${percent(value)} (${percent(low)} to ${percent(high)})`;
  ok(splitComparisonFigure(ROWS).includes(`<title>${hint}</title>`));
});

Deno.test("splitComparisonFigure() draws one exact value, says that there are none, refuses four", () => {
  const exact = { split: "by photo", measure: "accuracy", value: 1, low: 1, high: 1 };
  const svg = splitComparisonFigure([exact]);
  ok(!svg.includes("NaN") && !svg.includes("Infinity"));
  equal(textsOf(splitComparisonFigure([])).at(-1), "No results");
  const four = ["a", "b", "c", "d"].map((split) => ({ ...exact, split }));
  throws(() => splitComparisonFigure(four), /Cannot draw 4 splits \(a, b, c, d\)/);
});
