/**
 * What each part of the better network's recipe gives: from model IV to the network, one thing at a time, and
 * the network with one thing taken away or added. All are trained for the same few epochs.
 */
import type { AblationPart, Compared } from "@/metrics/ablation.ts";
import { BETTER } from "@/model/better.ts";
import type { Recipe } from "@/model/recipe.ts";
import type { Spec } from "@/model/spec.ts";
import { findSpec, withEpochs } from "@/model/zoo.ts";

export interface AblationRow extends Compared {
  spec: Spec;
  /** The spec that is trained for it: a network that only answers in another way has another one's weights. */
  trained: Spec;
}

/** The name of a network, what is new in it, and the fields of its spec and recipe that make it so. */
type Change = readonly [
  id: string,
  change: string,
  fields: Partial<Omit<Spec, "recipe">> & { recipe?: Partial<Recipe> },
];

const EPOCHS = 12;

/** The prefix of the ids of an ablation's networks: runs of the network itself are none of its. */
const PREFIX = "ablation-";

/** Training as for the models of the zoo. */
const PLAIN: Recipe = {
  ...{ schedule: { kind: "constant" }, targets: { kind: "hard" }, augmentation: null },
  ...{ weightDecay: 0, averageWeights: null, mirrorAverage: false },
};

/** Model IV, its convolutions padded: else photos of 64 pixels would run out of them. */
const FOUR = named({ ...padded(findSpec("IV")), epochs: EPOCHS, patience: EPOCHS }, "iv");
const WHOLE = named({ ...BETTER[0]!, epochs: EPOCHS, patience: EPOCHS }, "better");
const RECIPE = WHOLE.recipe!;
const { learningRate, classWeights } = FOUR;

/** The network's layers, trained as model IV is. */
const LAYERS: Spec = { ...WHOLE, learningRate, classWeights, recipe: PLAIN };

/** The parts that each step takes over from the network, in their order; then nothing is left. */
const STEPS: readonly Change[] = [
  ["residual", "+ residual blocks", {}],
  ["augmentation", "+ augmentation", { recipe: { augmentation: RECIPE.augmentation } }],
  ["adamw", "+ AdamW, cosine", {
    learningRate: WHOLE.learningRate,
    recipe: { schedule: RECIPE.schedule, weightDecay: RECIPE.weightDecay },
  }],
  ["averaging", "+ averaged weights", { recipe: { averageWeights: RECIPE.averageWeights } }],
  ["years", "+ years as targets", { recipe: { targets: RECIPE.targets } }],
  ["weights", "+ roots of class weights", { classWeights: WHOLE.classWeights }],
  ["better", "+ mirror image", { recipe: { mirrorAverage: RECIPE.mirrorAverage } }],
];

/** Parts that are taken away from the network. */
const LESS: readonly Change[] = [
  ["less-years", "years as targets", { recipe: { targets: PLAIN.targets } }],
  ["less-augmentation", "augmentation", { recipe: { augmentation: null } }],
  ["less-erasing", "erasing", {
    recipe: { augmentation: RECIPE.augmentation && { ...RECIPE.augmentation, erasing: null } },
  }],
  ["less-averaging", "averaged weights", { recipe: { averageWeights: null } }],
  ["less-decay", "weight decay", { recipe: { weightDecay: 0 } }],
  ["less-cosine", "warm-up and cosine", { recipe: { schedule: PLAIN.schedule } }],
  ["less-mirror", "mirror image", { recipe: { mirrorAverage: false } }],
];

/** Parts that are added to the network. */
const WITH: readonly Change[] = [
  ["with-mixup", "mixup, alpha 0.2", { recipe: { mixup: 0.2 } }],
  ["with-squeeze", "squeeze-and-excitation", { residual: { ...WHOLE.residual!, squeezeRatio: 8 } }],
];

/** The networks of the ablation, each compared with one before it. */
export const ABLATION: readonly AblationRow[] = withTrained([
  { part: "from IV", change: "model IV, padded", than: null, spec: FOUR },
  ...steps(),
  ...around("less", LESS),
  ...around("with", WITH),
]);

/**
 * Returns the networks of an ablation trained for other epochs: few photos want more of them. What is trained has
 * the epochs in its name, so that each number of them has its own runs.
 */
export function trainedFor(epochs: number, rows: readonly AblationRow[]): AblationRow[] {
  return rows.map((row) => ({
    ...row,
    spec: { ...withEpochs(row.spec, epochs), id: row.spec.id },
    trained: withEpochs(row.trained, epochs),
  }));
}

/**
 * Finds networks of an ablation by their ids, such as `better,less-erasing`.
 *
 * @throws {RangeError} if there are no such networks; it names them, and those that there are
 */
export function findRows(ids: string, rows: readonly AblationRow[]): AblationRow[] {
  const wanted = new Set(ids.split(",").map((id) => PREFIX + id.trim()));
  const found = rows.filter(({ spec }) => wanted.delete(spec.id));
  if (wanted.size === 0) return found;
  const short = (id: string) => id.slice(PREFIX.length);
  const missing = [...wanted].map((id) => `"${short(id)}"`).join(", ");
  const known = rows.map(({ spec }) => short(spec.id)).join(", ");
  throw new RangeError(`The ablation has no ${missing}. It has ${known}`);
}

type Untrained = Omit<AblationRow, "trained">;

function steps(): Untrained[] {
  let before = FOUR;
  return STEPS.map(([id, change, fields]) => {
    const than = before.id;
    before = changed(before === FOUR ? LAYERS : before, id, fields);
    return { part: "from IV", change, than, spec: before };
  });
}

function around(part: AblationPart, rows: readonly Change[]): Untrained[] {
  return rows.map(([id, change, fields]) => (
    { part, change, than: WHOLE.id, spec: changed(WHOLE, id, fields) }
  ));
}

function changed(spec: Spec, id: string, { recipe, ...own }: Change[2]): Spec {
  return named({ ...spec, ...own, recipe: { ...spec.recipe!, ...recipe } }, id);
}

function padded(spec: Spec): Spec {
  return { ...spec, conv: spec.conv.map((layer) => ({ ...layer, padding: "same" })) };
}

/** An ablation's spec says what it is by its id; its parent and question are the row's. */
function named(spec: Spec, id: string): Spec {
  return { ...spec, id: PREFIX + id, parent: null, question: null, repeats: null };
}

/** Finds for each row the first one with the same training. */
function withTrained(rows: readonly Untrained[]): AblationRow[] {
  return rows.map((row) => {
    const same = rows.find(({ spec }) => trainingOf(spec) === trainingOf(row.spec))!;
    return { ...row, trained: same.spec };
  });
}

/** All of a spec that training depends on, as a text. */
function trainingOf({ id: _, recipe, ...spec }: Spec): string {
  return JSON.stringify({ ...spec, recipe: recipe && { ...recipe, mirrorAverage: null } });
}
