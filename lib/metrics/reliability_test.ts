import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { reliabilityOf } from "@/metrics/reliability.ts";

/** The answer group 0 with so much certainty. */
const sure = (certainty: number) => [certainty, 1 - certainty, 0, 0, 0];

Deno.test("reliabilityOf() bins each way's answers, with an interval", () => {
  const raw = [0.6, 0.7, 0.8, 0.9].map(sure), mild = [0.55, 0.6, 0.65, 0.7].map(sure);
  const { bins } = reliabilityOf({ raw, mild }, [0, 1, 0, 0], { bins: 2 });
  deepEqual(bins.map(({ series, photos, accuracy }) => [series, photos, accuracy]), [
    ["raw", 2, 0.5],
    ["raw", 2, 1],
    ["mild", 2, 0.5],
    ["mild", 2, 1],
  ]);
  ok(bins.every(({ low, accuracy, high }) => low <= accuracy && accuracy <= high));
});

Deno.test("reliabilityOf() leaves out the least certain answers of the first way alone", () => {
  const { coverage } = reliabilityOf({ raw: [0.6, 0.9].map(sure), mild: [0.6, 0.7].map(sure) }, [
    1,
    0,
  ], { bins: 1 });
  deepEqual(coverage.map(({ series, coverage, accuracy }) => [series, coverage, accuracy]), [
    ["raw", 0.5, 1],
    ["raw", 1, 0.5],
  ]);
});

Deno.test("reliabilityOf() of no way is empty, and refuses unequal lengths", () => {
  equal(reliabilityOf({}, [0], { bins: 1 }).bins.length, 0);
  throws(() => reliabilityOf({ raw: [sure(1)] }, [0, 1], { bins: 1 }), /1 answers against 2/);
});
