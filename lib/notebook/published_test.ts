import { deepEqual, equal, ok } from "node:assert/strict";
import { NATIVE, testWith } from "@/testing.ts";

const load = () => import("@/notebook/published.ts");

const TABLE =
  `id,parent,technique,parameters,learningRate,batchSize,epochs,bestEpoch,valAccuracy,low,high,overParent,seconds,state
IVb,IV,none,85333,0.01,32,6,4,0.5,0.4,0.6,-1.5,9.5,finished
V,,none,,0.001,64,0,,,,,,0,photos too small
`;

testWith(NATIVE, "parseLeaderboard() reads numbers, and empty fields as null", async () => {
  const { parseLeaderboard } = await load();
  const nothing = { bestEpoch: null, valAccuracy: null, low: null, high: null, overParent: null };
  deepEqual(parseLeaderboard(TABLE), [
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
});

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
