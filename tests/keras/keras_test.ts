import { ok } from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import type { Batch } from "@/study/batches.ts";
import { layersOf } from "@/model/layers.ts";
import { buildNetwork, disposeNetwork } from "@/model/network.ts";
import { compileNetwork } from "@/training/optimizers.ts";
import { createRandom, type Random } from "@/base/random.ts";
import { trainOnBatch } from "@/training/step.ts";
import { RESIDUAL, SQUEEZED } from "@/model/_testing.ts";
import { withFolder } from "@/testing.ts";
import { findSpec, TESTING } from "@/model/zoo.ts";
import type { Spec } from "@/model/spec.ts";
import { keras, run } from "@bench/program.ts";
import { PYTHON } from "@tools/shared/python.ts";

import "@/native/tensorflow.ts";

const STEPS = 20, PHOTOS = 8;

/** By how much the losses of a step may differ: sums are taken in another order. */
const TOLERANCE = 1e-3;

/** What both train, none of it by chance: dropout draws differently in both. */
const CASES: { what: string; spec: Spec; side: number }[] = [
  { what: "the model for tests", spec: TESTING, side: 16 },
  { what: "model IV", spec: findSpec("IV"), side: 96 },
  {
    what: "batch normalisation after ReLU",
    spec: { ...TESTING, batchNorm: { conv: "after ReLU", dense: "after ReLU" } },
    side: 16,
  },
  {
    what: "batch normalisation before ReLU",
    spec: { ...TESTING, batchNorm: { conv: "before ReLU", dense: "before ReLU" } },
    side: 16,
  },
  { what: "L2", spec: { ...TESTING, l2: { conv: 0.005, dense: 0.01 } }, side: 16 },
  { what: "max-norm", spec: { ...TESTING, maxNorm: { conv: 0.5, dense: 0.5 } }, side: 16 },
  {
    what: "global average pooling",
    spec: { ...TESTING, head: "global average" },
    side: 16,
  },
  { what: "residual blocks", spec: RESIDUAL, side: 16 },
  { what: "squeeze-and-excitation", spec: SQUEEZED, side: 16 },
  {
    what: "residual blocks of 16 channels",
    spec: {
      ...RESIDUAL,
      residual: {
        ...RESIDUAL.residual!,
        stem: { filters: 16, kernel: 5, stride: 2 },
        stages: [{ filters: 16, blocks: 1, stride: 1 }, { filters: 32, blocks: 2, stride: 2 }],
        momentum: 0.9,
      },
    },
    side: 24,
  },
];

const ignore = !existsSync(PYTHON);
const reason = ignore ? " [needs Keras: deno task setup installs it]" : "";

for (const [k, { what }] of CASES.entries()) {
  Deno.test(
    { name: `${what}: the losses are Keras's, step by step${reason}`, ignore },
    async () => {
      const { own, theirs } = (await trained())[k]!;
      for (let step = 0; step < STEPS; step++) {
        const difference = Math.abs(own[step]! - theirs[step]!);
        ok(difference < TOLERANCE, `step ${step + 1}: ${own[step]}, Keras ${theirs[step]}`);
      }
      const moved = Math.max(...own) - Math.min(...own);
      ok(moved > 10 * TOLERANCE, "the weights change");
    },
  );
}

/** The losses of one case's steps, ours and Keras's. */
interface Losses {
  own: number[];
  theirs: number[];
}

let all: Promise<Losses[]> | undefined;

/** The losses of all cases: Keras takes longer to start than to train them. */
function trained(): Promise<Losses[]> {
  return all ??= withFolder(async (folder) => {
    const ours: { own: number[]; job: unknown }[] = [];
    for (const [k, { spec, side }] of CASES.entries()) {
      ours.push(await trainOwn(spec, side, join(folder, `${k}`)));
    }
    const theirs = await run<number[][]>(keras("losses", () => ours.map(({ job }) => job)));
    return ours.map(({ own }, k) => ({ own, theirs: theirs[k]! }));
  });
}

/** Our losses of each step, and what Keras needs to start from the same weights on the same batches. */
async function trainOwn(spec: Spec, side: number, path: string) {
  const network = buildNetwork(spec, { side, seed: 7 });
  compileNetwork(network, spec);
  const weights = `${path}.weights`, photos = `${path}.photos`;
  const weighted = network.layers.filter((layer) => layer.weights.length > 0);
  const names = weighted.map(({ name }) => name);
  await writeFloats(weights, weightsOf(weighted));
  const batches = randomBatches(side);
  await writeFloats(photos, batches.map((batch) => batch.photos.dataSync<"float32">()));
  const own = batches.map((batch) => trainOnBatch(network, spec, batch).loss);
  const groups = batches.map((batch) => [...batch.groups.dataSync()]);
  tf.dispose(batches.map(({ photos, groups }) => [photos, groups]));
  disposeNetwork(network);
  const { learningRate } = spec;
  return {
    own,
    job: { layers: layersOf(spec), side, learningRate, weights, names, photos, groups },
  };
}

/** All weights layer by layer; a network's own list has those not trained at its end. */
function weightsOf(layers: readonly tf.layers.Layer[]): Float32Array[] {
  const weights = layers.flatMap((layer) => layer.weights);
  return weights.map((weight) => weight.read().dataSync<"float32">());
}

function randomBatches(side: number): Batch[] {
  const random = createRandom(7, "batches");
  return Array.from({ length: STEPS }, () => {
    const groups = Array.from({ length: PHOTOS }, () => Math.floor(random() * 5));
    return { photos: randomPhotos(groups, side, random), groups: tf.tensor1d(groups, "int32") };
  });
}

/**
 * Noise with a faint bright band, the lower the older. On it a difference by rounding stays one: on
 * plain noise, or on a strong band, a change of the weights by a millionth may alter losses a
 * thousand times as much within 20 steps of model IV.
 */
function randomPhotos(groups: readonly number[], side: number, random: Random): tf.Tensor4D {
  const row = (group: number, y: number) => {
    const light = Math.floor(y * 5 / side) === group ? 0.2 : 0;
    return Array.from({ length: side * 3 }, () => light + 0.8 * random());
  };
  const photo = (group: number) => Array.from({ length: side }, (_, y) => row(group, y)).flat();
  return tf.tensor4d(groups.flatMap(photo), [groups.length, side, side, 3]);
}

async function writeFloats(path: string, arrays: readonly Float32Array[]): Promise<void> {
  const bytes = arrays.map(({ buffer, byteOffset, byteLength }) =>
    new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength)
  );
  await Deno.writeFile(path, ReadableStream.from(bytes));
}
