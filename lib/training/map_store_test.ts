import { deepEqual, equal } from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Squares } from "@/images/square_store.ts";
import { buildMobileNet } from "@/model/mobile_net.ts";
import { disposeNetwork } from "@/model/network.ts";
import type { Study } from "@/study/study.ts";
import { NATIVE, testWith, withFolder } from "@/testing.ts";

/** Four photos of 32 pixels, split into parts. */
function studyOf(
  path: string,
  parts: Record<"train" | "validation" | "test", number[]>,
  fingerprint = "labels",
): Study {
  const names = ["a.jpg", "b.jpg", "c.jpg", "d.jpg"];
  const squares = { side: 32, path, offset: 0, photos: names.map((photo) => ({ photo })) };
  const examples = (indices: number[]) => ({ squares: squares as Squares, indices, groups: [] });
  return {
    fingerprint,
    train: examples(parts.train),
    validation: examples(parts.validation),
    test: examples(parts.test),
  } as unknown as Study;
}

testWith(
  [...NATIVE, "write"],
  "maps are kept view by view, and made anew for another split or other labels",
  async () => {
    const { tf } = await import("@/native/tensorflow.ts");
    const { keepMaps, readMaps } = await import("@/training/map_store.ts"); // it asks for permissions
    await withFolder(async (work) => {
      const path = join(work, "squares"), folder = join(work, "kept");
      Deno.writeFileSync(path, new Uint8Array(4 * 32 * 32 * 3).fill(100));
      const network = buildMobileNet({ side: 32 });
      network.getLayer("conv_pw_11").setWeights([tf.zeros([1, 1, 512, 512]), tf.fill([512], 3)]);
      const study = studyOf(path, { train: [0, 1], validation: [2], test: [3] });
      const keep = (study: Study) =>
        keepMaps(folder, network, "conv_pw_11", study, { seed: 7, rounds: 1 });

      const store = await keep(study);
      deepEqual([store.views.length, store.shape, store.codes.length], [4, [2, 2, 512], 4 * 1024]);
      const maps = readMaps(store, [3]), value = maps.dataSync()[0]!;
      equal(Math.abs(value - 3) < 6 / 255, true, `${value}: kept as bytes`);

      Deno.mkdirSync(join(folder, "head"));
      await keep(study);
      equal(
        existsSync(join(folder, "head")),
        true,
        "the same maps: what was trained on them stays",
      );
      const others = { train: [0, 2], validation: [1], test: [3] };
      await keep(studyOf(path, others));
      equal(existsSync(join(folder, "head")), false, "others: it goes");

      Deno.mkdirSync(join(folder, "head"));
      await keep(studyOf(path, others, "changed labels"));
      equal(existsSync(join(folder, "head")), false, "other labels: it goes");
      maps.dispose();
      disposeNetwork(network);
    });
  },
);
