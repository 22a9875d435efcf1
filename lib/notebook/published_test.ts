import { deepEqual, equal, ok } from "node:assert/strict";
import { csvTable } from "@/base/csv.ts";
import { NATIVE, testWith } from "@/testing.ts";

const load = () => import("@/notebook/published.ts");

const LEADERBOARD =
  `id,parent,technique,parameters,learningRate,batchSize,epochs,bestEpoch,valAccuracy,low,high,overParent,seconds,state
IVb,IV,none,85333,0.01,32,6,4,0.5,0.4,0.6,-1.5,9.5,finished
V,,none,,0.001,64,0,,,,,,0,photos too small
`;

testWith(
  NATIVE,
  "parseTable() reads a leaderboard's numbers, and empty fields as null",
  async () => {
    const { parseTable } = await load();
    const nothing = { bestEpoch: null, valAccuracy: null, low: null, high: null, overParent: null };
    deepEqual(parseTable(LEADERBOARD), [
      {
        ...{ id: "IVb", parent: "IV", technique: "none", parameters: 85333 },
        ...{ learningRate: 0.01, batchSize: 32, epochs: 6, bestEpoch: 4, seconds: 9.5 },
        ...{ valAccuracy: 0.5, low: 0.4, high: 0.6, overParent: -1.5, state: "finished" },
      },
      {
        ...{ id: "V", parent: null, technique: "none", parameters: null, learningRate: 0.001 },
        ...{ batchSize: 64, epochs: 0, seconds: 0, ...nothing, state: "photos too small" },
      },
    ]);
  },
);

const ABLATION =
  `id,part,change,than,seeds,photos,balancedAccuracy,accuracy,oneOffAccuracy,difference,low,high,over
ablation-iv,from IV,"model IV, padded",,3,20,0.5,0.625,0.875,,,,
ablation-less-erasing,less,erasing,ablation-better,3,20,0.75,0.5,1,-0.25,-0.5,0,seeds
`;

testWith(NATIVE, "parseTable() reads an ablation's numbers, and empty fields as null", async () => {
  const { parseTable } = await load();
  const of = { seeds: 3, photos: 20 };
  deepEqual(parseTable(ABLATION), [
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
  "parseTable() reads texts as they were before they were guarded",
  async () => {
    const { parseTable } = await load();
    const rows = [{ change: "+ residual blocks", low: -0.5 }];
    deepEqual(parseTable(csvTable(rows)), rows);
  },
);

testWith(
  NATIVE,
  "publishedSearch() has a row for every model, accuracies of whole photos",
  async () => {
    const { publishedSearch } = await load();
    const { ZOO } = await import("@/model/zoo.ts");
    const { rows, photos } = await publishedSearch();
    deepEqual(rows.map(({ id }) => id).sort(), ZOO.map(({ id }) => id).sort());
    for (const { valAccuracy } of rows.filter((row) => row.valAccuracy !== null)) {
      const correct = valAccuracy! * photos;
      ok(Math.abs(correct - Math.round(correct)) < 0.01, `${correct} photos`);
    }
    equal(rows[0]?.id, "Ia");
  },
);

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

testWith(
  ["read"],
  "publishedMeasures() has each measure of both splits with its interval",
  async () => {
    const { publishedMeasures } = await load();
    const rows = await publishedMeasures();
    const accuracies = rows.filter(({ measure }) => measure === "accuracy");
    deepEqual(accuracies.map(({ side, split, value }) => [side, split, value.toFixed(3)]), [
      [256, "the original's split", "0.694"],
      [256, "near-duplicates together", "0.695"],
      [96, "the original's split", "0.692"],
    ]);
    ok(rows.every(({ value, low, high }) => 0 < low && low < value && value < high && high < 1));
  },
);
