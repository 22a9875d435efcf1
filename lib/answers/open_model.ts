/**
 * Opening a network to use it: one that ships, by its name, or that of any folder: of a model or of a run.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { notSetUp, ROOT } from "@/base/project.ts";
import { readRunAnswer } from "@/answers/run_answer.ts";
import { modelFolder, modelNames, MODELS } from "@/answers/model_folder.ts";
import { fromSeen, type SeenPhotos, seenPhotos } from "@/answers/seen.ts";
import { inferBatches, openNetwork } from "@/answers/prediction.ts";
import { buildMobileNet, setPublishedWeights, yearsOf } from "@/model/mobile_net.ts";
import {
  type CardStart,
  type CardWeights,
  CLASSES,
  metadataOf,
  MODEL_FILES,
  type ModelCard,
  parseCard,
  plainAnswer,
  YEARS_OUTPUT,
} from "@/model/model_card.ts";
import { buildNetwork, disposeNetwork } from "@/model/network.ts";
import type { Examples } from "@/study/batches.ts";
import { ORIGINAL_SHARES, type Shares } from "@/study/split.ts";
import type { Run } from "@/training/checkpoint.ts";
import { protocolOf } from "@/training/run.ts";
import { predictBatch, predictYearsBatch } from "@/training/step.ts";

export { modelNames, MODELS };

/** A network, and what must be known to use it. */
export interface OpenModel {
  name: string;
  folder: string;
  card: ModelCard;
  /** The run, if the folder is a run's. */
  run: Run | null;
  /** Its last layer puts out the groups, the card's `output.layer` what `readAnswer` takes. */
  network: tf.LayersModel;
  /**
   * What the card says that the network puts out, `[photos, width]`, the mirror average taken if it asks for it.
   *
   * @param photos `[photos, side, side, 3]`, values 0 to 1
   */
  infer(photos: tf.Tensor4D): tf.Tensor2D;
  /** The photos that it was trained on or chosen by; none for a run, which lists them in its folder. */
  seen: SeenPhotos;
  /** Frees the network's memory. */
  dispose(): void;
}

/**
 * Opens a model that ships by its name, or the model or the run in a folder.
 *
 * @param nameOrFolder such as `age-groups-1`, or `data/runs/sample-96-photo/IV-7`
 * @throws {Error} if it is neither, naming the models that ship, or if its files do not belong together
 */
export async function openModel(nameOrFolder: string): Promise<OpenModel> {
  const folder = modelFolder(nameOrFolder);
  return existsSync(join(folder, MODEL_FILES.card))
    ? await openShipped(folder)
    : await openOwn(folder);
}

async function openShipped(folder: string): Promise<OpenModel> {
  const path = join(folder, MODEL_FILES.card);
  const card = parseCard(await Deno.readTextFile(path), path);
  const bytes = await Deno.readFile(join(folder, card.weights.file));
  requireWeights(card, bytes, folder);
  const network = card.training.spec
    ? buildNetwork(card.training.spec, { side: card.input.side, seed: card.training.seed })
    : await buildPublished(card);
  try {
    await setWeights(network, folder, bytes);
  } catch (error) {
    disposeNetwork(network);
    throw error;
  }
  return opened(folder, card, network, { run: null, seen: await readSeen(folder) });
}

/** The photos that a model has seen; one that was shipped earlier does not know their look. */
async function readSeen(folder: string): Promise<SeenPhotos> {
  const path = join(folder, MODEL_FILES.seenHashes);
  return fromSeen({
    md5s: await Deno.readFile(join(folder, MODEL_FILES.seen)),
    hashes: existsSync(path) ? await Deno.readFile(path) : null,
  });
}

function requireWeights({ weights }: ModelCard, bytes: Uint8Array, folder: string): void {
  if (createHash("sha256").update(bytes).digest("hex") === weights.sha256) return;
  throw new Error(
    `${
      join(folder, weights.file)
    } is not the file that the model card tells of: it was changed, or ` +
      "shipping was interrupted. Check the model out again, or write it anew with `deno task ship`",
  );
}

/** Writes the weights of a folder into a network, by their names. */
async function setWeights(
  network: tf.LayersModel,
  folder: string,
  bytes: Uint8Array,
): Promise<void> {
  const { weightsManifest } = JSON.parse(
    await Deno.readTextFile(join(folder, MODEL_FILES.network)),
  );
  const specs: tf.io.WeightsManifestEntry[] = weightsManifest[0].weights;
  const tensors = tf.io.decodeWeights(bytes.buffer as ArrayBuffer, specs);
  for (const weight of network.weights) {
    const tensor = tensors[weight.originalName];
    if (tensor) weight.write(tensor);
  }
  tf.dispose(tensors);
}

/** The published weights that networks start from. */
export const PUBLISHED: CardStart = {
  package: "@vladmandic/human",
  version: "3.3.6",
  file: "models/faceres",
  license: "MIT; upstream, HSE_FaceRec_tf, Apache-2.0",
  learnedFrom: "VGGFace2 and IMDB-WIKI, which are sets for research",
  onlyDifference: true,
};

/**
 * Builds the network from a published start for photos of a side, with the package's weights and an empty head.
 *
 * @throws {Error} if the package is not installed, saying how to install it
 */
export async function openPublished(side: number): Promise<tf.LayersModel> {
  const network = buildMobileNet({ side });
  const published = await readPublished(PUBLISHED.package, PUBLISHED.file);
  setPublishedWeights(network, published);
  tf.dispose(published);
  return network;
}

/** A network trained from the published start, as a model to be shipped. */
export function startedModel(
  name: string,
  network: tf.LayersModel,
  side: number,
  training: Omit<ModelCard["training"], "spec" | "split" | "start">,
): OpenModel {
  const card: ModelCard = {
    format: 1,
    name,
    summary: "Tells the age group of a face from a photo, from a published start: " +
      `${CLASSES.map(({ name }) => name).join(", ")} years.`,
    classes: CLASSES,
    input: { side, range: [0, 1], channels: "RGB", fill: "centred on black", crop: null },
    output: YEARS_OUTPUT,
    answer: plainAnswer(true),
    weights: NO_WEIGHTS,
    training: { spec: null, split: "subject", start: PUBLISHED, ...training },
    data: { name: "", layout: "", description: "", terms: "", labels: "" },
    results: [],
    uses: [],
    notFor: [],
  };
  return opened("", card, network, { run: null, seen: seenPhotos([]) });
}

/** Stands where nothing is written yet. */
const NO_WEIGHTS: CardWeights = { file: "", bytes: 0, precision: "float32", sha256: "", count: 0 };

/** The network from a published start, the package's weights in it where the folder lacks them. */
async function buildPublished({ input, training: { start } }: ModelCard): Promise<tf.LayersModel> {
  const network = buildMobileNet({ side: input.side });
  if (start?.onlyDifference) {
    const published = await readPublished(start.package, start.file);
    setPublishedWeights(network, published);
    tf.dispose({ ...published });
  }
  return network;
}

/**
 * Reads the weights of a network that an npm package ships; the caller disposes of them.
 *
 * @throws {Error} if the package is not installed, saying how to install it
 */
export async function readPublished(
  packageName: string,
  file: string,
): Promise<Record<string, tf.Tensor>> {
  const path = join(ROOT, "node_modules", packageName, file);
  try {
    const { weightsManifest } = JSON.parse(await Deno.readTextFile(`${path}.json`));
    const { buffer } = await Deno.readFile(`${path}.bin`);
    return tf.io.decodeWeights(buffer, weightsManifest[0].weights);
  } catch (error) {
    throw notSetUp(`the network ${file} of ${packageName}`, error);
  }
}

async function openOwn(folder: string): Promise<OpenModel> {
  const { run, network } = await openNetwork(folder);
  const card = cardOfRun(run, basename(folder)), fitted = await readRunAnswer(folder, run);
  return opened(folder, fitted ? { ...card, answer: fitted } : card, network, {
    run,
    seen: seenPhotos([]),
  });
}

/** What a run itself tells of a network: nothing is fitted or measured yet. */
export function cardOfRun(run: Run, name: string): ModelCard {
  const { input, output, mirrorAverage } = metadataOf(run.spec, run.side);
  const { spec, seed, photos, refit, bestEpoch, history } = run, split = protocolOf(run);
  return {
    format: 1,
    name,
    summary: `Model ${spec.id}, trained on ${run.data}`,
    classes: CLASSES,
    input,
    output,
    answer: plainAnswer(mirrorAverage),
    weights: NO_WEIGHTS,
    training: {
      ...{ spec, recipe: "", seed, split, shares: sharesOf(run), photos },
      ...(refit && { refit: true as const }),
      ...{ epochs: history.length, bestEpoch, start: null },
    },
    data: { name: run.data, layout: "", description: "", terms: "", labels: "" },
    results: [],
    uses: [],
    notFor: [],
  };
}

/** The shares of training and validation; of folds, as they came out. */
function sharesOf({ shares = ORIGINAL_SHARES, fold, refit, photos }: Run): Shares {
  if (!fold) return shares;
  const { train, validation, test } = photos, apart = refit ? train - validation : train;
  const all = apart + validation + test;
  return { train: apart / all, validation: validation / all };
}

function opened(
  folder: string,
  card: ModelCard,
  network: tf.LayersModel,
  known: Pick<OpenModel, "run" | "seen">,
): OpenModel {
  const { spec } = card.training;
  const infer = spec ? inferBySpec(network, card) : inferPublished(network, card);
  return {
    ...{ name: card.name, folder, card, network, infer },
    ...known,
    dispose: () => disposeNetwork(network),
  };
}

function inferBySpec(network: tf.LayersModel, { output, training }: ModelCard) {
  const predict = output.kind === "years" ? predictYearsBatch : predictBatch;
  return (photos: tf.Tensor4D) => predict(network, training.spec!, photos);
}

function inferPublished(network: tf.LayersModel, { answer }: ModelCard) {
  const said = yearsOf(network);
  return (photos: tf.Tensor4D) =>
    tf.tidy(() => (
      answer.mirrorAverage
        ? said(photos).add<tf.Tensor2D>(said(photos.reverse(2))).div<tf.Tensor2D>(2)
        : said(photos)
    ));
}

/**
 * What a model puts out for photos, photo after photo, `[photos * width]`.
 *
 * @throws {RangeError} if the squares are of another side than the model's
 */
export async function inferExamples(
  { card, infer }: Pick<OpenModel, "card" | "infer">,
  examples: Pick<Examples, "squares" | "indices">,
): Promise<Float32Array> {
  const { side } = card.input, given = examples.squares.side;
  if (given !== side) {
    throw new RangeError(`Model ${card.name} takes photos of ${side} pixels, not ${given}`);
  }
  return await inferBatches(examples, card.output.width, infer);
}
