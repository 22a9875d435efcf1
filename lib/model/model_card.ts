/**
 * The model card: all that is needed to use a network that ships, and its results, as one record. The
 * commands and the web page read it alike, so nothing here needs Deno, Node.js or TensorFlow.
 *
 * Source of the idea: M. Mitchell et al., "Model Cards for Model Reporting" (2019).
 */
import { AGE_GROUPS } from "@/dataset/age_group.ts";
import type { CardAnswer, CardOutput } from "@/metrics/answer.ts";
import type { Recalibration } from "@/metrics/recalibration.ts";
import type { DamagedResult, PartResults } from "@/metrics/part_results.ts";
import type { Spec } from "@/model/spec.ts";

/** The model that answers where none is named: of those that ship, the best on validation. */
export const DEFAULT_MODEL = "age-groups-published-2";

/** The model of the web page: the best of those that are light enough to be loaded by a phone. */
export const PAGE_MODEL = "age-groups-2";

/** What is said under every such figure. */
export const GUESS = "Only a guess from appearance: do not use it to make decisions about anyone.";

/** The files of a model's folder. */
export const MODEL_FILES = {
  card: "model_card.json",
  network: "model.json",
  weights: "weights.bin",
  /** The same network for onnxruntime. */
  onnx: "model.onnx",
  page: "README.md",
  /** The photos of training and validation, by their content and their look; see `seen.ts` of `answers/`. */
  seen: "seen.bin",
  seenHashes: "seen_hashes.bin",
  /** True years and the network's distribution over years for each photo of the test part: for groups of one's own. */
  years: "test_years.bin",
} as const;

export interface CardInput {
  side: number;
  /** The values of black and of full colour. */
  range: readonly [number, number];
  channels: "RGB";
  /** The way in which a photo that is not square becomes so. */
  fill: "centred on black";
  /**
   * The place of the eyes in the photos that the network was trained on, in shares of their side, the left one
   * of the picture first; null if the photos were taken as they came.
   */
  crop: { eyes: readonly (readonly [number, number])[] } | null;
}

export interface CardTraining {
  /** The model as data. */
  spec: Spec;
  /** The recipe in a sentence. */
  recipe: string;
  seed: number;
  split: "original" | "photo" | "subject" | "folds";
  shares: { train: number; validation: number };
  photos: { train: number; validation: number; test: number };
  /**
   * True if training held validation as well. What was chosen, and what stands under the results on validation, is
   * then that of a training without.
   */
  refit?: true;
  epochs: number;
  bestEpoch: number;
  /** Published weights that it started from; null if it was trained from scratch. */
  start: CardStart | null;
}

/** Published weights that a network started from. */
export interface CardStart {
  package: string;
  version: string;
  file: string;
  license: string;
  /** The photos that the published weights were trained on, and their terms. */
  learnedFrom: string;
}

export type CardData = Record<"name" | "layout" | "description" | "terms" | "labels", string>;

export interface CardWeights {
  file: string;
  bytes: number;
  precision: "float16" | "float32";
  sha256: string;
  count: number;
}

/** What a model tells of photos that are unlike those of its training. */
export interface OtherPhotos {
  /** What to expect, in a sentence. */
  caution: string;
  /** The photos, where they are from, and how and when they were answered. */
  photos: string;
  /** Results in words, by their names. */
  results: Readonly<Record<string, string>>;
}

/** What a model stands on that was calibrated for other photos, and what that brought. */
export interface CardCalibration extends Recalibration {
  /** The model whose network it is: its name, or its folder. */
  base: string;
  /** The persons on the photos; null if they are not known. */
  persons: number | null;
}

export interface ModelCard {
  format: 1;
  name: string;
  summary: string;
  /** In the order of the output. */
  classes: readonly { name: string; from: number; to: number }[];
  input: CardInput;
  output: CardOutput;
  answer: CardAnswer;
  weights: CardWeights;
  training: CardTraining;
  data: CardData;
  /** Left out by a model with a network of its own. */
  calibration?: CardCalibration;
  results: PartResults[];
  /** On photos of the test part, damaged on purpose; left out where none were. */
  damaged?: DamagedResult[] | undefined;
  /** Left out where none were answered. */
  otherPhotos?: OtherPhotos | undefined;
  uses: string[];
  notFor: string[];
}

/** The groups as a card names them. */
export const CLASSES = AGE_GROUPS.map(({ name, from, to }) => ({ name, from, to }));

/** Says in a sentence what a network that ships does, and from what start. */
export function cardSummary(start = ""): string {
  const names = CLASSES.map(({ name }) => name).join(", ");
  return `Predicts the age group of a face from a photo${start}: ${names} years.`;
}

/** The record of a `model.json` in `userDefinedMetadata`, for those who load it elsewhere. */
export interface NetworkMetadata extends Pick<ModelCard, "input" | "output"> {
  classes: readonly string[];
  mirrorAverage: boolean;
}

/** The metadata of a network that is trained by a spec on photos as they come. */
export function metadataOf({ recipe }: Spec, side: number): NetworkMetadata {
  return {
    classes: CLASSES.map(({ name }) => name),
    input: { side, range: [0, 1], channels: "RGB", fill: "centred on black", crop: null },
    output: recipe?.targets.kind === "years" ? YEARS_OUTPUT : GROUPS_OUTPUT,
    mirrorAverage: recipe?.mirrorAverage ?? false,
  };
}

const GROUPS_OUTPUT: CardOutput = { kind: "groups", layer: "output", width: 5 };

/** The output of a network that answers with years. */
const YEARS_OUTPUT: CardOutput = { kind: "years", layer: "years", width: 101 };

/** An answer without corrections, as a network gives it that nothing was fitted for. */
export function plainAnswer(mirrorAverage: boolean): CardAnswer {
  const groupWeights = CLASSES.map(() => 1);
  return { mirrorAverage, groupWeights, temperature: 1, sets: null, yearRange: null };
}

/** Makes the card of a network for which nothing is fitted or measured yet. */
export function newCard(
  { name, summary, training, side, data }: Pick<ModelCard, "name" | "summary" | "training"> & {
    side: number;
    data: string;
  },
): ModelCard {
  const { input, output, mirrorAverage } = metadataOf(training.spec, side);
  return {
    ...{ format: 1, name, summary, classes: CLASSES, input, output },
    answer: plainAnswer(mirrorAverage),
    weights: { file: "", bytes: 0, precision: "float32", sha256: "", count: 0 },
    training,
    data: { name: data, layout: "", description: "", terms: "", labels: "" },
    ...{ results: [], uses: [], notFor: [] },
  };
}

/** Fields that a card must have, and their kinds. */
const FIELDS: Readonly<Record<string, (value: unknown) => boolean>> = {
  "name": (value) => typeof value === "string",
  "classes": (value) => Array.isArray(value) && value.length === CLASSES.length,
  "input.side": (value) => Number.isInteger(value) && Number(value) > 0,
  "input.range": (value) => Array.isArray(value) && value.length === 2,
  "output.kind": (value) => value === "groups" || value === "years",
  "output.layer": (value) => typeof value === "string",
  "answer.mirrorAverage": (value) => typeof value === "boolean",
  "answer.groupWeights": (value) => Array.isArray(value) && value.length === CLASSES.length,
  "answer.temperature": (value) => Number(value) > 0,
  "weights.file": (value) => typeof value === "string",
  "training.seed": Number.isInteger,
  "results": Array.isArray,
};

/**
 * Reads a model card.
 *
 * @throws {Error} if it is no card of this format, lacks fields, naming them all, or has other age groups
 */
export function parseCard(text: string, from: string): ModelCard {
  const card = parseJson(text, from);
  if (card.format !== 1) {
    throw new Error(`${from} is not a model card of format 1: its format is ${card.format}`);
  }
  const wrong = Object.entries(FIELDS).filter(([path, holds]) => !holds(valueAt(card, path)));
  if (wrong.length === 0) return withOurGroups(card as unknown as ModelCard, from);
  throw new Error(
    `The model card ${from} lacks these fields, or has them wrong: ` +
      `${wrong.map(([path]) => path).join(", ")}. Write it anew with \`deno task ship\``,
  );
}

/** Requires that a card has the age groups of this version: what a network learned cannot be read as others. */
function withOurGroups(card: ModelCard, from: string): ModelCard {
  const inWords = (classes: ModelCard["classes"]) =>
    classes.map(({ from, to }) => `${from} to ${to}`).join(", ");
  const [theirs, ours] = [card.classes, CLASSES].map(inWords);
  if (theirs === ours) return card;
  throw new Error(
    `The model of ${from} has the age groups ${theirs}, and this version has ${ours}: train it anew`,
  );
}

/**
 * Checks that a model which was calibrated from another one can still use its network.
 *
 * @throws {Error} if that has changed
 */
export function requireSameNetwork(card: ModelCard, base: ModelCard | null): void {
  if (base?.weights.sha256 === card.weights.sha256) return;
  throw new Error(
    `${card.calibration?.base} has changed since ${card.name} was calibrated from it: calibrate it anew`,
  );
}

function parseJson(text: string, from: string): Record<string, unknown> {
  try {
    const value = JSON.parse(text);
    if (value !== null && typeof value === "object") return value;
  } catch { /* told below */ }
  throw new Error(`${from} is not a model card: it holds no record in JSON`);
}

function valueAt(record: unknown, path: string): unknown {
  return path.split(".").reduce<unknown>(
    (value, key) => (value as Record<string, unknown> | undefined)?.[key],
    record,
  );
}
