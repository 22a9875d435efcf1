import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { measure, measureYears, yearErrors } from "@/metrics/measures.ts";

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

Deno.test("yearErrors() leaves out ranges, photos without an age, and networks that tell no years", () => {
  deepEqual(yearErrors(["20", "(25, 32)", null, "60", "9"], [21, 90, 90, 57, null]), [
    ...[1, null, null, 3, null],
  ]);
  throws(() => yearErrors(["20"], []), /1 ages with 0 predictions/);
});

Deno.test("measureYears() is the mean absolute error over the photos of a single year", () => {
  const ages = ["20", "(25, 32)", null, "60"], nobody = ages.map(() => null);
  equal(measureYears(ages, [21, 90, 90, 57], nobody, { seed: 7 })!.value, 2);
  equal(measureYears(["(25, 32)", null], [28, 28], [null, null], { seed: 7 }), null);
  const one = measureYears(ages, [21, 90, 90, 57], ages.map(() => "ann"), { seed: 7 })!;
  deepEqual([one.low, one.high], [2, 2]);
});
