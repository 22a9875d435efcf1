/**
 * Training from a published start: first a head on the codes of the frozen trunk, then the trunk's last layers
 * with it, at a lower rate.
 *
 * The loss, the targets and the weights of groups are those of networks that answer with years. All randomness
 * follows from the seed; the fine-tuning can be resumed after each epoch.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import * as tf from "@tensorflow/tfjs";
import { greatest, range, sum } from "d3";
import { writeWhole } from "@/base/files.ts";
import { logOnly, openLine } from "@/base/progress.ts";
import { percent } from "@/base/text.ts";
import { mostProbable, sumByGroup } from "@/metrics/answer.ts";
import { balancedAccuracy } from "@/metrics/metrics.ts";
import { CODE_LAYER } from "@/model/mobile_net.ts";
import type { Targets } from "@/model/recipe.ts";
import { epochOrder, type Examples } from "@/study/batches.ts";
import type { Study } from "@/study/study.ts";
import { Adam } from "@/training/adam.ts";
import { readTensors, writeTensors } from "@/training/checkpoint.ts";
import { crossEntropies } from "@/training/loss.ts";
import { type MapStore, plainViews, readMaps } from "@/training/map_store.ts";
import { learningRateAt } from "@/training/schedule.ts";
import { targetOf } from "@/training/targets.ts";
import { classWeights } from "@/training/training.ts";
import { WeightAverage } from "@/training/weight_average.ts";

/** The training of a head or of the last layers. */
export interface StartRecipe {
  epochs: number;
  batchSize: number;
  /** The highest rate of the head. */
  rate: number;
  /** The trunk's rate as a share of the head's; 0 if it stays frozen. */
  trunkShare: number;
  weightDecay: number;
  /** Share of the code's values dropped in training. */
  dropout: number;
  /** The share of the moving average of the weights each step keeps. */
  averageWeights: number;
}

/** The head alone: minutes. */
export const HEAD_RECIPE: StartRecipe = {
  epochs: 15,
  batchSize: 128,
  rate: 0.002,
  trunkShare: 0,
  weightDecay: 0.05,
  dropout: 0.3,
  averageWeights: 0.99,
};

/** The layers above the kept maps. */
export const TUNING_RECIPE: StartRecipe = {
  epochs: 6,
  batchSize: 64,
  rate: 0.001,
  trunkShare: 0.3,
  weightDecay: 0.05,
  dropout: 0.3,
  averageWeights: 0.995,
};

/** The layer above which the trunk is trained further: the last four of its thirteen pairs of convolutions. */
export const TUNED_FROM = "conv_pw_9";

const TARGETS: Targets = { kind: "years", yearsWeight: 0.5 };

/** The results of an epoch on validation. */
export interface StartEpoch {
  epoch: number;
  loss: number;
  /** Mean recall of the groups on validation, over photos and mirror images. */
  balanced: number;
}

/** The layers to be trained, on inputs of their own; their weights are the network's. */
export interface Tail {
  network: tf.LayersModel;
  /** Names of the layers between maps and code. */
  layers: string[];
  /** From the kept maps to the code. */
  toCode: tf.LayersModel;
  /** Weights of the layers between maps and code, then of the head. */
  trunk: tf.Variable[];
  head: tf.Variable[];
}

/** The layers of a network above one of them. */
export function tailOf(network: tf.LayersModel, layer: string): Tail {
  const from = network.layers.findIndex(({ name }) => name === layer);
  const to = network.layers.findIndex(({ name }) => name === CODE_LAYER);
  const layers = network.layers.slice(from + 1, to + 1);
  const shape = (network.layers[from]!.output as tf.SymbolicTensor).shape.slice(1);
  const inputs = tf.input({ name: "maps", shape });
  const outputs = layers.reduce((values, own) => own.apply(values) as tf.SymbolicTensor, inputs);
  const variables = (of: readonly tf.layers.Layer[]) =>
    of.flatMap(({ weights }) => weights.map((weight) => weight.read() as tf.Variable));
  return {
    network,
    layers: layers.map(({ name }) => name),
    toCode: tf.model({ name: "tail", inputs, outputs }),
    trunk: variables(layers),
    head: variables([network.getLayer("years")]),
  };
}

/** The photos of a training: where their views are, what is to be answered, and how much each counts. */
interface Lesson {
  places: number[];
  /** The number of views that follow one another before a photo comes again. */
  round: number;
  targets: number[][];
  weights: number[];
}

/** The training photos that varied views are kept of. */
export function lessonOf(
  study: Pick<Study, "train" | "validation">,
  { views }: Pick<MapStore, "views">,
): Lesson {
  const { train } = study, photos = new Map(train.indices.map((index, k) => [index, k]));
  const places = range(plainViews(study), views.length);
  const own = places.map((place) => photos.get(views[place]!.index)!);
  const groupWeights = classWeights(train.groups).map(Math.sqrt);
  const aged = own.map((k) => ({ group: train.groups[k]!, age: train.ages?.[k] ?? null }));
  return {
    places,
    round: train.indices.length,
    targets: aged.map((photo) => targetOf(TARGETS, photo)),
    weights: aged.map(({ group }) => groupWeights[group]!),
  };
}

/**
 * Trains on kept maps, or on codes if the trunk stays frozen; leaves the network with the averaged weights of the
 * epoch that was best on validation; of the last, if training holds validation as well.
 *
 * @param folder where the state after each epoch is kept
 * @param options.until the number of the epoch to stop after, at most the recipe's own
 * @throws {Error} if the folder holds a training by another recipe, or from another seed
 */
export async function trainStart(
  folder: string,
  tail: Tail,
  store: MapStore,
  study: Study,
  recipe: StartRecipe,
  { seed, until = recipe.epochs }: { seed: number; until?: number },
): Promise<StartEpoch[]> {
  await requireRecipe(folder, { seed, ...recipe });
  const context = {
    tail,
    store,
    recipe,
    lesson: lessonOf(study, store),
    choose: chooserOf(study),
    ...trainers(tail, recipe),
  };
  const history = await restore(folder, context);
  try {
    while (history.length < Math.min(until, recipe.epochs)) {
      const epoch = history.length + 1;
      const loss = await trainEpoch(context, seed, epoch);
      if (!Number.isFinite(loss)) {
        throw new Error(`The loss of epoch ${epoch} in ${folder} is ${loss}`);
      }
      const balanced = await context.average.during(() => (
        Promise.resolve(balancedOn(tail, store, study.validation, recipe))
      ));
      history.push({ epoch, loss, balanced });
      await keep(folder, context, history);
      logOnly(
        `epoch ${epoch} of ${recipe.epochs}: loss ${loss.toFixed(3)}, balanced on validation ${
          study.refit ? "(trained on) " : ""
        }${percent(balanced)}`,
      );
    }
    await takeEpoch(folder, tail, context.choose(history)!.epoch);
    return history;
  } finally {
    context.average.dispose();
    context.optimizers.forEach(({ optimizer }) => optimizer.dispose());
  }
}

/** A stage of a training: where its state is kept, and its recipe. */
export interface Stage {
  folder: string;
  recipe: StartRecipe;
  /** The epoch to stop after; else the recipe's last. */
  until?: number;
}

/**
 * Trains stage after stage, each from where the one before ended; leaves the network with the weights of the
 * stage and the epoch that were best on validation; of the last of both, if training holds validation as well.
 *
 * @param folder where the stages' folders lie
 */
export async function trainStages(
  folder: string,
  { tail, store, study }: { tail: Tail; store: MapStore; study: Study },
  stages: readonly Stage[],
  { seed }: { seed: number },
): Promise<Stage & StartEpoch> {
  const published = tail.trunk.map((variable) => variable.clone()),
    results: (Stage & StartEpoch)[] = [];
  for (const stage of stages) {
    const own = join(folder, stage.folder);
    const { recipe, until } = stage;
    const history = await trainStart(own, tail, store, study, recipe, { seed, until });
    results.push({ ...stage, ...chooserOf(study)(history)! });
  }
  const best = chooserOf(study)(results)!;
  if (best !== results.at(-1)) {
    tail.trunk.forEach((variable, k) => variable.assign(published[k]!));
    await takeEpoch(join(folder, best.folder), tail, best.epoch);
  }
  tf.dispose(published);
  return best;
}

/** Chooses one of several results, if there are any. */
type Chooser = <T extends { balanced: number }>(results: readonly T[]) => T | undefined;

/** Validation chooses the best, the first of equals; where it has been learned from, nothing but the last is left. */
function chooserOf({ refit }: Pick<Study, "refit">): Chooser {
  return (results) => (
    refit ? results.at(-1) : greatest(results, ({ balanced }) => balanced)
  );
}

interface Context {
  tail: Tail;
  store: MapStore;
  recipe: StartRecipe;
  lesson: Lesson;
  choose: Chooser;
  /** Each with the weights that it changes. */
  optimizers: { optimizer: Adam; variables: tf.Variable[]; share: number }[];
  average: WeightAverage;
}

/** The weights that a training changes, as a network of their own for the average. */
function trainers(tail: Tail, recipe: StartRecipe): Pick<Context, "optimizers" | "average"> {
  const { rate, trunkShare, weightDecay } = recipe;
  const parts = [{ variables: tail.head, share: 1 }, { variables: tail.trunk, share: trunkShare }];
  const optimizers = parts.filter(({ share }) => share > 0).map(({ variables, share }) => (
    { variables, share, optimizer: new Adam(rate * share, () => {}, weightDecay) }
  ));
  const weights = optimizers.flatMap(({ variables }) =>
    variables.map((variable) => ({
      read: () => variable,
      write: (value: tf.Tensor) => variable.assign(value),
    }))
  );
  const average = new WeightAverage(
    { weights } as unknown as tf.LayersModel,
    recipe.averageWeights,
  );
  return { optimizers, average };
}

async function trainEpoch(context: Context, seed: number, epoch: number): Promise<number> {
  const { lesson, recipe } = context, { batchSize } = recipe;
  const rounds = lesson.places.length / lesson.round, draw = openLine();
  const from = (epoch - 1) % rounds * lesson.round;
  const order = epochOrder(lesson.round, seed, epoch).map((k) => from + k);
  const stepsPerEpoch = Math.ceil(order.length / batchSize), losses: number[] = [];
  for (let k = 0; k < stepsPerEpoch; k++) {
    const step = (epoch - 1) * stepsPerEpoch + k;
    const own = order.slice(k * batchSize, (k + 1) * batchSize);
    const progress = { step, stepsPerEpoch, epochs: recipe.epochs };
    const rate = learningRateAt({ kind: "cosine", warmUp: 0.25 }, recipe.rate, progress);
    context.average.begin(step);
    losses.push(trainStep(context, own, rate, `${seed} ${step}`));
    context.average.end();
    await draw(`epoch ${epoch}: ${k + 1} of ${stepsPerEpoch} steps`, (k + 1) % 50 === 0);
    await setImmediate();
  }
  return sum(losses) / losses.length;
}

function trainStep(
  { tail, store, lesson, recipe, optimizers }: Context,
  own: readonly number[],
  rate: number,
  seed: string,
): number {
  return tf.tidy(() => {
    const places = own.map((k) => lesson.places[k]!);
    const expected = tf.tensor2d(own.map((k) => lesson.targets[k]!));
    const weights = tf.tensor1d(own.map((k) => lesson.weights[k]!));
    const given = recipe.trunkShare > 0 ? readMaps(store, places) : readCodes(store, places);
    const { value, grads } = tf.variableGrads(() => {
      const code = recipe.trunkShare > 0
        ? tail.toCode.apply(given) as tf.Tensor2D
        : given as tf.Tensor2D;
      const logits = toLogits(tail, tf.dropout(code, recipe.dropout, undefined, seed));
      return crossEntropies(TARGETS, logits, expected).mul(weights).mean();
    }, optimizers.flatMap(({ variables }) => variables));
    for (const { optimizer, variables, share } of optimizers) {
      optimizer.learningRate = rate * share;
      (optimizer as tf.Optimizer).applyGradients(
        Object.fromEntries(variables.map(({ name }) => [name, grads[name]!])),
      );
    }
    return value.dataSync()[0]!;
  });
}

function toLogits({ head: [kernel, bias] }: Tail, code: tf.Tensor): tf.Tensor2D {
  return code.matMul(kernel!).add(bias!);
}

function readCodes({ codes }: MapStore, places: readonly number[]): tf.Tensor2D {
  const width = 1024, rows = new Float32Array(places.length * width);
  places.forEach((place, k) =>
    rows.set(codes.subarray(place * width, (place + 1) * width), k * width)
  );
  return tf.tensor2d(rows, [places.length, width]);
}

/** Views predicted at once. */
const BATCH = 128;

/**
 * Computes the distributions over years of photos of which views are kept with their mirror images: the mean of both.
 *
 * @returns 101 probabilities a photo
 */
export function yearsOfKept(
  tail: Tail,
  store: MapStore,
  { indices }: Pick<Examples, "indices">,
  { trunkShare }: Pick<StartRecipe, "trunkShare">,
): number[][] {
  const first = new Map<number, number>();
  store.views.forEach(({ index }, place) => first.has(index) || first.set(index, place));
  const predict = (places: number[]) => {
    const code = trunkShare > 0
      ? tail.toCode.predict(readMaps(store, places)) as tf.Tensor2D
      : readCodes(store, places);
    return toLogits(tail, code).softmax<tf.Tensor2D>();
  };
  return range(0, indices.length, BATCH).flatMap((start) => {
    const own = indices.slice(start, start + BATCH).map((index) => first.get(index)!);
    return tf.tidy(() => {
      const mirrored = predict(own.map((place) => place + 1));
      return predict(own).add<tf.Tensor2D>(mirrored).div<tf.Tensor2D>(2).arraySync();
    });
  });
}

function balancedOn(
  tail: Tail,
  store: MapStore,
  photos: Examples,
  recipe: StartRecipe,
): number {
  const years = yearsOfKept(tail, store, photos, recipe);
  return balancedAccuracy(photos.groups, years.map((row) => mostProbable(sumByGroup(row))));
}

/** Notes the recipe of a folder's training, which it was begun by: a model card is to tell what was done. */
async function requireRecipe(
  folder: string,
  recipe: StartRecipe & { seed: number },
): Promise<void> {
  const path = join(folder, "recipe.json"), text = JSON.stringify(recipe, null, 2) + "\n";
  if (existsSync(join(folder, HISTORY))) {
    if (existsSync(path) && await Deno.readTextFile(path) === text) return;
    throw new Error(
      `The training in ${folder} was begun by another recipe or seed. Remove the folder to train anew.`,
    );
  }
  await writeWhole(path, (part) => Deno.writeTextFile(part, text));
}

// The state after an epoch: history.json names the epochs; the state of the last and the averages of the best lie beside it

const HISTORY = "history.json";

async function keep(folder: string, context: Context, history: StartEpoch[]): Promise<void> {
  const { optimizers, average, choose } = context,
    own = optimizers.flatMap(({ variables }) => variables);
  const moments = optimizers.flatMap(({ optimizer }) => optimizer.state);
  const write = (name: string, tensors: readonly tf.Tensor[]) => (
    writeWhole(join(folder, name), (part) => writeTensors(part, tensors))
  );
  await write(`state-${history.length}.bin`, [...own, ...average.state, ...moments]);
  if (choose(history) === history.at(-1)) await write(`best-${history.length}.bin`, average.state);
  tf.dispose(moments);
  const text = JSON.stringify(history, null, 2) + "\n";
  await writeWhole(join(folder, HISTORY), (part) => Deno.writeTextFile(part, text));
  await removeOld(folder, [`state-${history.length}.bin`, `best-${choose(history)!.epoch}.bin`]);
}

async function removeOld(folder: string, current: readonly string[]): Promise<void> {
  for await (const { name } of Deno.readDir(folder)) {
    if (/^(state|best)-\d+\.bin$/.test(name) && !current.includes(name)) {
      await Deno.remove(join(folder, name));
    }
  }
}

/** Takes up the state after the last epoch, if there is one; returns the history. */
async function restore(folder: string, { optimizers, average }: Context): Promise<StartEpoch[]> {
  const path = join(folder, HISTORY);
  if (!existsSync(path)) return [];
  const history: StartEpoch[] = JSON.parse(await Deno.readTextFile(path));
  const own = optimizers.flatMap(({ variables }) => variables),
    shapes = own.map(({ shape }) => shape);
  const moments = optimizers.flatMap(({ variables }) => {
    const shapes = variables.map(({ shape }) => shape);
    return [...shapes, ...shapes, [], []];
  });
  const file = join(folder, `state-${history.length}.bin`);
  const tensors = await readTensors(file, [...shapes, ...shapes, ...moments]);
  own.forEach((variable, k) => variable.assign(tensors[k]!));
  average.restore(tensors.slice(own.length, 2 * own.length));
  let at = 2 * own.length;
  for (const { optimizer, variables } of optimizers) {
    optimizer.restore(tensors.slice(at, at += 2 * variables.length + 2));
  }
  tf.dispose(tensors);
  return history;
}

/** Gives the network the averaged weights of an epoch. */
async function takeEpoch(folder: string, tail: Tail, epoch: number): Promise<void> {
  const path = join(folder, `best-${epoch}.bin`);
  const { size } = await Deno.stat(path), values = sum(tail.head, (variable) => variable.size);
  const own = size === 4 * values ? tail.head : [...tail.head, ...tail.trunk];
  const tensors = await readTensors(path, own.map(({ shape }) => shape));
  own.forEach((variable, k) => variable.assign(tensors[k]!));
  tf.dispose(tensors);
}
