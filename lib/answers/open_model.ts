/** The door to trained networks: one that ships, by its name, or that of any folder, of a model or of a run. */
import { createHash } from "node:crypto";
import { basename, join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { gradCam, mapGrid } from "@/answers/grad_cam.ts";
import { modelFolder, networkFolder, onnxFile, readCard } from "@/answers/model_folder.ts";
import type { GroupMap, MappedModel } from "@/answers/onnx_model.ts";
import { type OpenPredictor, openPredictor } from "@/answers/onnx_predictor.ts";
import { readRunAnswer } from "@/answers/run_answer.ts";
import { readSeen, type SeenPhotos, seenPhotos } from "@/answers/seen.ts";
import type { Pixels } from "@/base/pixels.ts";
import { MODEL_FILES, type ModelCard, newCard } from "@/model/model_card.ts";
import { buildNetwork, disposeNetwork } from "@/model/network.ts";
import { cardStart } from "@/model/published_weights.ts";
import type { Spec } from "@/model/spec.ts";
import { askedArithmetic } from "@/native/arithmetic.ts";
import { toPhotos } from "@/study/batches.ts";
import { ORIGINAL_SHARES, type Shares } from "@/study/split.ts";
import { filesOf, readRunWithWeights, type Run, toTensors } from "@/training/checkpoint.ts";
import { protocolOf } from "@/training/run.ts";
import { predictBatch } from "@/training/step.ts";

/** A trained network, whatever computes it, and what must be known to use it. */
export interface OpenModel extends OpenPredictor {
  folder: string;
  /** The run, if the folder is a run's. */
  run: Run | null;
  /** The photos that it was trained on or chosen by; none for a run, which lists them in its folder. */
  seen: SeenPhotos;
}

/** A model computed by TensorFlow, whose layers can be looked into. */
export interface OpenNetwork extends OpenModel, MappedModel {
  /** Its last layer puts out the groups, the card's `output.layer` what `readAnswer` takes. */
  network: tf.LayersModel;
}

/**
 * Opens a model that ships by its name, or the model or the run in a folder.
 *
 * @param nameOrFolder such as `age-groups-2`, or `data/runs/sample-96-photo/IV-7`
 * @param options.spec predicts as this spec does, where it differs from the run's in that alone
 * @throws {Error} if it is neither, naming the models that ship, if its files do not belong together, or if it is a
 * run that has not finished an epoch
 *
 * @example A model that ships
 * ```ts ignore
 * const model = await openModel("age-groups-2");
 * model.network.summary();
 * model.close();
 * ```
 */
export async function openModel(
  nameOrFolder: string,
  { spec }: { spec?: Spec } = {},
): Promise<OpenNetwork> {
  const folder = modelFolder(nameOrFolder), card = await readCard(nameOrFolder);
  return card ? await openShipped(folder, card) : await openRun(folder, spec);
}

/**
 * Opens a model for predictions alone, on what computes them quickest: one that ships on onnxruntime, whose probabilities
 * are TensorFlow's to a thousandth; a run, and pinned arithmetic, on TensorFlow.
 *
 * @throws {Error} as {@linkcode openModel} does
 */
export async function openForPredictions(nameOrFolder: string): Promise<OpenModel> {
  const path = await onnxFile(nameOrFolder), card = await readCard(nameOrFolder);
  const isPinned = askedArithmetic() === "pinned";
  if (!card || path === null || isPinned) return await openModel(nameOrFolder);
  const folder = modelFolder(nameOrFolder), own = await networkFolder(folder, card);
  requireWeights(card, await Deno.readFile(join(own, card.weights.file)), own);
  const threads = navigator.hardwareConcurrency;
  const predictor = await openPredictor(await Deno.readFile(path), card, { threads });
  return { ...predictor, folder, run: null, seen: await readSeen([...new Set([folder, own])]) };
}

/**
 * Opens a model, does something with it, and closes it.
 *
 * @example The groups of validation photos
 * ```ts ignore
 * const study = await prepareStudy({ side: 96, split: "photo" });
 * const rows = await withModel(
 *   "age-groups-2",
 *   (model) => predictGroups(model, study.validation),
 * );
 * ```
 */
export async function withModel<T>(
  nameOrFolder: string,
  work: (model: OpenNetwork) => Promise<T> | T,
  options: { spec?: Spec } = {},
): Promise<T> {
  const model = await openModel(nameOrFolder, options);
  try {
    return await work(model);
  } finally {
    model.close();
  }
}

function toModel(
  network: tf.LayersModel,
  card: ModelCard,
  known: Pick<OpenModel, "folder" | "run" | "seen">,
): OpenNetwork {
  const { input: { side }, training: { spec } } = card;
  const infer = (squares: Uint8Array) => predictBatch(network, spec, toPhotos(squares, side));
  return {
    ...{ network, card, ...known },
    outputs: (squares) => Promise.resolve(tf.tidy(() => infer(squares).dataSync<"float32">())),
    map: (square, group) => Promise.resolve(groupMap(network, square, group)),
    close: () => disposeNetwork(network),
  };
}

/** Computes Grad-CAM's map of a group on a square of the network's side. */
export function groupMap(network: tf.LayersModel, square: Pixels, group: number): GroupMap {
  const photo = toPhotos(square.data, square.width), map = gradCam(network, photo, [group]);
  const [, height, width] = map.shape, values = map.dataSync<"float32">();
  for (const tensor of [photo, map]) tensor.dispose();
  return { values, height, width, grid: mapGrid(network) };
}

async function openShipped(folder: string, card: ModelCard): Promise<OpenNetwork> {
  const own = await networkFolder(folder, card);
  const bytes = await Deno.readFile(join(own, card.weights.file));
  requireWeights(card, bytes, own);
  const { input: { side }, training: { spec, seed } } = card;
  const network = buildNetwork(spec, { side, seed });
  return await orDispose(network, async () => {
    await setWeights(network, own, bytes);
    const seen = await readSeen([...new Set([folder, own])]);
    return toModel(network, card, { folder, run: null, seen });
  });
}

/** Frees a network's memory if opening it fails. */
async function orDispose<T>(network: tf.LayersModel, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    disposeNetwork(network);
    throw error;
  }
}

function requireWeights({ weights }: ModelCard, bytes: Uint8Array, folder: string): void {
  if (createHash("sha256").update(bytes).digest("hex") === weights.sha256) return;
  throw new Error(
    `${join(folder, weights.file)} is not the file that the model card names: it was changed, or ` +
      "shipping was interrupted. Check the model out again, or write it anew with `deno task ship`",
  );
}

/** Writes the weights of a folder into a network, by their names. */
async function setWeights(network: tf.LayersModel, folder: string, bytes: Uint8Array) {
  const text = await Deno.readTextFile(join(folder, MODEL_FILES.network));
  const specs: tf.io.WeightsManifestEntry[] = JSON.parse(text).weightsManifest[0].weights;
  const tensors = tf.io.decodeWeights(bytes.buffer as ArrayBuffer, specs);
  for (const weight of network.weights) {
    const tensor = tensors[weight.originalName];
    if (tensor) weight.write(tensor);
  }
  tf.dispose(tensors);
}

async function openRun(folder: string, spec?: Spec): Promise<OpenNetwork> {
  const { run: read, weights } = await readRunWithWeights(folder);
  const run = spec ? { ...read, spec } : read;
  if (!weights) {
    throw new Error(`The run in ${folder} has no weights yet: train it for an epoch at least`);
  }
  const network = buildNetwork(run.spec, run);
  return await orDispose(network, async () => {
    const shapes = network.weights.map(({ shape }) => shape as number[]);
    const tensors = toTensors(join(folder, filesOf(run).weights), weights, shapes);
    network.weights.forEach((weight, k) => weight.write(tensors[k]!));
    tf.dispose(tensors);
    const answer = await readRunAnswer(folder, run);
    const card = { ...runCard(run, basename(folder)), ...answer && { answer } };
    return toModel(network, card, { folder, run, seen: seenPhotos([]) });
  });
}

/** Makes the card of a run's network: nothing is fitted or measured yet. */
function runCard(run: Run, name: string): ModelCard {
  const { spec, seed, photos, refit, bestEpoch, history, side, data } = run;
  return newCard({
    ...{ name, summary: `Model ${spec.id}, trained on ${data}`, side, data },
    training: {
      ...{ spec, recipe: "", seed, split: protocolOf(run), shares: sharesOf(run), photos },
      ...(refit && { refit: true as const }),
      ...{ epochs: history.length, bestEpoch, start: spec.start ? cardStart(spec.start) : null },
    },
  });
}

/** The shares of training and validation; of folds, as they came out. */
function sharesOf({ shares = ORIGINAL_SHARES, fold, refit, photos }: Run): Shares {
  if (!fold) return shares;
  const { train, validation, test } = photos, apart = refit ? train - validation : train;
  const all = apart + validation + test;
  return { train: apart / all, validation: validation / all };
}
