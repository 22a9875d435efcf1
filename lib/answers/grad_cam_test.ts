import { deepEqual, equal, ok, throws } from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { interpolateInferno, rgb } from "d3";
import { gradCam, heatmap, mapGrid } from "@/answers/grad_cam.ts";
import { buildNetwork, disposeNetwork } from "@/model/network.ts";
import type { Pixels } from "@/base/pixels.ts";
import { NATIVE, testWith } from "@/testing.ts";
import { BETTER } from "@/model/better.ts";
import { RECIPE, RESIDUAL } from "@/model/_testing.ts";
import { AGE_GROUPS } from "@/dataset/age_group.ts";
import { findSpec, TESTING, ZOO } from "@/model/zoo.ts";
import { layerShapes } from "@/model/layers.ts";
import type { Spec } from "@/model/spec.ts";

const SIDE = 6;

/** One convolution of two filters that see one pixel each, averaged; the output follows at once. */
const TWO_COLORS: Spec = {
  ...TESTING,
  conv: [{ filters: 2, kernel: 1, padding: "same", pool: false }],
  head: "global average",
  dense: [],
};

/** The filters for red and for blue, in the order of the kernel's axes: 1, 1, 3, 2. */
const RED_AND_BLUE = [1, 0, 0, 0, 0, 1];

/**
 * What the filters say for the five groups: red for group 0, blue for group 1; nothing for group 2,
 * both against group 3, and red for group 4, but blue three times as much against it.
 */
const EVIDENCE = [
  [1, 0, 0, -1, 1],
  [0, 1, 0, -1, -3],
];

/** A network with everything that can stand around the last convolution. */
const EVERYTHING: Spec = {
  ...TESTING,
  dropout: { conv: 0.2, dense: [0.5, 0.5] },
  batchNorm: { conv: "before ReLU", dense: "after ReLU" },
};

/** Does something with a network on tfjs's own backend, and frees it; nothing may stay behind. */
async function withNetwork(
  spec: Spec,
  side: number,
  body: (network: tf.LayersModel) => void | Promise<void>,
): Promise<void> {
  await tf.setBackend("cpu");
  const before = tf.memory().numTensors;
  const network = buildNetwork(spec, { side, seed: 7 });
  try {
    await body(network);
  } finally {
    disposeNetwork(network);
  }
  equal(tf.memory().numTensors, before, "tensors stay behind");
}

/** Sets the weights of a layer. */
function setWeights(network: tf.LayersModel, layer: string, ...values: number[][]): void {
  const weights = network.getLayer(layer);
  tf.tidy(() => {
    const shapes = weights.getWeights().map(({ shape }) => shape);
    weights.setWeights(values.map((values, index) => tf.tensor(values, shapes[index])));
  });
}

/** Does something with the network that knows red from blue. */
function withColors(
  body: (network: tf.LayersModel) => void,
  { spec = TWO_COLORS, bias = [0, 0, 0, 0, 0] } = {},
): Promise<void> {
  return withNetwork(spec, SIDE, (network) => {
    const kernel = network.getLayer("conv1").getWeights()[0]!;
    equal(kernel.size, 6, "the filters below are for 1x1");
    setWeights(network, "conv1", RED_AND_BLUE, [0, 0]);
    setWeights(network, "output", EVIDENCE.flat(), bias);
    body(network);
  });
}

/** A black photo with spots: row, column, and colour. */
function spotted(...spots: [row: number, column: number, color: number[]][]): number[][][] {
  const photo = Array.from({ length: SIDE }, () => Array.from({ length: SIDE }, () => [0, 0, 0]));
  for (const [row, column, color] of spots) photo[row]![column] = color;
  return photo;
}

const RED = [1, 0, 0], BLUE = [0, 0, 1];

/** Red at the top left, half as red beside it, and blue at the bottom right. */
const PHOTO = spotted([0, 0, RED], [0, 1, [0.5, 0, 0]], [5, 4, BLUE]);

/** The cells of each map that are not 0, as `row,column: value`. */
function bright(network: tf.LayersModel, photos: number[][][][], groups: number[]): string[][] {
  return mapsOf(network, photos, groups).map((map) =>
    map.flatMap((row, y) => row.flatMap((value, x) => value ? [`${y},${x}: ${value}`] : []))
  );
}

function mapsOf(network: tf.LayersModel, photos: number[][][][], groups: number[]): number[][][] {
  return tf.tidy(() => gradCam(network, tf.tensor4d(photos), groups).arraySync());
}

/** Photos of noise. */
function noise(count: number, side: number): tf.Tensor4D {
  return tf.randomUniform([count, side, side, 3], 0, 1, "float32", 5);
}

Deno.test("gradCam() lights up what speaks for each group, and leaves the rest dark", async () => {
  await withColors((network) => {
    deepEqual(bright(network, Array(5).fill(PHOTO), [0, 1, 2, 3, 4]), [
      ["0,0: 1", "0,1: 0.5"],
      ["5,4: 1"],
      [],
      [],
      ["0,0: 1", "0,1: 0.5"],
    ]);
  });
});

Deno.test("gradCam() weighs what speaks for and against a group in one place", async () => {
  await withColors((network) => {
    const mixed = spotted([1, 1, [0.9, 0, 0.3]], [2, 2, [0.9, 0, 0.1]], [3, 3, [0.3, 0, 0]]);
    const [map] = mapsOf(network, [mixed], [4]);
    equal(map![1]![1], 0);
    equal(map![2]![2], 1);
    ok(Math.abs(map![3]![3]! - 0.5) < 1e-6);
  });
});

Deno.test("gradCam() asks the score before softmax, even where the probability is settled", async () => {
  // a probability of 1 would have no gradient left
  await withColors((network) => {
    deepEqual(bright(network, [PHOTO, PHOTO], [0, 1]), [["0,0: 1", "0,1: 0.5"], ["5,4: 1"]]);
  }, { bias: [1000, 0, 0, 0, 0] });
});

Deno.test("gradCam() sees through flattening, where each place has its own weights", async () => {
  const spec: Spec = { ...TWO_COLORS, head: "flatten" };
  await withNetwork(spec, SIDE, (network) => {
    setWeights(network, "conv1", RED_AND_BLUE, [0, 0]);
    // red of the top left corner speaks for group 0, everything blue for group 1
    const kernel = Array.from({ length: SIDE * SIDE }, (_, place) => [
      ...[place === 0 ? 1 : 0, 0, 0, 0, 0],
      ...[0, 1, 0, 0, 0],
    ]);
    setWeights(network, "output", kernel.flat(), [0, 0, 0, 0, 0]);
    // a filter counts as a whole in Grad-CAM: red lights up wherever it is
    deepEqual(bright(network, [PHOTO, PHOTO], [0, 1]), [["0,0: 1", "0,1: 0.5"], ["5,4: 1"]]);
  });
});

Deno.test("gradCam() takes the maps before pooling", async () => {
  const pooled: Spec = { ...TWO_COLORS, conv: [{ ...TWO_COLORS.conv[0]!, pool: true }] };
  await withColors((network) => {
    // the half-red pixel loses against its neighbour in the pool, but lights up all the same
    deepEqual(bright(network, [PHOTO], [0]), [["0,0: 1", "0,1: 0.5"]]);
  }, { spec: pooled });
});

Deno.test("gradCam() takes the maps after normalisation and ReLU, in both orders", async () => {
  // takes 0.25 from red, so that half-red is a third of red, and makes ten times as much of blue
  const normalisation = [[1, 10], [-0.25, 0], [0, 0], [1 - 0.001, 1 - 0.001]];
  for (const place of ["before ReLU", "after ReLU"] as const) {
    const spec: Spec = { ...TWO_COLORS, batchNorm: { conv: place, dense: "none" } };
    await withNetwork(spec, SIDE, (network) => {
      setWeights(network, "conv1", RED_AND_BLUE);
      setWeights(network, "conv1_normalisation", ...normalisation);
      setWeights(network, "output", EVIDENCE.flat(), [0, 0, 0, 0, 0]);
      const [red, against] = mapsOf(network, [PHOTO, PHOTO], [0, 3]);
      deepEqual(red![0]!.map((value) => Number(value.toFixed(3))), [1, 0.333, 0, 0, 0, 0]);
      equal(Math.max(...red!.slice(1).flat()), 0);
      // less red than none speaks for a group that red speaks against; ReLU behind leaves none such
      equal(against![2]![2], place === "after ReLU" ? 1 : 0);
    });
  }
});

Deno.test("gradCam() finds the same for many photos at once as for each, with all values 0 to 1", async () => {
  await withNetwork(EVERYTHING, 16, (network) => {
    const groups = [0, 1, 2, 3, 4];
    tf.tidy(() => {
      const photos = noise(5, 16);
      const maps = gradCam(network, photos, groups);
      deepEqual(maps.shape, [5, 8, 8]);
      deepEqual(gradCam(network, photos, groups).arraySync(), maps.arraySync(), "again");
      for (const [index, map] of maps.arraySync().entries()) {
        const alone = gradCam(network, photos.slice(index, 1), [groups[index]!]);
        deepEqual(alone.arraySync(), [map]);
        ok(map.flat().every((value) => value >= 0 && value <= 1));
        ok([0, 1].includes(Math.max(...map.flat())));
      }
      ok(new Set(maps.dataSync()).size > 100, "nothing to see");
    });
  });
});

Deno.test("gradCam() leaves the network and its photos as they are, and one tensor", async () => {
  await withNetwork(EVERYTHING, 16, (network) => {
    const photos = noise(2, 16);
    const predict = () => tf.tidy(() => [...(network.predict(photos) as tf.Tensor).dataSync()]);
    const expected = predict();
    const before = tf.memory().numTensors;
    const maps = gradCam(network, photos, [1, 2]);
    equal(tf.memory().numTensors, before + 1);
    deepEqual(predict(), expected);
    tf.dispose([maps, photos]);
  });
});

Deno.test("gradCam() runs without dropout", async () => {
  await withNetwork(TESTING, 16, async (plain) => {
    await withNetwork({ ...TESTING, dropout: { conv: 0.5, dense: [0.5, 0.5] } }, 16, (network) => {
      tf.tidy(() => {
        network.setWeights(plain.getWeights());
        const [expected, maps] = [plain, network].map((network) =>
          gradCam(network, noise(2, 16), [0, 3]).arraySync()
        );
        deepEqual(maps, expected);
      });
    });
  });
});

testWith(NATIVE, "gradCam() works in every model of the zoo", async () => {
  await import("@/native/tensorflow.ts");
  await tf.setBackend("tensorflow");
  const before = tf.memory().numTensors;
  for (const spec of ZOO) {
    const network = buildNetwork(spec, { side: 128, seed: 7 }); // the smallest that all take
    const maps = tf.tidy(() => gradCam(network, noise(1, 128), [0]).arraySync());
    const last = layerShapes(spec, 128).findLast(({ kind }) => kind === "convolution");
    deepEqual([maps[0]!.length, maps[0]![0]!.length], last!.shape.slice(0, 2), spec.id);
    ok(maps.flat(2).every((value) => value >= 0 && value <= 1), spec.id);
    disposeNetwork(network);
  }
  equal(tf.memory().numTensors, before);
});

/** Residual blocks that answer with years. */

const YEARS_BLOCKS: Spec = {
  ...RESIDUAL,
  recipe: { ...RECIPE, targets: { kind: "years", yearsWeight: 0.5 } },
};

/** What a group's probability is the exponential of, from channels averaged over all places. */
function scoreOf(network: tf.LayersModel, means: number[], group: number): number {
  const [kernel, bias] = network.layers.at(-2)!.getWeights().map((weight) => weight.arraySync());
  const logits = (bias as number[]).map((b, year) => (
    b + means.reduce((sum, value, c) => sum + value * (kernel as number[][])[c]![year]!, 0)
  ));
  const { from, to } = AGE_GROUPS[group]!;
  return Math.log(logits.slice(from, to + 1).reduce((sum, logit) => sum + Math.exp(logit), 0));
}

Deno.test("gradCam() weighs the last residual block's channels as finite differences do", async () => {
  await withNetwork(YEARS_BLOCKS, 16, (network) => {
    tf.tidy(() => {
      const photos = noise(1, 16), outputs = network.getLayer("block2_1_relu").output;
      const block = tf.model({ inputs: network.inputs, outputs });
      const channels = block.predict(photos) as tf.Tensor4D;
      const means = channels.mean([0, 1, 2]).arraySync() as unknown as number[];
      for (const group of [0, 2, 4]) {
        const importance = means.map((_, c) => {
          const [more, less] = [1e-3, -1e-3].map((step) => (
            scoreOf(network, means.with(c, means[c]! + step), group)
          ));
          return (more! - less!) / 2e-3;
        });
        const evidence = channels.mul(tf.tensor1d(importance)).sum(-1).relu();
        const expected = evidence.divNoNan(evidence.max()).dataSync();
        const map = gradCam(network, photos, [group]);
        deepEqual(map.shape, [1, 8, 8]);
        ok(map.dataSync().every((value, k) => Math.abs(value - expected[k]!) < 1e-3), `${group}`);
        ok(Math.max(...expected) === 1, "nothing to see");
      }
    });
  });
});

Deno.test("gradCam() of residual blocks that answer with groups is that of the last block", async () => {
  await withNetwork(RESIDUAL, 16, (network) => {
    tf.tidy(() => {
      const photos = noise(2, 16), outputs = network.getLayer("block2_1_relu").output;
      const channels = tf.model({ inputs: network.inputs, outputs }).predict(photos) as tf.Tensor;
      const kernel = network.getLayer("output").getWeights()[0]!;
      // behind an average and one dense layer, a channel counts by its weight
      const asked = tf.gather(kernel, [3, 1], 1).transpose().reshape([2, 1, 1, -1]);
      const evidence = channels.mul(asked).sum(-1).relu();
      const expected = evidence.divNoNan(evidence.max([1, 2], true)).dataSync();
      const map = gradCam(network, photos, [3, 1]).dataSync();
      ok(map.every((value, k) => Math.abs(value - expected[k]!) < 1e-5));
      ok(new Set(expected).size > 10, "nothing to see");
    });
  });
});

Deno.test("gradCam() stays finite where a group's years are next to impossible", async () => {
  await withNetwork(YEARS_BLOCKS, 16, (network) => {
    const bias = Array.from({ length: 101 }, (_, year) => year < 60 ? 0 : -1000);
    const kernel = [...network.getLayer("years").getWeights()[0]!.dataSync()];
    setWeights(network, "years", kernel, bias);
    const map = tf.tidy(() => gradCam(network, noise(1, 16), [4]).dataSync());
    ok(map.every(Number.isFinite) && Math.max(...map) === 1);
  });
});

Deno.test("gradCam() refuses groups that match neither the photos nor the network", async () => {
  await withColors((network) => {
    tf.tidy(() => {
      const photo = tf.tensor4d([PHOTO]);
      throws(() => gradCam(network, photo, [0, 1]), {
        name: "RangeError",
        message: /1 photos, but 2 groups; name one group for each photo$/,
      });
      for (const group of [-1, 5, 0.5, NaN]) {
        throws(() => gradCam(network, photo, [group]), {
          name: "RangeError",
          message: `Cannot compute Grad-CAM for group ${group}: the network's groups are 0 to 4`,
        });
      }
    });
  });
});

Deno.test("gradCam() refuses a network without convolutions", async () => {
  await withNetwork({ ...TWO_COLORS, conv: [], head: "flatten" }, SIDE, (network) => {
    tf.tidy(() => {
      throws(() => gradCam(network, tf.tensor4d([PHOTO]), [0]), {
        name: "RangeError",
        message: /testing: none of its layers \(Flatten, Dense\) is a convolution$/,
      });
    });
  });
});

Deno.test("mapGrid() says where the last maps lie on a photo", async () => {
  const gridOf = async (spec: Spec, side: number) => {
    let grid = { first: 0, step: 0 };
    await withNetwork(spec, side, (network) => void (grid = mapGrid(network)));
    return [grid.first * side, grid.step * side];
  };
  deepEqual(await gridOf(TWO_COLORS, SIDE), [0.5, 1]);
  deepEqual(await gridOf(TESTING, 16), [1, 2]);
  // three convolutions that lose a pixel of the rim, at a scale of 1, 2 and 4
  deepEqual(await gridOf(findSpec("III"), 96), [1 + 0.5 + 2 + 1 + 4 + 0.5, 4]);
  deepEqual(await gridOf(findSpec("IV"), 96), [32, 16]);
  // the cells of residual blocks fill the photo; a stem of stride 2 looks a pixel further right
  deepEqual(await gridOf(RESIDUAL, 16), [1, 2]);
  deepEqual(await gridOf(BETTER[0]!, 96), [16.5, 32]);
});

Deno.test("mapGrid() finds the pixel that a cell of the map looks at", async () => {
  const rim: Spec["conv"][number] = { filters: 1, kernel: 3, padding: "valid", pool: true };
  const spec: Spec = { ...TWO_COLORS, conv: [rim, rim], dense: [] };
  await withNetwork(spec, 20, (network) => {
    setWeights(network, "conv1", Array(27).fill(1), [0]);
    setWeights(network, "conv2", Array(9).fill(1), [0]);
    setWeights(network, "output", [1, 0, 0, 0, 0], [0, 0, 0, 0, 0]);
    const { first, step } = mapGrid(network);
    // the cell sees 8 pixels: those that light it up, one at a time, lie evenly about its middle
    const lit = Array.from({ length: 20 }, (_, row) => row).filter((row) =>
      tf.tidy(() => {
        const photo = tf.buffer<tf.Rank.R4>([1, 20, 20, 3]);
        photo.set(1, 0, row, 10, 0);
        const map = gradCam(network, photo.toTensor(), [0]).arraySync()[0]!;
        return Math.max(...map[3]!) > 0;
      })
    );
    equal(lit.length, 8);
    const middle = lit.reduce((sum, row) => sum + row + 0.5, 0) / lit.length;
    ok(Math.abs((first + 3 * step) * 20 - middle) < 1e-9, `${(first + 3 * step) * 20}: ${lit}`);
  });
});

/** A grey photo. */
function plain(width: number, height: number, level = 0): Pixels {
  return { width, height, data: new Uint8Array(width * height * 3).fill(level) };
}

/** The red of each pixel's colour, which grows with the value; a list for each row. */
function reds({ width, height, data }: Pixels): number[][] {
  return Array.from(
    { length: height },
    (_, row) => Array.from({ length: width }, (_, column) => data[(row * width + column) * 3]!),
  );
}

/** What `heatmap()` makes of one value over one grey pixel. */
function colorOf(value: number, level: number): number[] {
  return [...heatmap(Float32Array.of(value), 1, 1, plain(1, 1, level)).data];
}

Deno.test("heatmap() lays one value over the whole photo", () => {
  const { width, height, data } = heatmap(Float32Array.of(1), 1, 1, plain(3, 2));
  deepEqual([width, height], [3, 2]);
  deepEqual([...data], Array(6).fill([176, 179, 115]).flat()); // 0.7 of the brightest colour
});

Deno.test("heatmap() uses the colours of the figures' key", () => {
  for (const value of [0, 0.25, 0.5, 0.75, 1]) {
    const { r, g, b } = rgb(interpolateInferno(value));
    const share = 0.7 * (1 + value) / 2;
    deepEqual(colorOf(value, 100), [r, g, b].map((c) => Math.round(100 + share * (c - 100))));
  }
});

Deno.test("heatmap() leaves the photo in grey where the map does not lie", () => {
  const colors = Uint8Array.of(255, 0, 0, 0, 255, 0, 0, 0, 255, 90, 90, 90);
  const photo = { width: 4, height: 1, data: colors };
  const { data } = heatmap(Float32Array.of(0, 1), 1, 2, photo, { grid: { first: 2, step: 1 } });
  deepEqual([...data], [76, 150, 29, 90].flatMap((level) => [level, level, level]));
});

Deno.test("heatmap() covers bright places more than black ones, and never all by itself", () => {
  deepEqual(colorOf(0, 200), [130, 130, 131]);
  deepEqual(colorOf(1, 200), [236, 239, 175]);
});

Deno.test("heatmap() draws each value as a cell of one colour", () => {
  const alone = (value: number) => colorOf(value, 0)[0];
  const row = heatmap(Float32Array.of(0, 1), 1, 2, plain(4, 1));
  deepEqual(reds(row), [[0, 0, 1, 1].map(alone)]);
  const column = heatmap(Float32Array.of(0, 1), 2, 1, plain(1, 4));
  deepEqual(reds(column), [0, 0, 1, 1].map((value) => [alone(value)]));
  const four = heatmap(Float32Array.of(0, 1, 0.5, 0.25), 2, 2, plain(4, 4));
  const [above, under] = [[0, 0, 1, 1].map(alone), [0.5, 0.5, 0.25, 0.25].map(alone)];
  deepEqual(reds(four), [above, above, under, under]);
});

Deno.test("heatmap() gives a map of the photo's size value by value", () => {
  const values = Float32Array.of(0, 0.25, 0.5, 0.75, 1, 0.125);
  deepEqual(
    reds(heatmap(values, 2, 3, plain(3, 2))).flat(),
    [...values].map((value) => colorOf(value, 0)[0]),
  );
});

Deno.test("heatmap() lays a map where its grid says, and leaves the rim grey", () => {
  // two cells, over pixels 2 and 3 of six
  const grid = { first: 2.5 / 6, step: 1 / 6 };
  const { data } = heatmap(Float32Array.of(0, 1), 1, 2, plain(6, 1, 90), { grid });
  const [rim, dark, light] = [[90, 90, 90], colorOf(0, 90), colorOf(1, 90)];
  deepEqual([...data], [rim, rim, dark, light, rim, rim].flat());
});

Deno.test("heatmap() leaves the photo and the map as they are", () => {
  const photo = plain(2, 2, 50), map = Float32Array.of(0.5);
  heatmap(map, 1, 1, photo);
  deepEqual(photo, plain(2, 2, 50));
  deepEqual([...map], [0.5]);
});

Deno.test("heatmap() refuses values that are no map", () => {
  throws(() => heatmap(new Float32Array(5), 2, 3, plain(1, 1)), {
    name: "RangeError",
    message: /^Cannot draw 5 values as a map of 2 by 3 cells/,
  });
  throws(() => heatmap(new Float32Array(0), 0, 0, plain(1, 1)), RangeError);
});
