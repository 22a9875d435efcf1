import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { meanAbsoluteError, measure } from "@/metrics/measures.ts";

Deno.test("measure() gives accuracy, balanced and one-off accuracy", () => {
  const rows = measure([0, 0, 0, 1], [0, 0, 1, 4], [null, null, null, null], { seed: 7 });
  deepEqual(rows.map(({ measure, value }) => [measure, value]), [
    ["accuracy", 0.5],
    ["balanced accuracy", 1 / 3],
    ["one-off accuracy", 0.75],
  ]);
});

Deno.test("measure() has wider intervals where few persons have many photos", () => {
  const truth = Array.from({ length: 100 }, (_, k) => k % 5);
  const predicted = truth.map((group, k) => k < 50 ? group : (group + 1) % 5);
  const width = (subjects: (string | null)[]) => {
    const [{ low, high } = { low: 0, high: 0 }] = measure(truth, predicted, subjects, { seed: 7 });
    return high - low;
  };
  const alone = truth.map(() => null), persons = truth.map((_, k) => `${Math.floor(k / 10)}`);
  ok(width(persons) > 2 * width(alone));
  equal(width(alone), width(alone));
});

Deno.test("meanAbsoluteError() leaves out ranges and photos without an age", () => {
  equal(meanAbsoluteError(["20", "(25, 32)", null, "60"], [21, 90, 90, 57]), 2);
  equal(meanAbsoluteError(["(25, 32)", null], [28, 28]), null);
  throws(() => meanAbsoluteError(["20"], []), /1 ages with 0 predictions/);
});
