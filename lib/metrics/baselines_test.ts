import { deepEqual } from "node:assert/strict";
import { baselines } from "@/metrics/metrics.ts";

Deno.test("baselines() takes the majority class from training, accuracies from the other part", () => {
  const { baseline, constants } = baselines([3, 3, 0], [0, 0, 3, 4]);
  deepEqual([baseline.name, baseline.accuracy], ["38-59", 0.25]);
  deepEqual(constants.map(({ name, accuracy }) => [name, accuracy]), [
    ...[["0-6", 0.5], ["7-20", 0], ["21-37", 0], ["38-59", 0.25], ["60+", 0.25]],
  ]);
});
