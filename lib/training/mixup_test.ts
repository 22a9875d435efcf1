import { deepEqual, equal, notDeepEqual, ok, throws } from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { drawMixing, mixUp } from "@/training/mixup.ts";

const AT = { seed: 7, epoch: 1, first: 64 };

Deno.test("drawMixing() draws the same for the same seed, epoch and batch, and else another", () => {
  deepEqual(drawMixing(0.4, 8, AT), drawMixing(0.4, 8, AT));
  for (const other of [{ seed: 8 }, { epoch: 2 }, { first: 128 }]) {
    notDeepEqual(drawMixing(0.4, 8, AT), drawMixing(0.4, 8, { ...AT, ...other }));
  }
});

Deno.test("drawMixing() takes each photo once as a partner, and leaves each the greater share", () => {
  const { partners, shares } = drawMixing(1, 300, AT);
  deepEqual(partners.toSorted((a, b) => a - b), Array.from({ length: 300 }, (_, k) => k));
  ok(shares.every((share) => share >= 0.5 && share <= 1));
});

Deno.test("drawMixing() mixes the less the smaller alpha is", () => {
  const means = [0.1, 0.4, 1, 4].map((alpha) => {
    const { shares } = drawMixing(alpha, 1000, AT);
    return shares.reduce((sum, share) => sum + share, 0) / shares.length;
  });
  deepEqual(means, means.toSorted((a, b) => b - a));
  ok(Math.abs(means[2]! - 0.75) < 0.02, `${means}`); // every share is as likely
});

Deno.test("drawMixing() refuses an alpha that is not above 0", () => {
  for (const alpha of [0, -1, NaN]) throws(() => drawMixing(alpha, 8, AT), /alpha .* above 0/);
});

Deno.test("mixUp() mixes photos and targets by their shares, and leaves nothing behind", async () => {
  await tf.setBackend("cpu");
  const before = tf.memory().numTensors;
  const given = {
    photos: tf.tensor4d([0, 1, 0.5], [3, 1, 1, 1]),
    targets: tf.tensor2d([[1, 0], [0, 1], [0, 1]]),
    weights: tf.tensor1d([1, 3, 1]),
  };
  const mixed = mixUp(given, { partners: [1, 0, 2], shares: [0.75, 0.5, 0.625] });
  deepEqual([...mixed.photos.dataSync()], [0.25, 0.5, 0.5]);
  deepEqual([...mixed.weights.dataSync()], [1.5, 2, 1]);
  // the second photo counts three times as much
  deepEqual([...mixed.targets.dataSync()], [0.5, 0.5, 0.25, 0.75, 0, 1]);
  tf.dispose([...Object.values(given), ...Object.values(mixed)]);
  equal(tf.memory().numTensors, before);
});
