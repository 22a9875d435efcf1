/**
 * Photos in, answers out: faces are found, cropped, and put through the network.
 *
 * @module
 */
import type { Pixels } from "@/base/pixels.ts";
import type { EngineOptions } from "@/native/onnx.ts";
import { decodeFile } from "@/images/photo_file.ts";
import { readFault, UnreadablePhoto } from "@/images/unreadable_photo.ts";
import { disposeNetworks, openFaceNetworks } from "@/faces/onnx_networks.ts";
import { type Face, type FaceNetworks, readCuts, type ReadOptions } from "@/faces/read_faces.ts";
import { modelFolder, readCard } from "@/answers/model_folder.ts";
import { hasOnnx, type MappedModel, openOnnxModel } from "@/answers/onnx_model.ts";
import type { PhotoAnswer } from "@/answers/photo_answer.ts";
import { predictSquares } from "@/answers/prediction.ts";

/** The networks that find faces, and the one that predicts ages. */
export interface FaceReader {
  networks: FaceNetworks;
  model: MappedModel;
}

/** A photo whose faces are still to be answered. */
interface Prepared {
  width: number;
  height: number;
  faces: Face[];
  /** The crop of each face. */
  crops: Pixels[];
  /** The number of the photo's pixels that were decoded as one, along each side. */
  reduction: number;
  fault: string | null;
}

/**
 * Opens the networks that answering needs; {@linkcode closeReader} gives their memory back.
 *
 * @param nameOrFolder a model that ships, or the folder of a model or a run
 * @param options the engine; WebAssembly gives the same bytes on every machine
 * @throws {Error} if there is no such model, or set-up has not been run
 *
 * @example A model, with the same answers on every machine
 * ```ts ignore
 * import { openReader } from "@/answers/face_answers.ts";
 *
 * const reader = await openReader("age-groups-1", { arithmetic: "pinned" });
 * console.log(reader.model.card.summary);
 * ```
 */
export async function openReader(
  nameOrFolder: string,
  options: EngineOptions = {},
): Promise<FaceReader> {
  const model = await open(nameOrFolder, options);
  return { networks: await openFaceNetworks(options), model };
}

/** Opens a model on onnxruntime; a run, or a model that has no file for it, on TensorFlow. */
async function open(nameOrFolder: string, options: EngineOptions): Promise<MappedModel> {
  const folder = modelFolder(nameOrFolder), card = await readCard(nameOrFolder);
  if (card && hasOnnx(folder)) return await openOnnxModel(folder, card, options);
  const { openMappedNetwork } = await import("@/answers/mapped_network.ts");
  return await openMappedNetwork(nameOrFolder);
}

/**
 * Gives the memory of the networks back.
 *
 * @example After the last photo
 * ```ts ignore
 * import { closeReader, openReader } from "@/answers/face_answers.ts";
 *
 * const reader = await openReader("age-groups-1");
 * closeReader(reader);
 * ```
 */
export function closeReader({ networks, model }: FaceReader): void {
  disposeNetworks(networks);
  model.close();
}

/**
 * Finds the faces on photos and predicts the age group of each. Photos are decoded one after another, so that
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
 * console.log(photo!.faces.map(({ box, probabilities }) => ({ box, probabilities })));
 * ```
 */
export async function answerPhotos(
  reader: FaceReader,
  files: readonly (() => Promise<Uint8Array>)[],
  options: ReadOptions = {},
): Promise<PhotoAnswer[]> {
  const prepared: Prepared[] = [];
  for (const read of files) prepared.push(await prepare(reader, read, options));
  const crops = prepared.flatMap(({ crops }) => crops);
  const answers = (await predictSquares(reader.model, crops)).values();
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
    const { pixels, ...size } = await decodeFile(await readFile(read));
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
