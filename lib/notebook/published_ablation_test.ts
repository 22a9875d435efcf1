import { deepEqual, equal, ok } from "node:assert/strict";
import { NATIVE, testWith } from "@/testing.ts";

const load = () => import("@/notebook/published_ablation.ts");

const TABLE =
  `id,part,change,than,seeds,photos,balancedAccuracy,accuracy,oneOffAccuracy,difference,low,high,over
ablation-iv,from IV,"model IV, padded",,3,20,0.5,0.625,0.875,,,,
ablation-less-erasing,less,erasing,ablation-better,3,20,0.75,0.5,1,-0.25,-0.5,0,seeds
`;

testWith(NATIVE, "parseAblation() reads numbers, and empty fields as null", async () => {
  const { parseAblation } = await load();
  const of = { seeds: 3, photos: 20 };
  deepEqual(parseAblation(TABLE), [
    {
      ...{ id: "ablation-iv", part: "from IV", change: "model IV, padded", than: null, ...of },
      ...{ balancedAccuracy: 0.5, accuracy: 0.625, oneOffAccuracy: 0.875 },
      ...{ difference: null, low: null, high: null, over: null },
    },
    {
      ...{ id: "ablation-less-erasing", part: "less", change: "erasing", than: "ablation-better" },
      ...{ ...of, balancedAccuracy: 0.75, accuracy: 0.5, oneOffAccuracy: 1 },
      ...{ difference: -0.25, low: -0.5, high: 0, over: "seeds" },
    },
  ]);
});

testWith(
  NATIVE,
  "publishedAblation() has every network of the ablation, from three seeds",
  async () => {
    const { publishedAblation } = await load();
    const { ABLATION } = await import("@/model/ablation.ts");
    const rows = await publishedAblation();
    deepEqual(rows.map(({ id }) => id), ABLATION.map(({ spec }) => spec.id));
    for (const { seeds, difference, low, high } of rows) {
      equal(seeds, 3);
      ok(difference === null || (low! < difference && difference < high!));
    }
  },
);
