import { deepEqual, ok } from "node:assert/strict";
import { testWith } from "@/testing.ts";

testWith(
  ["read"],
  "publishedMeasures() has each measure of both splits with its interval",
  async () => {
    const { publishedMeasures } = await import("@/notebook/published_measures.ts");
    const rows = await publishedMeasures();
    const accuracies = rows.filter(({ measure }) => measure === "accuracy");
    deepEqual(accuracies.map(({ side, split, value }) => [side, split, value.toFixed(3)]), [
      [256, "by photo", "0.694"],
      [256, "by person", "0.695"],
      [96, "by photo", "0.692"],
    ]);
    ok(rows.every(({ value, low, high }) => 0 < low && low < value && value < high && high < 1));
  },
);
