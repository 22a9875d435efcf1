import { deepEqual, equal, notDeepEqual, ok } from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import type { Augmentation } from "@/model/recipe.ts";
import { NATIVE, testWith } from "@/testing.ts";
import { drawVariation, type Variation, varyInSteps, varyPhotos } from "@/training/augmentation.ts";

const NOTHING: Augmentation = {
  flip: false,
  rotation: 0,
  shift: 0,
  zoom: 0,
  brightness: 0,
  contrast: 0,
  erasing: null,
};
const ALL: Augmentation = {
  flip: true,
  rotation: 0.05,
  shift: 0.08,
  zoom: 0.1,
  brightness: 0.2,
  contrast: 0.2,
  erasing: { probability: 0.5, area: 0.2 },
};
const STRONG: Augmentation = {
  ...{ flip: true, rotation: 0.5, shift: 0.4, zoom: 0.5, brightness: 0.3, contrast: 0.3 },
  erasing: { probability: 0.5, area: 0.3 },
};
const AT = { seed: 7, epoch: 1, photo: 3 };
const SAME: Variation = { transform: [1, 0, 0, 0, 1, 0, 0, 0], gain: 1, offset: 0, erased: null };

const draws = (augmentation: Augmentation, side = 64) =>
  Array.from({ length: 300 }, (_, photo) => drawVariation(augmentation, side, { ...AT, photo }));

/** Photos of 2 by 2 pixels in one grey each, varied. */
async function vary(greys: number[], variations: Variation[]): Promise<number[]> {
  await tf.setBackend("cpu");
  return tf.tidy(() => {
    const photos = tf.tensor1d(greys).reshape([-1, 1, 1, 1]).tile([1, 2, 2, 1]) as tf.Tensor4D;
    return Array.from(
      varyPhotos(photos, variations).dataSync(),
      (value) => Math.round(value * 1e6) / 1e6,
    );
  });
}

Deno.test("drawVariation() draws the same for the same seed, epoch and photo, and else another", () => {
  deepEqual(drawVariation(ALL, 64, AT), drawVariation(ALL, 64, AT));
  for (const other of [{ seed: 8 }, { epoch: 2 }, { photo: 4 }]) {
    notDeepEqual(drawVariation(ALL, 64, AT), drawVariation(ALL, 64, { ...AT, ...other }));
  }
});

Deno.test("drawVariation() leaves a photo as it is if nothing is asked for", () => {
  const { transform, ...colour } = drawVariation(NOTHING, 64, AT);
  transform.forEach((value, k) => ok(Math.abs(value - SAME.transform[k]!) < 1e-12));
  deepEqual(colour, { gain: 1, offset: 0, erased: null });
});

Deno.test("drawVariation() mirrors about half of the photos, about their middle", () => {
  const mirrored = draws({ ...NOTHING, flip: true }).filter(({ transform }) => transform[0] === -1);
  ok(mirrored.length > 110 && mirrored.length < 190, `${mirrored.length} of 300`);
  for (const { transform } of mirrored) deepEqual(transform, [-1, 0, 63, 0, 1, 0, 0, 0]);
});

Deno.test("drawVariation() turns, scales and shifts no further than asked for", () => {
  for (const { transform: [a0, a1, a2, b0, b1, b2] } of draws({ ...ALL, flip: false })) {
    const scale = Math.hypot(a0!, b0!), turns = Math.atan2(b0!, a0!) / (2 * Math.PI);
    ok(scale >= 1 / 1.1 - 1e-9 && scale <= 1 / 0.9 + 1e-9);
    ok(Math.abs(turns) <= 0.05 + 1e-9);
    const middle = 31.5,
      x = a0! * middle + a1! * middle + a2!,
      y = b0! * middle + b1! * middle + b2!;
    for (const moved of [x - middle, y - middle]) ok(Math.abs(moved) <= 0.08 * 64 + 1e-9);
  }
});

Deno.test("drawVariation() erases as often and as much as asked for, within the photo", () => {
  const erased = draws(ALL).map(({ erased }) => erased).filter((each) => each !== null);
  ok(erased.length > 110 && erased.length < 190, `${erased.length} of 300`);
  for (const { left, top, right, bottom } of erased) {
    ok(left >= 0 && top >= 0 && right <= 64 && bottom <= 64 && left < right && top < bottom);
    ok((right - left) * (bottom - top) <= 0.22 * 64 * 64);
  }
});

Deno.test("varyPhotos() changes contrast and brightness of each photo by itself, within 0 and 1", async () => {
  const brighter = { ...SAME, offset: 0.25 }, steeper = { ...SAME, gain: 2, offset: -0.5 };
  deepEqual(await vary([0.5, 0.5, 1], [brighter, steeper, brighter]), [
    ...[0.75, 0.75, 0.75, 0.75],
    ...[0.5, 0.5, 0.5, 0.5],
    ...[1, 1, 1, 1],
  ]);
});

Deno.test("varyPhotos() paints the erased rectangle of one photo, and leaves the other", async () => {
  const erased = { left: 1, top: 0, right: 2, bottom: 2, grey: 0.25 };
  const varied = await vary([0.5, 0.5], [{ ...SAME, erased }, SAME]);
  deepEqual(varied, [0.5, 0.25, 0.5, 0.25, 0.5, 0.5, 0.5, 0.5]);
});

Deno.test("varyPhotos() mirrors, and leaves no tensor behind", async () => {
  await tf.setBackend("cpu");
  const photos = tf.tensor4d([1, 0, 1, 0], [1, 2, 2, 1]), before = tf.memory().numTensors;
  const varied = varyPhotos(photos, [{ ...SAME, transform: [-1, 0, 1, 0, 1, 0, 0, 0] }]);
  deepEqual([...varied.dataSync()], [0, 1, 0, 1]);
  varied.dispose();
  equal(tf.memory().numTensors, before);
  photos.dispose();
});

for (const side of [1, 5, 24, 33]) {
  testWith(NATIVE, `varyPhotos() gives what its steps give: ${side} pixels`, async () => {
    await import("@/native/tensorflow.ts");
    await tf.setBackend("tensorflow");
    tf.tidy(() => {
      const photos = tf.randomUniform([40, side, side, 3], 0, 1, "float32", 7) as tf.Tensor4D;
      const plans = Array.from(
        { length: 40 },
        (_, photo) => drawVariation(STRONG, side, { seed: 7, epoch: 1, photo }),
      );
      const apart = varyPhotos(photos, plans).sub(varyInSteps(photos, plans)).abs();
      ok(apart.max().dataSync()[0]! < 1e-4, `${apart.max().dataSync()[0]} apart`);
    });
  });
}
