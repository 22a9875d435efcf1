import { deepEqual, equal } from "node:assert/strict";
import { NATIVE, testWith } from "@/testing.ts";

/** What is tested, loaded where native code is allowed. */
async function load() {
  const { tf } = await import("@/native/tensorflow.ts");
  return {
    tf,
    ...await import("@/native/variation.ts"),
    ...await import("@/native/raw_op.ts"),
  };
}

testWith(NATIVE, "photos are varied by the project's own op, except on a GPU", async () => {
  const { isOnGpu, variesAtOnce } = await load();
  equal(variesAtOnce(), !isOnGpu());
});

testWith(
  NATIVE,
  "varyAtOnce() moves, brightens, paints over, and stays within 0 and 1",
  async () => {
    const { tf, variesAtOnce, varyAtOnce } = await load();
    if (!variesAtOnce()) return;
    tf.tidy(() => {
      const photo = tf.tensor4d([0, 0.25, 0.5, 1].flatMap((grey) => [grey, grey, grey]), [
        1,
        2,
        2,
        3,
      ]);
      const greys = (plan: Partial<Parameters<typeof varyAtOnce>[1][number]>) => {
        const same = { transform: [1, 0, 0, 0, 1, 0, 0, 0], gain: 1, offset: 0, erased: null };
        const varied = varyAtOnce(photo, [{ ...same, ...plan }]);
        return [...varied.slice([0, 0, 0, 2], [1, 2, 2, 1]).dataSync()];
      };
      deepEqual(greys({}), [0, 0.25, 0.5, 1]);
      deepEqual(greys({ transform: [-1, 0, 1, 0, 1, 0, 0, 0] }), [0.25, 0, 1, 0.5]);
      deepEqual(greys({ transform: [1, 0, 0.5, 0, 1, 0, 0, 0] }), [0.125, 0.25, 0.75, 1]);
      deepEqual(greys({ gain: 2, offset: -0.25 }), [0, 0.25, 0.75, 1]);
      const erased = { left: 1, top: 0, right: 2, bottom: 2, grey: 0.75 };
      deepEqual(greys({ erased, gain: 2 }), [0, 0.75, 1, 0.75]);
    });
  },
);
