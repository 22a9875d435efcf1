import { deepEqual, equal, ok } from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import type { Batch } from "@/study/batches.ts";
import { convolve } from "@/native/convolution.ts";
import { normalizeBytes } from "@/native/kernels.ts";
import { multiply } from "@/native/matmul.ts";
import { type Operation, operationsOf } from "@/training/fusion.ts";
import { buildNetwork, disposeNetwork } from "@/model/network.ts";
import { compileNetwork } from "@/training/optimizers.ts";
import { normalize } from "@/images/normalization.ts";
import { type BatchResult, evaluateBatch, predictBatch, trainOnBatch } from "@/training/step.ts";
import { testOps } from "@/native/_testing.ts";
import { NATIVE, testWith } from "@/testing.ts";
import { RECIPE, RESIDUAL, SMALL, SQUEEZED } from "@/model/_testing.ts";
import type { AgeGroup } from "@/dataset/age_group.ts";
import type { BatchNorm, Spec } from "@/model/spec.ts";
import { targetOf } from "@/training/targets.ts";
import { TESTING, ZOO } from "@/model/zoo.ts";

const YEARS = { kind: "years", yearsWeight: 0.5 } as const;

/** Models that between them have every kind of layer, in every order of the zoo. */
const SPECS: Record<string, Spec> = {
  "convolutions and dense layers": TESTING,
  "dropout, penalties and max-norm": {
    ...TESTING,
    dropout: { conv: 0.2, dense: [0.5, 0.5] },
    l2: { conv: 0.005, dense: 0.01 },
    maxNorm: { conv: 1, dense: 1 },
  },
  "normalisation before ReLU": {
    ...TESTING,
    batchNorm: { conv: "before ReLU", dense: "before ReLU" },
  },
  "normalisation after ReLU": {
    ...TESTING,
    batchNorm: { conv: "after ReLU", dense: "after ReLU" },
  },
  "convolutions that are pooled at once": {
    ...TESTING,
    conv: [
      { filters: 16, kernel: 3, padding: "same", pool: true },
      { filters: 32, kernel: 3, padding: "valid", pool: true },
    ],
    l2: { conv: 0.005, dense: 0 },
  },
  "the mean of each map": { ...TESTING, head: "global average" },
  "residual blocks": RESIDUAL,
  "residual blocks of 16 channels": {
    ...RESIDUAL,
    residual: {
      ...RESIDUAL.residual!,
      stem: { filters: 16, kernel: 3, stride: 2 },
      stages: [{ filters: 16, blocks: 1, stride: 2 }],
    },
  },
  "residual blocks, squeeze-and-excitation": SQUEEZED,
  "residual blocks, AdamW": { ...RESIDUAL, recipe: RECIPE },
  "residual blocks, years": { ...RESIDUAL, recipe: { ...RECIPE, targets: YEARS } },
};

/** Two blocks in each of four stages, with channels that the fast convolutions take. */
function deeper(strides: readonly (1 | 2)[]): Spec {
  const stem = { filters: 16, kernel: 3, stride: 2 } as const;
  const stages = [16, 16, 32, 32].map((filters, k) => ({
    filters,
    blocks: 2,
    stride: strides[k]!,
  }));
  return { ...RESIDUAL, residual: { ...RESIDUAL.residual!, stem, stages } };
}

/**
 * Its last maps have 4x4 values. On few photos of 2x2, a rounding moves single values across ReLU's corner, so
 * that the losses of two equally right computations part by thousandths; their gradients, from the same weights,
 * agree.
 */
const DEEPER = deeper([2, 1, 1, 1]);

const GROUPS: AgeGroup[] = [0, 1, 2, 3, 4];

/** Made photos, one of each group, on the backend in use. */
function makeBatch(side: number, spec: Spec = TESTING): Batch {
  return {
    photos: tf.randomUniform([GROUPS.length, side, side, 3], 0, 1, "float32", 1) as tf.Tensor4D,
    groups: tf.tensor1d(GROUPS, "int32"),
    targets: spec.recipe && tf.tensor2d(GROUPS.map((group) => (
      targetOf(spec.recipe!.targets, { group, age: null })
    ))),
  };
}

/** The results of some steps, and what the model predicts after them. */
function learnOn(spec: Spec, side: number, steps: number) {
  const network = buildNetwork(spec, { side, seed: 7 }), batch = makeBatch(side, spec);
  compileNetwork(network, spec);
  const classWeights = tf.tensor1d([1, 2, 1, 1.5, 4]);
  const [first, ...more] = Array.from({ length: steps }, () => (
    { ...trainOnBatch(network, spec, batch, classWeights), tensors: tf.memory().numTensors }
  ));
  equal(more.at(-1)!.tensors, first!.tensors, "after the first step no tensor stays behind");
  const evaluated = evaluateBatch(network, spec, batch);
  const said = predictBatch(network, spec, batch.photos);
  const probabilities = [...said.dataSync()];
  tf.dispose([said, classWeights, batch.photos, batch.groups]);
  batch.targets?.dispose();
  disposeNetwork(network);
  return { results: [first!, ...more, evaluated], probabilities };
}

/** The same on tfjs's own backend, then on the native one; nothing may stay behind. */
async function learnOnBoth(spec: Spec, { side, steps }: { side: number; steps: number }) {
  await import("@/native/tensorflow.ts");
  const made = [];
  for (const backend of ["cpu", "tensorflow"]) {
    await tf.setBackend(backend);
    const before = tf.memory().numTensors;
    made.push(learnOn(spec, side, steps));
    equal(tf.memory().numTensors, before, `tensors stay behind on ${backend}`);
  }
  return made as [ReturnType<typeof learnOn>, ReturnType<typeof learnOn>];
}

function close(values: number[], expected: number[], most: number): void {
  values.forEach((value, k) => ok(Math.abs(value - expected[k]!) < most, `${values}: ${expected}`));
}

function losses(results: BatchResult[]): number[] {
  return results.map(({ loss }) => loss);
}

/**
 * Trainings on both: an even and an odd side, and many steps where maps are small. Residual blocks have no use for
 * larger maps, and tfjs takes long on them.
 */
const TRAININGS = [
  ...Object.entries(SPECS).flatMap(([name, spec]) => {
    const [even, odd] = spec.residual ? [8, 11] : [16, 19];
    const longer = spec.residual ? { steps: 20, most: 1e-4 } : { steps: 6, most: 2e-4 };
    return [
      { name, spec, side: even!, ...longer },
      { name, spec, side: odd!, steps: 6, most: 2e-4 },
    ];
  }),
  // its losses part most in the first steps: from then on it has learned its photos
  { name: "residual blocks, deeper", spec: DEEPER, side: 16, steps: 5, most: 1e-3 },
];

for (const { name, spec, side, steps, most } of TRAININGS) {
  const title = `the kernels train as tfjs does: ${name}, ${side} pixels, ${steps} steps`;
  testWith(NATIVE, title, async () => {
    const [plain, native] = await learnOnBoth(spec, { side, steps });
    close(losses(native.results), losses(plain.results), most);
    close(native.probabilities, plain.probabilities, most);
    deepEqual(
      native.results.map(({ correct }) => correct),
      plain.results.map(({ correct }) => correct),
    );
    ok(losses(native.results).at(-2)! < losses(native.results)[0]!, "it learns");
  });
}

testWith(
  NATIVE,
  "predictBatch() says what the stock layers of every model of the zoo say",
  async () => {
    const { tf } = await import("@/native/tensorflow.ts");
    await tf.setBackend("tensorflow");
    for (const spec of ZOO) {
      const network = buildNetwork(spec, { side: 160, seed: 7 });
      const photos = tf.randomUniform([2, 160, 160, 3], 0, 1, "float32", 1) as tf.Tensor4D;
      const said = predictBatch(network, spec, photos),
        stock = network.apply(photos) as tf.Tensor2D;
      close([...said.dataSync()], [...stock.dataSync()], 1e-5);
      tf.dispose([photos, said, stock]);
      disposeNetwork(network);
    }
  },
);

Deno.test("operationsOf() pools with the convolution and before ReLU, but not before normalisation", () => {
  const tell = (step: Operation): string => {
    const { kind, relu, pool, activation } = { relu: false, pool: false, activation: "", ...step };
    const words = "convolution" in step ? [tell(step.convolution), "normalisation"] : [kind];
    const isRectified = relu || activation === "relu";
    return [...words, ...(isRectified ? ["ReLU"] : []), ...(pool ? ["pool"] : [])].join(" ");
  };
  const steps = (conv: BatchNorm) =>
    operationsOf({ ...TESTING, batchNorm: { conv, dense: "none" } }).slice(0, 3).map(tell);
  deepEqual(steps("none"), ["convolution ReLU pool", "convolution ReLU pool", "flatten"]);
  const before = "convolution normalisation pool", after = "convolution ReLU normalisation pool";
  deepEqual(steps("before ReLU"), [before, "ReLU", before]);
  deepEqual(steps("after ReLU"), [after, after, "flatten"]);
});

testOps("convolve() and multiply() end with the bias and ReLU that are asked for", async () => {
  const { tf } = await import("@/native/tensorflow.ts");
  await tf.setBackend("tensorflow");
  const photos = tf.tensor4d([1, -2, 3, -4], [1, 2, 2, 1]),
    kernel = tf.tensor4d([10], [1, 1, 1, 1]);
  const rows = photos.reshape([4, 1]), column = kernel.reshape([1, 1]), bias = tf.tensor1d([-5]);
  const expected = [
    { epilogue: { bias, relu: true }, values: [5, 0, 25, 0] },
    { epilogue: { bias, relu: false }, values: [5, -25, 25, -45] },
    { epilogue: { bias: null, relu: true }, values: [10, 0, 30, 0] },
    { epilogue: { bias: null, relu: false }, values: [10, -20, 30, -40] },
  ];
  for (const { epilogue, values } of expected) {
    deepEqual(
      [...convolve(photos, kernel, { padding: "same", stride: 1 }, epilogue).dataSync()],
      values,
    );
    deepEqual([...multiply(rows, column, epilogue).dataSync()], values);
  }
});

/** The gradients of a network's weights: what a step of plain descent at a rate of 1 takes away. */
function gradientsOf(spec: Spec): number[][] {
  const network = buildNetwork(spec, SMALL), batch = makeBatch(16, spec);
  const before = network.getWeights().map((weight) => weight.clone());
  network.compile({ optimizer: tf.train.sgd(1), loss: "sparseCategoricalCrossentropy" });
  trainOnBatch(network, spec, batch);
  const steps = network.getWeights().map((weight, k) => tf.tidy(() => before[k]!.sub(weight)));
  const gradients = steps.map((step) => [...step.dataSync()]);
  tf.dispose([...before, ...steps, batch.photos, batch.groups]);
  disposeNetwork(network);
  return gradients;
}

for (
  const [name, spec] of [
    ["squeeze-and-excitation", SQUEEZED],
    ["blocks down to 2x2 values", deeper([2, 1, 2, 1])],
  ] as const
) {
  testWith(NATIVE, `the gradients are those that tfjs finds: ${name}`, async () => {
    await import("@/native/tensorflow.ts");
    await tf.setBackend("cpu");
    const plain = gradientsOf(spec);
    await tf.setBackend("tensorflow");
    const apart = gradientsOf(spec).flatMap((values, k) => (
      values.map((value, i) => Math.abs(value - plain[k]![i]!))
    ));
    const most = apart.reduce((a, b) => Math.max(a, b));
    ok(most < 2e-5, `${most} apart`);
  });
}

testWith(NATIVE, "predictBatch() gives the mean over a photo and its mirror image", async () => {
  const { tf } = await import("@/native/tensorflow.ts");
  await tf.setBackend("tensorflow");
  const once = { ...RESIDUAL, recipe: { ...RECIPE, mirrorAverage: false } };
  const network = buildNetwork(RESIDUAL, SMALL), { photos, groups } = makeBatch(16);
  const valuesOf = (spec: Spec, photos: tf.Tensor4D) =>
    tf.tidy(() => [...predictBatch(network, spec, photos).dataSync()]);
  const mirrored = photos.reverse(2);
  const [one, other] = [photos, mirrored].map((each) => valuesOf(once, each));
  const both = valuesOf({ ...RESIDUAL, recipe: RECIPE }, photos);
  close(both, one!.map((value, k) => (value + other![k]!) / 2), 1e-6);
  tf.dispose([photos, mirrored, groups]);
  disposeNetwork(network);
});

testWith(NATIVE, "the loss is NaN if any layer has a weight that is no number", async () => {
  const { tf } = await import("@/native/tensorflow.ts");
  await tf.setBackend("tensorflow");
  for (const layer of ["conv1", "dense1", "output"]) {
    for (const [index, value] of [[0, NaN], [0, Infinity], [1, NaN]] as const) {
      const network = buildNetwork(TESTING, { side: 16, seed: 7 }), batch = makeBatch(16);
      compileNetwork(network, TESTING);
      const weights = network.getLayer(layer).getWeights(), { shape, size } = weights[index]!;
      const values = new Float32Array(size).fill(value, 0, 1); // one of them is enough
      network.getLayer(layer).setWeights(weights.with(index, tf.tensor(values, shape)));
      ok(Number.isNaN(evaluateBatch(network, TESTING, batch).loss), `${layer}: ${value}`);
      ok(Number.isNaN(trainOnBatch(network, TESTING, batch).loss), `${layer}: ${value}`);
      tf.dispose([batch.photos, batch.groups]);
      disposeNetwork(network);
    }
  }
});

testWith(
  NATIVE,
  "normalizeBytes() gives the very numbers of normalize(), on any backend",
  async () => {
    const { tf } = await import("@/native/tensorflow.ts");
    for (const backend of ["cpu", "tensorflow"]) {
      await tf.setBackend(backend);
      for (const length of [256, 255]) {
        const bytes = Uint8Array.from({ length }, (_, value) => value);
        deepEqual(normalizeBytes(bytes).dataSync(), normalize(bytes));
      }
    }
  },
);
