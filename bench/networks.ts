/** Benchmarks of networks: training and predicting beside Keras, PyTorch and onnxruntime, and the memory that training takes. */
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { range } from "d3";
import type { AgeGroup } from "@/dataset/age_group.ts";
import { type Batch, drawBatches, epochOrder, type Examples } from "@/study/batches.ts";
import { writeFully } from "@/base/files.ts";
import { layersOf } from "@/model/layers.ts";
import { ownRuns } from "@/search/leaderboard.ts";
import { buildNetwork } from "@/model/network.ts";
import { compileNetwork } from "@/training/optimizers.ts";
import { npyHeader } from "@/images/npy.ts";
import type { Photo } from "@/dataset/photo.ts";
import { createRandom } from "@/base/random.ts";
import { predictBatch, trainOnBatch } from "@/training/step.ts";
import { BETTER } from "@/model/better.ts";
import { findSpec, TESTING, ZOO } from "@/model/zoo.ts";
import { targetOf } from "@/training/targets.ts";
import type { Spec } from "@/model/spec.ts";
import type { Benchmark } from "@bench/benchmark.ts";
import { keras, ours, type Program, type Result } from "@bench/program.ts";
import { hasBfloat16, pytorch } from "@bench/pytorch.ts";
import { networkToOnnx } from "@/model/onnx/network.ts";
import { openOnnx } from "@/native/onnx.ts";
import "@/native/tensorflow.ts";

/** Training on, or predicting, the same batch of random photos again and again. */
interface StepsJob {
  spec: Spec;
  side: number;
  batch: number;
  /** Steps before the clock is started. */
  warmUp: number;
  steps: number;
}

/** One epoch on photos that lie on disk. */
interface EpochJob extends Pick<StepsJob, "spec" | "side"> {
  photos: number;
  /** The path for the file of the squares. */
  folder: string;
}

/** A benchmark with a baseline, as data. */
interface Row {
  name: string;
  task: "train" | "predict";
  /** The baseline's task, if its name differs. */
  baseline?: string;
  id: string;
  job: Omit<StepsJob, "spec">;
}

type Timed = Omit<Result, "memory">;

/** Our tasks, each run in a process of its own. */
export const NETWORK_TASKS = { train, predict, predict_onnx: predictOnOnnx, epoch };

/** Numbers of steps: few where they take long, at 256 pixels, and some for the zoo, which is large. */
const FEW = { warmUp: 3, steps: 8 }, SOME = { warmUp: 5, steps: 20 };
const MORE = { warmUp: 10, steps: 40 };

const ONE = { side: 96, batch: 1, warmUp: 50, steps: 200 };

const RESIDUAL = [64, 96].flatMap((side) => [
  row("train", "better", side, SOME),
  row("predict", "better", side, SOME),
]);

/** Measurements beside Keras; only training XVIII needs the gradients of batch normalisation. */
const BESIDE_KERAS: Row[] = [
  row("train", "IV", 256, FEW),
  row("train", "IV", 96, MORE),
  row("train", "XVIII", 96, MORE),
  row("predict", "IV", 96, MORE),
  {
    ...{ name: "predicting one by one, IV, 96 px", task: "predict", id: "IV", job: ONE },
    baseline: "predict_each",
  },
  { name: "the same, Keras compiled", task: "predict", baseline: "call", id: "IV", job: ONE },
  ...RESIDUAL,
];

const BESIDE_PYTORCH = [row("train", "IV", 96, MORE), row("predict", "IV", 96, MORE), ...RESIDUAL];

/** Measurements beside onnxruntime, which answers photos where nothing is trained. */
const BESIDE_ONNX: Row[] = [
  row("predict", "better", 96, SOME),
  { name: "predicting one by one, better, 96 px", task: "predict", id: "better", job: ONE },
];

/** A measurement in batches of 64 photos, unless told otherwise. */
function row(task: Row["task"], id: string, side: number, steps: typeof MORE, batch = 64): Row {
  const doing = task === "train" ? "training" : "predicting";
  return { name: `${doing} ${id}, ${side} px`, task, id, job: { side, batch, ...steps } };
}

/** Photos in an epoch, and their side: if all were held at once, more of them would take more memory. */
const EPOCHS = [2000, 20_000], EPOCH_SIDE = 48;

export async function networkBenchmarks(work: string, rounds: number, steps?: number) {
  const precisions = await hasBfloat16() ? [false, true] : [false];
  const asked = (rows: readonly Row[]) =>
    steps ? rows.map((row) => ({ ...row, job: { ...row.job, warmUp: 1, steps } })) : rows;
  return [
    ...asked(BESIDE_KERAS).map((row) => besideKeras(row, rounds)),
    ...asked(BESIDE_PYTORCH).flatMap((row) =>
      precisions.map((bfloat16) => (
        beside(row, rounds, `, PyTorch${bfloat16 ? " in bfloat16" : ""}`, (job) => (
          pytorch(row.task, () => ({ ...job, bfloat16 }))
        ))
      ))
    ),
    ...asked(BESIDE_ONNX).map((row) => (
      beside(row, rounds, ", onnxruntime", (job) => ours("predict_onnx", () => job))
    )),
    ...EPOCHS.map((photos) => {
      const job: EpochJob = { spec: TESTING, side: EPOCH_SIDE, photos, folder: work };
      const name = `training, ${photos.toLocaleString("en")} photos`;
      const room = () => photos * EPOCH_SIDE * EPOCH_SIDE * 3;
      return { name, unit: "photos", rounds: 1, ours: ours("epoch", () => job), room };
    }),
  ];
}

/** Benchmarks of training each model of the zoo, at 96 pixels and with its own batch size. */
export function zooBenchmarks(rounds: number): Benchmark[] {
  return ownRuns(ZOO, 96).map(({ id, batchSize }) => (
    besideKeras(row("train", id, 96, SOME, batchSize), rounds)
  ));
}

function besideKeras(row: Row, rounds: number): Benchmark {
  return beside(row, rounds, "", (job) => keras(row.baseline ?? row.task, () => job));
}

/** A benchmark of a row; `remark` names the baseline. Of its job, ours takes the spec, Keras and PyTorch the layers. */
function beside(
  { name, task, id, job: work }: Row,
  rounds: number,
  remark: string,
  baseline: (job: object) => Program,
): Benchmark {
  const spec = specOf(id), { learningRate, recipe } = spec;
  const network = { layers: layersOf(spec), learningRate, weightDecay: recipe?.weightDecay };
  const job = { spec, ...network, ...work }, own = ours(task, () => job);
  return { name: name + remark, unit: "photos", rounds, ours: own, baseline: baseline(job) };
}

/** A model of the zoo or beyond it; its answer is that of one pass, like the baselines'. */
function specOf(id: string): Spec {
  const spec = BETTER.find((own) => own.id === id) ?? findSpec(id);
  return spec.recipe ? { ...spec, recipe: { ...spec.recipe, mirrorAverage: false } } : spec;
}

async function train(job: StepsJob): Promise<Timed> {
  const network = networkOf(job), batch = randomBatch(job);
  return await timeSteps(job, () => void trainOnBatch(network, job.spec, batch));
}

async function predict(job: StepsJob): Promise<Timed> {
  const network = networkOf(job), { photos } = randomBatch(job);
  return await timeSteps(job, () => {
    const probabilities = predictBatch(network, job.spec, photos);
    probabilities.dataSync();
    probabilities.dispose();
  });
}

/** The same network on onnxruntime, with as many threads. */
async function predictOnOnnx(job: StepsJob): Promise<Timed> {
  const { batch, side } = job, shape = [batch, side, side, 3];
  const file = networkToOnnx(networkOf(job), { precision: "float32", metadata: {} });
  const photos = randomBatch(job).photos.dataSync<"float32">();
  const session = await openOnnx(file, { threads: navigator.hardwareConcurrency });
  return await timeSteps(job, () => session.run(photos, shape, ["groups"]));
}

async function epoch({ spec, side, photos, folder }: EpochJob): Promise<Timed> {
  const network = networkOf({ spec, side });
  const path = join(folder, `${photos}-${Deno.pid}.npy`);
  const examples = await writeRandomSquares(path, photos, side);
  const start = performance.now();
  for await (const batch of drawBatches(examples, spec.batchSize, epochOrder(photos, 7, 1))) {
    trainOnBatch(network, spec, batch);
    tf.dispose([batch.photos, batch.groups]);
  }
  const seconds = (performance.now() - start) / 1000;
  await Deno.remove(path);
  return { items: photos, seconds };
}

function networkOf({ spec, side }: Pick<StepsJob, "spec" | "side">): tf.LayersModel {
  const network = buildNetwork(spec, { side, seed: 7 });
  compileNetwork(network, spec);
  return network;
}

function randomBatch({ spec, side, batch }: StepsJob): Batch {
  const random = createRandom(7, "bench");
  const groups = Array.from({ length: batch }, () => Math.floor(random() * 5) as AgeGroup);
  const targets = spec.recipe?.targets;
  return {
    photos: tf.randomUniform([batch, side, side, 3], 0, 1, "float32", 7),
    groups: tf.tensor1d(groups, "int32"),
    targets: targets &&
      tf.tensor2d(groups.map((group) => targetOf(targets, { group, age: null }))),
  };
}

async function timeSteps({ batch, warmUp, steps }: StepsJob, step: () => unknown): Promise<Timed> {
  await repeat(warmUp, step);
  const start = performance.now();
  await repeat(steps, step);
  return { items: batch * steps, seconds: (performance.now() - start) / 1000 };
}

/** Does something again and again, and lets Deno do its own work between, as a training does. */
async function repeat(times: number, step: () => unknown): Promise<void> {
  for (let k = 0; k < times; k++) await step();
}

/** Writes a file of squares, some at a time, with photos that have a group and nothing else. */
async function writeRandomSquares(path: string, count: number, side: number): Promise<Examples> {
  const square = new Uint8Array(side * side * 3), head = npyHeader([count, side, side, 3]);
  using file = await Deno.open(path, { write: true, create: true });
  writeFully(file, head);
  for (let k = 0; k < count; k++) writeFully(file, crypto.getRandomValues(square));
  const indices = range(count);
  const groups = indices.map((k) => k % 5 as AgeGroup);
  const squares = { side, photos: groups.map(toPhoto), path, offset: head.length };
  return { squares, indices, groups };
}

function toPhoto(group: AgeGroup, k: number): Photo {
  const unknown = { age: null, gender: null, subject: null, album: null, fold: null };
  return { photo: `${k}.jpg`, group, ...unknown };
}
