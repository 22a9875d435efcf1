/** Shipping a network: its folder with weights, model card and page, made from a finished training. */
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import * as tf from "@tensorflow/tfjs";
import { toOnnx } from "@/answers/onnx_network.ts";
import { SAMPLE } from "@/base/project.ts";
import { percent } from "@/base/text.ts";
import WORDS from "@/answers/card_words.json" with { type: "json" };
import { AGE_GROUPS } from "@/dataset/age_group.ts";
import { type DataSet, isOfFaces } from "@/dataset/data_set.ts";
import { accuracy, balancedAccuracy } from "@/metrics/metrics.ts";
import type { OpenNetwork } from "@/answers/open_model.ts";
import { writeCard, writeFiles } from "@/answers/write_card.ts";
import { fitWidening } from "@/answers/damaged.ts";
import { predictPhotos, widerRanges } from "@/answers/predict_photos.ts";
import type { Answered } from "@/metrics/part_results.ts";
import { chooseGroupWeights, fitAnswer, groupRows, measurePart } from "@/metrics/part_results.ts";
import { seenFiles } from "@/answers/seen.ts";
import { CROP_EYES } from "@/faces/align.ts";
import { mostProbable } from "@/metrics/answer.ts";
import type { CardData, CardWeights, ModelCard, NetworkMetadata } from "@/model/model_card.ts";
import { MODEL_FILES } from "@/model/model_card.ts";
import { startWords } from "@/model/describe.ts";
import { teacherOf } from "@/model/recipe.ts";
import type { Spec } from "@/model/spec.ts";
import type { Examples } from "@/study/batches.ts";
import type { Study } from "@/study/study.ts";

/** The most that half precision may cost in accuracy and in balanced accuracy, as a share. */
const COST = 0.001;

export interface ShipOptions {
  name: string;
  /** Favours rare groups as far as validation finds it better. */
  balance: boolean;
  /** The network whose validation scores and answers stand in for the one that ships, which has learned from them. */
  scoredBy?: OpenNetwork;
  /** Called with what is being done. */
  say?: (line: string) => void;
}

/**
 * Makes the folder of a model from an opened network and the study that it was trained in: takes half precision if that
 * costs less than 0.1 points on validation, fits temperature, sets and ranges there, and measures validation and test.
 *
 * @param model its card holds what the training knows; the rest is filled in here
 * @returns the card as it was written
 */
export async function shipModel(
  folder: string,
  model: OpenNetwork,
  study: Study,
  options: ShipOptions,
): Promise<ModelCard> {
  const { name, balance, scoredBy, say = () => {} } = options, { network } = model;
  const scorer = scoredBy ?? model;
  const { precision, validation } = await choosePrecision(scorer, study, say);
  if (scoredBy && precision === "float16") halve(network.weights);
  const weights = packWeights(network, precision);
  const started: ModelCard = {
    ...model.card,
    ...{ name, weights: weights.described, data: dataOf(study.data) },
    input: { ...model.card.input, crop: cropOf(study.data) },
    ...{ uses: usesOf(study.data, model.card.training), notFor: WORDS.notFor },
  };
  const narrow = fitted(started, validation, study, balance);
  const widening = await fitWidening({ ...scorer, card: narrow }, study.data, study.validation);
  const rules = { ...narrow, answer: { ...narrow.answer, ...widening && { widening } } };
  const wider = widerRanges({ card: rules }, study.validation);
  const results = [measurePart("validation", { ...validation, wider }, rules)];
  const hasTest = study.test.indices.length > 0, answering = { ...model, card: rules };
  const test = hasTest ? await predictPhotos(answering, study.data, study.test) : null;
  if (test) results.push(measurePart("test", test, rules));
  const card = { ...rules, results };
  await writeNetwork(folder, network, { card, weights: weights.bytes, study });
  await writeCard(folder, card, test);
  const { value } = results[0]!.measures.find(({ measure }) => measure === "balanced accuracy")!;
  say(`${name}: ${percent(value)} balanced on validation, in ${folder}`);
  return card;
}

/** Writes the network, for both of its engines, and the photos that it has seen. */
async function writeNetwork(
  folder: string,
  network: tf.LayersModel,
  { card, weights, study }: { card: ModelCard; weights: Uint8Array; study: Study },
): Promise<void> {
  const { train, validation } = study, { contents } = train.squares;
  await writeFiles(folder, {
    [MODEL_FILES.weights]: weights,
    [MODEL_FILES.onnx]: toOnnx(network, card),
    ...seenFiles([...train.indices, ...validation.indices].map((index) => contents![index]!)),
    [MODEL_FILES.network]: JSON.stringify(networkFile(card, network)),
  });
}

function fitted(card: ModelCard, validation: Answered, study: Study, balance: boolean): ModelCard {
  const learned = learnedApart(study);
  const counts = AGE_GROUPS.map(({ group }) => learned.filter((own) => own === group).length);
  const groupWeights = balance
    ? chooseGroupWeights(validation, card, counts)
    : card.answer.groupWeights;
  const rules = { ...card, answer: { ...card.answer, groupWeights } };
  return { ...card, answer: fitAnswer(validation, rules) };
}

/** The groups of the photos that the network learned from whose validation scores count. */
function learnedApart({ train, validation, refit }: Study): Examples["groups"] {
  if (!refit) return train.groups;
  const apart = new Set(validation.indices);
  return train.groups.filter((_, k) => !apart.has(train.indices[k]!));
}

// Weights

/** Leaves the network with the weights that it will have when it is opened again. */
async function choosePrecision(model: OpenNetwork, study: Study, say: (line: string) => void) {
  const answers = () => predictPhotos(model, study.data, study.validation);
  const own = model.network.weights, before = own.map((variable) => variable.read().clone());
  const full = await answers();
  halve(own);
  const half = await answers();
  const [fullScores, halfScores] = [full, half].map(({ photos, rows }) => {
    const truth = photos.map(({ group }) => group!);
    const predicted = groupRows(rows, model.card).map(mostProbable);
    return [accuracy(truth, predicted), balancedAccuracy(truth, predicted)];
  });
  const cost = Math.max(...fullScores!.map((score, k) => score - halfScores![k]!));
  say(`Half precision costs ${percent(cost)} on validation`);
  const precision = cost < COST ? "float16" as const : "float32" as const;
  if (precision === "float32") own.forEach((variable, k) => variable.write(before[k]!));
  tf.dispose(before);
  return { precision, validation: precision === "float16" ? half : full };
}

function halve(own: readonly tf.LayerVariable[]): void {
  for (const variable of own) {
    const numbers = Float32Array.from(new Float16Array(variable.read().dataSync()));
    const half = tf.tensor(numbers, variable.shape as number[]);
    variable.write(half);
    half.dispose();
  }
}

/** The weights one after the other, as the file has them, and as the card describes them. */
function packWeights(network: tf.LayersModel, precision: CardWeights["precision"]) {
  const Numbers = precision === "float16" ? Float16Array : Float32Array;
  const arrays = network.weights.map((variable) => Numbers.from(variable.read().dataSync()));
  const bytes = new Uint8Array(Buffer.concat(arrays.map(({ buffer }) => Buffer.from(buffer))));
  const sha256 = createHash("sha256").update(bytes).digest("hex"), count = network.countParams();
  const described = { file: MODEL_FILES.weights, bytes: bytes.length, precision, sha256, count };
  return { bytes, described };
}

// Files

/** Makes a standard model of TensorFlow.js, which describes its input and output itself. */
function networkFile(card: ModelCard, network: tf.LayersModel) {
  const half = { dtype: "float16", original_dtype: "float32" } as const;
  const quantization = card.weights.precision === "float16" ? { quantization: half } : {};
  const specs = network.weights.map(({ originalName, shape }) => (
    { name: originalName, shape, dtype: "float32", ...quantization }
  ));
  const { name, classes, input, output, answer: { mirrorAverage } } = card;
  const userDefinedMetadata: NetworkMetadata & { name: string } = {
    ...{ name, classes: classes.map(({ name }) => name), input, output, mirrorAverage },
  };
  return {
    format: "layers-model",
    modelTopology: network.toJSON(null, false),
    userDefinedMetadata,
    weightsManifest: [{ paths: [card.weights.file], weights: specs }],
  };
}

// Words

/** The place of the eyes, if it is known: in UTKFace's crops, and in faces that were found and cropped likewise. */
export function cropOf({ layout, name }: DataSet): ModelCard["input"]["crop"] {
  return layout === "utkface" || isOfFaces(name) ? { eyes: CROP_EYES } : null;
}

/** The words about a data set that its card has. */
function dataOf({ name, layout }: DataSet): CardData {
  const known: Readonly<Record<string, Omit<CardData, "name" | "layout">>> = WORDS.data;
  const words = name === SAMPLE ? WORDS.data.sample : known[layout] ?? WORDS.data.other;
  // the hash of the folder's path behind the name says nothing to others
  return { name: name.replace(/-[0-9a-f]{8}(?=(-faces)?$)/, ""), layout, ...words };
}

/** What a model is for: research alone, if it has learned from a data set, weights or a teacher that are for research. */
export function usesOf(
  { name, layout }: Pick<DataSet, "name" | "layout">,
  { start, spec }: Pick<ModelCard["training"], "start" | "spec">,
): string[] {
  const isKnown = name !== SAMPLE && layout in WORDS.data;
  return isKnown || start || teacherOf(spec.recipe) ? WORDS.uses : WORDS.ownUses;
}

/** A spec's recipe in a sentence. */
export function recipeWords(spec: Spec): string {
  const { recipe, residual, start } = spec;
  const layers = start
    ? `MobileNet v1 ${startWords(start).join(", ")}`
    : residual
    ? `residual blocks of ${residual.stages.map(({ filters }) => filters).join(", ")} channels`
    : `convolutions of ${spec.conv.map(({ filters }) => filters).join(", ")} channels`;
  const optimizer = recipe?.weightDecay ? `AdamW with decay ${recipe.weightDecay}` : "Adam";
  const weighted = { true: "in full", false: "not at all", "square root": "by the square root" };
  return [
    `Model ${spec.id}: ${layers}`,
    `targets: ${recipe?.targets.kind ?? "the groups"}`,
    recipe?.augmentation
      ? "photos varied at random"
      : spec.horizontalFlip
      ? "half the photos mirrored"
      : "photos as they are",
    ...recipe?.mixup ? [`mixup with alpha ${recipe.mixup}`] : [],
    `${optimizer} at ${spec.learningRate}, ${recipe?.schedule.kind ?? "constant"}`,
    `batches of ${spec.batchSize}`,
    `rare groups weighted ${weighted[String(spec.classWeights) as keyof typeof weighted]}`,
    ...recipe?.averageWeights ? [`weights averaged (${recipe.averageWeights})`] : [],
  ].join("; ") + ".";
}
