/**
 * From the files of photos to what is said of each face on them: finding, cropping, asking the network.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs";
import { range } from "d3";
import type { Pixels } from "@/base/pixels.ts";
import { normalizeBytes } from "@/native/kernels.ts";
import { decodeReduced, readFault, UnreadablePhoto } from "@/images/pixels.ts";
import { disposeNetworks, loadFaceNetworks } from "@/faces/load_networks.ts";
import { type Face, type FaceNetworks, readCuts, type ReadOptions } from "@/faces/read_faces.ts";
import { type AgeAnswer, readAnswer } from "@/metrics/answer.ts";
import { type OpenModel, openModel } from "@/answers/open_model.ts";
import type { PhotoAnswer } from "@/answers/photo_answer.ts";

/** Faces that the network is asked about at once. */
const BATCH = 32;

/** What is needed to answer: the networks that find faces, and the one that tells ages. */
export interface FaceReader {
  networks: FaceNetworks;
  model: OpenModel;
}

/** What is kept of a photo until its faces are answered. */
interface Prepared {
  width: number;
  height: number;
  faces: Face[];
  /** What the network sees of each face. */
  crops: Pixels[];
  /** How many of the photo's pixels were decoded as one, along each side. */
  reduction: number;
  fault: string | null;
}

/**
 * Opens the networks that answering needs; {@linkcode closeReader} gives their memory back.
 *
 * @param model name of a model that ships, or the folder of a model or a run
 * @throws {Error} if there is no such model, or set-up has not been run
 */
export async function openReader(model: string): Promise<FaceReader> {
  return { networks: await loadFaceNetworks(), model: await openModel(model) };
}

/** Gives the memory of the networks back. */
export function closeReader({ networks, model }: FaceReader): void {
  disposeNetworks(networks);
  model.dispose();
}

/**
 * Finds the faces on photos and tells the age group of each. Photos are decoded one after another, so that
 * only one is in memory; the network is asked about all their faces together.
 *
 * @param files reads the bytes of each file
 * @param options how faces are looked for
 * @returns an answer a photo, in their order; one that cannot be read has the reason as its `fault`
 *
 * @example A photo
 * ```ts ignore
 * import { answerPhotos, openReader } from "@/answers/face_answers.ts";
 *
 * const reader = await openReader("age-groups-1");
 * const [photo] = await answerPhotos(reader, [() => Deno.readFile("photo.jpg")]);
 * console.log(photo.faces.map(({ box, probabilities }) => ({ box, probabilities })));
 * ```
 */
export async function answerPhotos(
  reader: FaceReader,
  files: readonly (() => Promise<Uint8Array>)[],
  options: ReadOptions = {},
): Promise<PhotoAnswer[]> {
  const prepared: Prepared[] = [];
  for (const read of files) prepared.push(await prepare(reader, read, options));
  const answers = answerCrops(reader.model, prepared.flatMap(({ crops }) => crops)).values();
  return prepared.map(({ width, height, faces, reduction, fault }) => ({
    ...{ width, height, fault },
    faces: faces.map((face) => ({ ...scaleFace(face, reduction), ...answers.next().value! })),
  }));
}

/** Decodes a photo, and keeps the squares of its faces alone. */
async function prepare(
  { networks, model }: FaceReader,
  read: () => Promise<Uint8Array>,
  options: ReadOptions,
): Promise<Prepared> {
  try {
    const { pixels, ...size } = await decodeReduced(await readFile(read));
    const cuts = await readCuts(networks, pixels, options), { side } = model.card.input;
    const faces = cuts.map(({ face }) => face), crops = cuts.map(({ crop }) => crop(side));
    return { ...size, faces, crops, fault: null };
  } catch (error) {
    if (!(error instanceof UnreadablePhoto)) throw error;
    return { width: 0, height: 0, faces: [], crops: [], reduction: 1, fault: error.message };
  }
}

/** The bytes of a file; whatever the system says against reading it is that photo's fault alone. */
async function readFile(read: () => Promise<Uint8Array>): Promise<Uint8Array> {
  try {
    return await read();
  } catch (error) {
    throw new UnreadablePhoto(readFault(error));
  }
}

/** Asks the network about crops, some at a time. */
export function answerCrops(
  { card, infer }: Pick<OpenModel, "card" | "infer">,
  crops: readonly Pixels[],
): AgeAnswer[] {
  return range(0, crops.length, BATCH).flatMap((from) => {
    const batch = crops.slice(from, from + BATCH), { width } = card.output;
    const said = tf.tidy(() => infer(toTensor(batch, card.input.side)).dataSync());
    return batch.map((_, k) => readAnswer(said.subarray(k * width, (k + 1) * width), card));
  });
}

/** Crops as `[photos, side, side, 3]`, values 0 to 1. */
export function toTensor(crops: readonly Pixels[], side: number): tf.Tensor4D {
  const size = side * side * 3, bytes = new Uint8Array(crops.length * size);
  crops.forEach(({ data }, k) => bytes.set(data, k * size));
  return tf.tidy(() => normalizeBytes(bytes).reshape([crops.length, side, side, 3]));
}

/** A face in a photo of so many times the width and height. */
export function scaleFace<T extends Pick<Face, "box" | "eyes" | "transform">>(
  face: T,
  size: number,
): T {
  const { box, eyes, transform } = face;
  return {
    ...face,
    box: mapValues(box, (length) => length * size),
    eyes: eyes.map((eye) => eye.map((length) => length * size)),
    transform: mapValues(transform, (length) => length * size),
  };
}

function mapValues<T extends object>(record: T, change: (value: number) => number): T {
  return Object.fromEntries(
    Object.entries(record).map(([key, value]) => [key, change(value)]),
  ) as T;
}
