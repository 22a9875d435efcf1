/**
 * Measures on validation what other labels bring, by heads on the codes of the published trunk, which stays frozen; and
 * what networks bring together, by the mean of their years. The test part is not looked at.
 *
 *     TF_NUM_INTRAOP_THREADS=1 deno run -A bench/measure_labels.ts UTKFACE OUT [RUN...]
 *
 * Writes `labels.csv` and `together.csv` to the folder `OUT`. Each `RUN` is the folder of a run of the same split whose
 * training had no part of validation.
 */
import "@/native/tensorflow.ts";
import { basename, join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { extent, greatest, mean, quantile, range, sum } from "d3";
import { toOnnx } from "@/answers/onnx_network.ts";
import { openPredictor } from "@/answers/onnx_predictor.ts";
import { openModel } from "@/answers/open_model.ts";
import { predictRows } from "@/answers/predict_photos.ts";
import { csvTable } from "@/base/csv.ts";
import { writeText } from "@/base/files.ts";
import { createRandom, shuffle } from "@/base/random.ts";
import { AGE_GROUPS } from "@/dataset/age_group.ts";
import { inspectPhotos } from "@/images/inspection.ts";
import { checkIntegrity } from "@/images/integrity.ts";
import { meanOutput, readAnswer } from "@/metrics/answer.ts";
import { bootstrapInterval, weightedMean } from "@/metrics/interval.ts";
import { meanRecall } from "@/metrics/metrics.ts";
import { newCard } from "@/model/model_card.ts";
import { buildNetwork } from "@/model/network.ts";
import { networkToOnnx } from "@/model/onnx/network.ts";
import { addPublishedWeights, cardStart } from "@/model/published_weights.ts";
import { YEARS } from "@/model/recipe.ts";
import { findSpec } from "@/model/zoo.ts";
import type { Examples } from "@/study/batches.ts";
import { assignFolds } from "@/study/folds.ts";
import { prepareStudy } from "@/study/study.ts";
import { Adam } from "@/training/adam.ts";
import { lossWeights } from "@/training/epoch.ts";
import { crossEntropies } from "@/training/loss.ts";
import { learningRateAt } from "@/training/schedule.ts";
import { bellAround } from "@/training/targets.ts";

const SIDE = 160, CODE = 1024, SEEDS = [7, 8, 9], SPEC = findSpec("published");
const EPOCHS = 8, BATCH = 256, RATE = 0.004;

type Rows = number[][];

const [folder, out, ...runs] = Deno.args;
const prepare = (side: number) => (
  prepareStudy({ folder, side, split: "subject", shares: { train: 0.8, validation: 0.1 } })
);
const { data, train, validation } = await prepare(SIDE);
const training = { spec: SPEC } as Parameters<typeof newCard>[0]["training"];
const CARD = newCard({ name: "a head", summary: "", training, side: SIDE, data: "" });

/** The codes of photos by the published trunk, `[photos, 1024]`; for prediction, those of mirror images as well. */
async function codesOf(photos: Examples, mirrorAverage: boolean): Promise<tf.Tensor2D> {
  const { inputs, layers } = buildNetwork(SPEC, { side: SIDE, seed: 7 });
  const pooling = layers.findLast((layer) => layer.getClassName() === "GlobalAveragePooling2D")!;
  const trunk = tf.model({ inputs, outputs: pooling.output as tf.SymbolicTensor });
  await addPublishedWeights(trunk, cardStart(SPEC.start!));
  const output = { kind: "groups", layer: "", width: CODE } as const;
  const file = networkToOnnx(trunk, { precision: "float32", metadata: {} });
  const card = { ...CARD, output, answer: { ...CARD.answer, mirrorAverage } };
  const predictor = await openPredictor(file, card);
  return tf.tensor2d(await predictRows(predictor, photos));
}

const codes = await codesOf(train, false), unseen = await codesOf(validation, true);
const groupWeights = lossWeights(SPEC, train.groups);
const weights = tf.tensor1d(train.groups.map((group) => groupWeights[group]!));

/** Trains a head on some training photos; returns what predicts years from codes. */
function trainHead(chosen: readonly number[], targets: Rows, seed: number) {
  const kernel = tf.variable(tf.randomNormal([CODE, YEARS], 0, 0.01, "float32", seed));
  const bias = tf.variable(tf.zeros([YEARS])), expected = tf.tensor2d(targets);
  const logits = (codes: tf.Tensor) => codes.matMul(kernel).add<tf.Tensor2D>(bias);
  const { schedule, targets: kind, weightDecay } = SPEC.recipe!;
  const optimizer = new Adam(RATE, { weightDecay });
  const stepsPerEpoch = Math.ceil(chosen.length / BATCH);
  const random = createRandom(seed, "order");
  const orders = range(EPOCHS).map(() => shuffle(chosen, random));
  for (const step of range(EPOCHS * stepsPerEpoch)) {
    const from = step % stepsPerEpoch * BATCH, order = orders[Math.floor(step / stepsPerEpoch)]!;
    const progress = { step, stepsPerEpoch, epochs: EPOCHS };
    optimizer.learningRate = learningRateAt(schedule, RATE, progress);
    tf.tidy(() => {
      const drawn = tf.tensor1d(order.slice(from, from + BATCH), "int32");
      const [own, wanted, weight] = [codes, expected, weights].map((all) => tf.gather(all, drawn));
      const losses = () => crossEntropies(kind, logits(own!), wanted as tf.Tensor2D).mul(weight!);
      const { grads } = tf.variableGrads(() => losses().mean<tf.Scalar>(), [kernel, bias]);
      optimizer.applyGradients(grads);
    });
  }
  return (codes: tf.Tensor) => tf.tidy(() => logits(codes).softmax().arraySync() as Rows);
}

const photos = train.indices.map((index) => train.squares.photos[index]!);
const ages = photos.map(({ age }) => Math.min(Number(age), YEARS - 1)), all = range(ages.length);
const { exactDuplicates, nearDuplicates } = checkIntegrity(data.photos, await inspectPhotos(data));
const answerOf = (row: readonly number[]) => readAnswer(row, CARD);

/** Bells around ages, each with so many times the standard deviation that training takes. */
const bells = (ages: readonly number[], times = (_age: number) => 1): Rows => (
  ages.map((age) => bellAround(age, times(age)))
);
const base = bells(ages);

/** Averages the ages of photos that are alike, also of those that training leaves out. */
function averaged(sets: readonly (readonly { photo: string; age: string | null }[])[]): Rows {
  const means = new Map(sets.flatMap((set) => (
    set.map(({ photo }) => [photo, mean(set, ({ age }) => Number(age))!])
  )));
  return bells(photos.map(({ photo }, k) => means.get(photo) ?? ages[k]!));
}

/** The years that heads predict which learned from the photos of the other four of five folds. */
function predictOutOfFold(): Rows {
  const { folds, numbers } = assignFolds(photos, { seed: 7, count: 5, nearDuplicates });
  const rows: Rows = [];
  for (const fold of numbers) {
    const [left, chosen] = [true, false].map((isIn) => (
      all.filter((k) => (folds.get(photos[k]!.photo) === fold) === isIn)
    ));
    trainHead(chosen!, base, 7)(tf.gather(codes, left!)).forEach((row, k) => rows[left![k]!] = row);
  }
  return rows;
}

const outOfFold = predictOutOfFold(), guesses = outOfFold.map((row) => answerOf(row).years!);
const farOff = guesses.map((years, k) => Math.abs(years - ages[k]!));
const unlikeliness = outOfFold.map((row, k) => -sum(row, (share, year) => share * base[k]![year]!));

/** The photos of the highest values. */
function most(values: readonly number[], share: number): Set<number> {
  const limit = quantile(values, 1 - share)!;
  return new Set(all.filter((k) => values[k]! > limit));
}

const without = (left: Set<number>) => ({ targets: base, chosen: all.filter((k) => !left.has(k)) });
const halfWay = (moved: Set<number>) => ({
  targets: bells(ages.map((age, k) => moved.has(k) ? (age + guesses[k]!) / 2 : age)),
});
const wider = (times: number, is = (_age: number) => true) => ({
  targets: bells(ages, (age) => is(age) ? times : 1),
});
const mixed = (share: number) => ({
  targets: base.map((row, k) => row.map((own, year) => own + share * (outOfFold[k]![year]! - own))),
});
const isChild = (age: number) => age < 13, isOld = (age: number) => age >= 60;

const near = nearDuplicates.map((names) =>
  data.photos.filter(({ photo }) => names.includes(photo))
);
const equal = exactDuplicates.map(({ photos }) => photos);

const VARIANTS: Record<string, { targets: Rows; chosen?: number[] }> = {
  "as they are": { targets: base },
  "equal files averaged": { targets: averaged(equal) },
  "the same, near-duplicates as well": { targets: averaged([...equal, ...near]) },
  "targets 0.5 times as wide": wider(0.5),
  "1.5 times as wide": wider(1.5),
  "2 times as wide": wider(2),
  "3 times as wide": wider(3),
  "below 13, 2 times as wide": wider(2, isChild),
  "60 and older, 2 times as wide": wider(2, isOld),
  "both, 2 times as wide": wider(2, (age) => isChild(age) || isOld(age)),
  ...Object.fromEntries([0.01, 0.03, 0.05].flatMap((share) => {
    const [far, unlikely] = [farOff, unlikeliness].map((doubts) => most(doubts, share));
    return [
      [`without the ${100 * share}% furthest off`, without(far!)],
      [`without the ${100 * share}% least likely`, without(unlikely!)],
      [`the ${100 * share}% furthest off moved half-way`, halfWay(far!)],
    ];
  })),
  "all moved half-way": halfWay(new Set(all)),
  "a third out-of-fold predictions": mixed(1 / 3),
  "two thirds out-of-fold predictions": mixed(2 / 3),
};

const truth = validation.groups, trueAges = validation.ages!.map(Number);
const once = truth.map(() => 1);

/** How many years off each answer is, and whether its group is correct. */
function toAnswered(rows: Rows) {
  const answers = rows.map(answerOf);
  return {
    off: answers.map(({ years }, k) => Math.abs(years! - trueAges[k]!)),
    correct: answers.map(({ group }, k) => Number(group === truth[k])),
  };
}

type Answered = ReturnType<typeof toAnswered>;

const MEASURES: Record<string, (answered: Answered, times: ArrayLike<number>) => number> = {
  years_off: ({ off }, times) => weightedMean(off, times),
  balanced: ({ correct }, times) => meanRecall(truth, correct, times),
};

/** The mean measures of networks, one a seed, and by how much they are above others; in the recalls of the groups, too. */
function toRow(own: readonly Answered[], others: readonly Answered[]) {
  const columns = Object.entries(MEASURES).flatMap(([name, measure]) => {
    const above = own.map((one, k) => (times: ArrayLike<number>) => (
      measure(one, times) - measure(others[k]!, times)
    ));
    const statistic = (times: ArrayLike<number>) => mean(above, (one) => one(times))!;
    const { value, low, high } = bootstrapInterval(statistic, truth.length, { seed: 7 });
    const [least, most] = extent(above, (one) => one(once));
    const cells = { "": mean(own, (one) => measure(one, once)), _above: value };
    return Object.entries({ ...cells, _low: low, _high: high, _least: least, _most: most })
      .map(([end, cell]) => [name + end, cell!]);
  });
  const recalls = AGE_GROUPS.map(({ name, group }) => {
    const known = own.flatMap(({ correct }) => correct.filter((_, k) => truth[k] === group));
    return [name, mean(known)!];
  });
  const rounded = [...columns, ...recalls].map(([name, cell]) => [name, Number(cell).toFixed(4)]);
  return Object.fromEntries(rounded);
}

const write = async (name: string, rows: object[]) => {
  await writeText(join(out!, name), csvTable(rows));
  console.table(rows);
};

const rows: object[] = [];
let first: Rows[] = [];
for (const [labels, { targets, chosen = all }] of Object.entries(VARIANTS)) {
  const own = SEEDS.map((seed) => trainHead(chosen, targets, seed)(unseen));
  if (rows.length === 0) first = own;
  const measured = toRow(own.map(toAnswered), first.map(toAnswered));
  rows.push({ labels, photos: chosen.length, ...measured });
}
await write("labels.csv", rows);

/** The years that a run's network predicts for validation photos. */
async function predictedBy(run: string): Promise<[string, Rows]> {
  const { network, card } = await openModel(run), { side } = card.input;
  const predictor = await openPredictor(toOnnx(network, card), card);
  const { validation } = await prepare(side);
  return [`\`${basename(run)}\`, ${side} pixels`, await predictRows(predictor, validation)];
}

const single = [["a head", first[0]!] as const, ...await Promise.all(runs.map(predictedBy))];
const teams = single.reduce<typeof single[]>(
  (teams, one) => [...teams, ...teams.map((team) => [...team, one])],
  [[]],
).slice(1).toSorted((a, b) => a.length - b.length);
const answered = teams.map((team) => (
  toAnswered(once.map((_, k) => meanOutput(team.map(([, rows]) => rows[k]!))))
));
const best = greatest(answered.slice(0, single.length), (one) => MEASURES.balanced!(one, once))!;
const together = teams.map((team, k) => (
  { networks: team.map(([name]) => name).join(" + "), ...toRow([answered[k]!], [best]) }
));
await write("together.csv", together);
