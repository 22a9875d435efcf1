/** The models in words: how each differs from its parent, and the question it answers. */
import { BETTER } from "@/model/better.ts";
import { percent } from "@/base/text.ts";
import { STEPS } from "@/model/mobile_net.ts";
import type { CardStart } from "@/model/model_card.ts";
import type { Augmentation, Recipe, Targets, Teacher } from "@/model/recipe.ts";
import { ZOO } from "@/model/zoo.ts";
import type { Parts, ResidualSpec, Spec, StartSpec } from "@/model/spec.ts";

/** Each field of a record in words, given the parent's value; nothing where a model does without it. */
type Words<Record> = {
  [Key in keyof Record]?: (value: Record[Key], parent: Record[Key] | undefined) => Said;
};

type Said = readonly string[] | string | false | 0 | null | undefined;

const WORDS: Words<Spec> = {
  conv: (layers) => layers.length > 0 && `convolutions ${layers.map(convolutionWords).join(", ")}`,
  residual: (blocks, parent) => differing(RESIDUAL_WORDS, blocks ?? {}, parent ?? {}),
  start: (start) => start && startWords(start),
  head: (head) => head !== "flatten" && head,
  dense: (layers) => layers.length > 0 && `dense ${layers.join(", ")}`,
  dropout: ({ conv, dense }) => [
    ...conv > 0 ? [`dropout ${conv} of maps`] : [],
    ...dense.flatMap((rate, k) => rate > 0 ? [`dropout ${rate} after dense ${k + 1}`] : []),
  ],
  maxNorm: (parts) => partWords("max-norm", parts),
  batchNorm: (parts) => partWords("normalised", parts),
  l2: (parts) => partWords("L2", parts),
  learningRate: (rate) => `rate ${rate}`,
  batchSize: (size) => `batch ${size}`,
  classWeights: (weighted) =>
    weighted === "square root" ? "roots of class weights" : !weighted && "no class weights",
  horizontalFlip: (mirrored) => mirrored && "half the photos mirrored",
  recipe: (recipe, parent) => differing(RECIPE_WORDS, recipe ?? {}, parent ?? {}),
};

/** Tells how a network starts from published weights. */
export function startWords(
  { weights, frozen, rate, headEpochs, dropout }: StartSpec,
): string[] {
  return [
    `from ${weights}`,
    `${frozen} of ${STEPS} steps frozen`,
    `the head alone for ${headEpochs} epochs, then the others at ${rate} of its rate`,
    `dropout ${dropout} before the output`,
  ];
}

/** Tells what a network has learned from beside the photos of its training. */
export function originWords(start: CardStart | null, teacher?: Teacher): string {
  if (start) {
    return `It starts from published weights: ${start.file} of the npm package ${start.package} ` +
      `${start.version} (${start.license}), learned from ${start.learnedFrom}. We could not check ` +
      "whether photos or persons of the test part are among those; if so, the results are too good.";
  }
  if (!teacher) return "Trained from scratch: no other weights or photos went in.";
  const { model, share } = teacher;
  return `It is a student that started from random weights: ${percent(share)} of its targets are ` +
    `what \`${model}\` predicts of the photos, so that what that network learned from goes into it, too.`;
}

const RESIDUAL_WORDS: Words<Partial<ResidualSpec>> = {
  stem: (stem) => stem && `stem ${convolutionWords(stem)}${halved(stem)}`,
  stages: (stages = []) => {
    const words = stages.map((stage) => `${stage.blocks} of ${stage.filters}${halved(stage)}`);
    return words.length > 0 && `residual blocks: ${words.join(", ")}`;
  },
  dropout: (rate) => rate && `dropout ${rate} before the output`,
  momentum: (kept) => kept !== undefined && `normalisation with momentum ${kept}`,
  squeezeRatio: (ratio) => ratio && `squeeze-and-excitation by ${ratio}`,
};

const RECIPE_WORDS: Words<Partial<Recipe>> = {
  schedule: (schedule) => schedule?.kind === "cosine" && warmUpWords(schedule),
  targets: (targets) => targets && targetWords(targets),
  augmentation: (own, parent) => differing(AUGMENTATION_WORDS, own ?? {}, parent ?? {}),
  mixup: (alpha) => alpha && `mixup with alpha ${alpha}`,
  weightDecay: (decay) => decay && `weight decay ${decay}`,
  averageWeights: (kept) => kept && `weights averaged, ${kept} kept`,
  mirrorAverage: (asked) => asked && "mean over the mirror image",
};

const AUGMENTATION_WORDS: Words<Partial<Augmentation>> = {
  flip: (asked) => asked && "half the photos mirrored",
  rotation: (turns) => turns && `turned up to ${Math.round(360 * turns)} degrees`,
  shift: (share) => share && `shifted up to ${share}`,
  zoom: (share) => share && `zoomed up to ${share}`,
  brightness: (share) => share && `brightness up to ${share}`,
  contrast: (share) => share && `contrast up to ${share}`,
  erasing: (own) => own && `erased up to ${own.area} in ${own.probability} of photos`,
  colour: (share) => share && `each colour changed up to ${share}`,
  damage: (own) =>
    own &&
    `blurred up to ${own.blur} pixels and compressed down to ${own.quality} in ${own.probability} of photos`,
};

/**
 * Tells how a model differs from its parent, or, if it has none, what it consists of.
 *
 * @example A variant of model VII
 * ```ts
 * import { findSpec } from "@/model/zoo.ts";
 * import { deepEqual } from "node:assert/strict";
 *
 * deepEqual(differences(findSpec("VIIa")), ["rate 0.1", "batch 32"]);
 * ```
 */
export function differences(spec: Spec): string[] {
  const parent = [...ZOO, ...BETTER].find(({ id }) => id === spec.parent);
  return differing(WORDS, spec, parent ?? {}, false);
}

/**
 * The question of a model of ours, in lines that fit a table; none for the original's.
 *
 * @example A question of two lines
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 *
 * const question = "Does the network still overfit where all layers but the last lose their dropout?";
 * deepEqual(questionLines({ question }), [
 *   "Does the network still overfit where all layers but the",
 *   "last lose their dropout?",
 * ]);
 * ```
 */
export function questionLines({ question }: Pick<Spec, "question">): string[] {
  return question?.match(/\S.{0,56}(?=\s|$)/g) ?? [];
}

/**
 * The words of the fields in which a record differs from its parent's.
 *
 * @param tellsLoss whether to name what the parent has and the record does without
 */
function differing<Record extends object>(
  words: Words<Record>,
  own: Record,
  parent: Partial<Record>,
  tellsLoss = true,
): string[] {
  const keys = Object.keys(words) as (keyof Record)[];
  const changed = keys.filter((key) => JSON.stringify(own[key]) !== JSON.stringify(parent[key]));
  return changed.flatMap((key) => {
    const said = listed(words[key]!(own[key], parent[key]));
    if (said.length > 0 || !tellsLoss || parent[key] === undefined) return said;
    return listed(words[key]!(parent[key]!, undefined)).map((words) => `without ${words}`);
  });
}

function targetWords(targets: Targets): string[] {
  if (targets.kind === "hard") return [];
  if (targets.kind === "smoothed") return [`targets smoothed by ${targets.neighbours}`];
  const { yearsWeight, width = 1, teacher } = targets;
  return [
    `years as targets, with weight ${yearsWeight}`,
    ...width === 1 ? [] : [`bells ${width} times as wide`],
    ...teacher ? [`${percent(teacher.share)} of them as ${teacher.model} predicts`] : [],
  ];
}

function warmUpWords({ warmUp }: { warmUp: number }): string {
  return `cosine after ${warmUp === 1 ? "an epoch" : `${warmUp} epochs`} of warm-up`;
}

function halved({ stride }: { stride: 1 | 2 }): string {
  return stride === 2 ? " halved" : "";
}

/** The number of filters, and their size unless it is the usual 3x3. */
function convolutionWords({ filters, kernel }: Record<"filters" | "kernel", number>): string {
  return kernel === 3 ? `${filters}` : `${filters} of ${kernel}x${kernel}`;
}

function partWords(what: string, { conv, dense }: Parts<string | number | null>): string[] {
  const places = [[conv, "convolutions"], [dense, "dense layers"]];
  return places.filter(([value]) => value && value !== "none")
    .map(([value, place]) => `${what} ${value} in ${place}`);
}

function listed(said: Said): string[] {
  return [said || []].flat();
}
