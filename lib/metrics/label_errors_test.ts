import { deepEqual, equal, throws } from "node:assert/strict";
import { countSuspicions, suspiciousLabels, withoutSuspicious } from "@/metrics/label_errors.ts";

/** So sure of a group; what is left goes to the next one. */
function sure(group: number, certainty: number): number[] {
  return [0, 1, 2, 3, 4].map((k) =>
    k === group ? certainty : k === (group + 1) % 5 ? 1 - certainty : 0
  );
}

Deno.test("suspiciousLabels() finds nothing where the network agrees with all labels", () => {
  deepEqual(suspiciousLabels([0, 1, 2], [sure(0, 0.9), sure(1, 0.6), sure(2, 0.7)]), []);
});

Deno.test("suspiciousLabels() lists the most suspicious label first", () => {
  const rows = [sure(2, 0.7), sure(2, 0.6), sure(2, 0.8), sure(2, 0.95)];
  const found = suspiciousLabels([2, 2, 0, 0], rows);
  deepEqual(found.map(({ index, suggested }) => [index, suggested]), [[3, 2], [2, 2]]);
  equal(found[0]!.margin, -0.95);
});

Deno.test("suspiciousLabels() asks for the certainty that is usual in the suggested group", () => {
  const usual = [sure(3, 0.9), sure(3, 0.9)];
  equal(suspiciousLabels([3, 3, 1], [...usual, sure(3, 0.8)]).length, 0);
  equal(suspiciousLabels([3, 3, 1], [...usual, sure(3, 0.9)]).length, 1);
});

Deno.test("suspiciousLabels() never suggests a group that no photo bears", () => {
  deepEqual(suspiciousLabels([0, 0], [sure(0, 0.9), sure(4, 1)]), []);
});

Deno.test("suspiciousLabels() refuses labels without predictions", () => {
  throws(() => suspiciousLabels([0, 1], [sure(0, 1)]), /2 labels by 1 predictions/);
});

Deno.test("countSuspicions() counts each pair of groups, the most frequent first", () => {
  const one = (index: number, label: 0 | 2, suggested: 1 | 3) => (
    { index, label, suggested, margin: -0.5 }
  );
  const rows = countSuspicions([one(0, 0, 1), one(1, 2, 3), one(2, 2, 3), one(3, 2, 1)]);
  deepEqual(rows, [
    { label: "21-37", "looks like": "38-59", photos: 2 },
    { label: "0-6", "looks like": "7-20", photos: 1 },
    { label: "21-37", "looks like": "7-20", photos: 1 },
  ]);
  deepEqual(countSuspicions([]), []);
});

Deno.test("withoutSuspicious() measures all photos, and those whose label does not look wrong", () => {
  const rows = [sure(2, 0.7), sure(2, 0.6), sure(2, 0.8), sure(0, 0.9)], labels = [2, 2, 0, 0];
  const nobody = labels.map(() => null), found = suspiciousLabels(labels, rows);
  const { all, rest } = withoutSuspicious(labels, rows, nobody, found);
  deepEqual([all, rest].map(([accuracy]) => accuracy!.value), [0.75, 1]);
  deepEqual(withoutSuspicious(labels, rows, nobody, []).rest, all);
  throws(() => withoutSuspicious(labels, rows, nobody, labels.map((_, index) => ({ index }))));
});
