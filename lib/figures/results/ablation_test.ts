import { deepEqual, equal, ok } from "node:assert/strict";
import { testSnapshot, textsOf } from "@/figures/shared/testing.ts";
import { ablationFigure } from "@/figures/results/ablation.ts";

const TRAINED = { seeds: 3, photos: 3000, over: "seeds" } as const;
const NONE = { difference: null, low: null, high: null };
const ROWS: Parameters<typeof ablationFigure>[0] = [
  { ...TRAINED, part: "from IV", change: "model IV", balancedAccuracy: 0.601, ...NONE },
  {
    ...{ ...TRAINED, part: "from IV", change: "+ residual blocks", balancedAccuracy: 0.645 },
    ...{ difference: 0.044, low: 0.031, high: 0.057 },
  },
  {
    ...{ ...TRAINED, part: "less", change: "erasing", balancedAccuracy: 0.641 },
    ...{ difference: -0.004, low: -0.017, high: 0.009 },
  },
  {
    ...{ part: "with", change: "mixup, alpha 0.2", seeds: 2, photos: 3000, over: null },
    ...{ balancedAccuracy: null, ...NONE },
  },
];

testSnapshot("ablation", () => ablationFigure(ROWS));

Deno.test("ablationFigure() writes each difference in points with its interval", () => {
  const texts = textsOf(ablationFigure(ROWS));
  for (const text of ["60.1%", "+4.4 (+3.1 to +5.7)", "−0.4 (−1.7 to +0.9)"]) {
    ok(texts.includes(text), text);
  }
});

Deno.test("ablationFigure() names a network that was not trained, and draws nothing of it", () => {
  const svg = ablationFigure(ROWS), dots = svg.match(/<circle[^>]*r="5"/g) ?? [];
  ok(textsOf(svg).includes("mixup, alpha 0.2"));
  equal(dots.length, 3);
  ok(!svg.includes("NaN"));
});

Deno.test("ablationFigure() tells how many seeds there are, and over what intervals are", () => {
  const said = (rows: Parameters<typeof ablationFigure>[0]) => (
    textsOf(ablationFigure(rows)).join(" ")
  );
  ok(said(ROWS).includes("2 to 3 seeds, on 3,000 validation photos"));
  ok(said(ROWS.slice(0, 3)).includes("over 3 seeds"));
  ok(
    said([{ ...ROWS[1]!, seeds: 1, over: "photos" }]).replaceAll("\n", " ").includes("over photos"),
  );
});

Deno.test("ablationFigure() draws what has no interval and what is not there", () => {
  const alone = { ...ROWS[1]!, low: null, high: null };
  deepEqual(textsOf(ablationFigure([alone])).at(-1), "+4.4");
  equal(textsOf(ablationFigure([])).at(-1), "No networks");
  ok(!ablationFigure([ROWS[3]!]).includes("NaN"));
});
