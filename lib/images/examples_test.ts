import { deepEqual, equal, notDeepEqual, throws } from "node:assert/strict";
import type { AgeGroup } from "@/dataset/age_group.ts";
import { chooseExamples, photoNearestRatio } from "@/images/examples.ts";

Deno.test("photoNearestRatio() finds the nearest above or below, the first of equals", () => {
  const photos = [[100, 100], [79, 100], [158, 200], [120, 100]].map(([width, height]) => (
    { width: width!, height: height! }
  ));
  equal(photoNearestRatio(photos, 0.79), photos[1]);
  equal(photoNearestRatio(photos, 1.15), photos[3]);
  equal(photoNearestRatio(photos, 1.05), photos[0]);
});

Deno.test("photoNearestRatio() skips a photo of unknown size", () => {
  const photos = [{ width: null, height: null }, { width: 300, height: 100 }];
  equal(photoNearestRatio(photos, 0.1), photos[1]);
});

Deno.test("photoNearestRatio() refuses no photos", () => {
  throws(() => photoNearestRatio([], 0.79), { name: "RangeError", message: /0\.79/ });
});

const PHOTOS = Array.from({ length: 40 }, (_, k) => (
  { photo: `${k}.jpg`, group: (k % 8 < 5 ? k % 8 : null) as AgeGroup | null }
));

Deno.test("chooseExamples() takes so many of each group, in the order of groups", () => {
  const examples = chooseExamples(PHOTOS.toReversed(), 3, { seed: 7 });
  deepEqual(
    examples.map(({ name, photo }) => [name, photo.group]),
    ["0-6", "7-20", "21-37", "38-59", "60+"].flatMap((name, group) => Array(3).fill([name, group])),
  );
  equal(new Set(examples.map(({ photo }) => photo.photo)).size, 15);
});

Deno.test("chooseExamples() draws the same photos for the same seed, and others for another", () => {
  deepEqual(chooseExamples(PHOTOS, 3, { seed: 7 }), chooseExamples(PHOTOS, 3, { seed: 7 }));
  notDeepEqual(chooseExamples(PHOTOS, 3, { seed: 7 }), chooseExamples(PHOTOS, 3, { seed: 8 }));
});

Deno.test("chooseExamples() takes all photos of a group that has fewer, and none of an empty one", () => {
  const photos = [{ photo: "a", group: 4 as const }, { photo: "b", group: null }];
  deepEqual(chooseExamples(photos, 5, { seed: 7 }), [{ name: "60+", photo: photos[0] }]);
});
