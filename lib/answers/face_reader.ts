/**
 * Photos in, answers out: faces are found, cropped, and put through the network. The same in Deno, Node.js and browsers.
 */
import type { Pixels } from "@/base/pixels.ts";
import type { PhotoSource, ReducedPhoto } from "@/images/photo_source.ts";
import { UnreadablePhoto } from "@/images/unreadable_photo.ts";
import { disposeNetworks } from "@/faces/face_files.ts";
import { type Face, type FaceNetworks, readCuts, type ReadOptions } from "@/faces/read_faces.ts";
import type { MappedModel } from "@/answers/onnx_model.ts";
import type { OpenPredictor } from "@/answers/onnx_predictor.ts";
import type { PhotoAnswer } from "@/answers/reading.ts";
import { predictSquares } from "@/answers/prediction.ts";

/** The networks that find faces, the one that predicts ages, and what decodes photos. */
export interface FaceReader<Model extends OpenPredictor = MappedModel> {
  networks: FaceNetworks;
  model: Model;
  /** @throws {UnreadablePhoto} if it is no readable photo */
  decode(photo: PhotoSource): Promise<ReducedPhoto>;
}

/** A photo whose faces are still to be answered, each with its crop. */
interface Prepared extends Omit<PhotoAnswer, "faces"> {
  faces: Face[];
  crops: Pixels[];
}

/**
 * Frees the memory of the networks.
 *
 * @example After the last photo
 * ```ts ignore
 * const reader = await openReader("age-groups-2");
 * closeReader(reader);
 * ```
 */
export function closeReader({ networks, model }: FaceReader<OpenPredictor>): void {
  disposeNetworks(networks);
  model.close();
}

/**
 * Finds the faces in photos and predicts the age group of each. Photos are decoded one after another, so that
 * only one is in memory; the network is asked about all their faces together.
 *
 * @param options how faces are looked for; the signal ends the work before the next network is asked
 * @returns an answer a photo, in their order; one that cannot be read has the reason as its `fault`
 * @throws what the signal was aborted with
 *
 * @example A photo
 * ```ts ignore
 * const reader = await openReader("age-groups-2");
 * const [photo] = await answerPhotos(reader, ["photo.jpg"]);
 * console.log(photo!.faces.map(({ box, probabilities }) => ({ box, probabilities })));
 * ```
 */
export async function answerPhotos(
  reader: FaceReader<OpenPredictor>,
  photos: readonly PhotoSource[],
  { signal, ...options }: ReadOptions & { signal?: AbortSignal } = {},
): Promise<PhotoAnswer[]> {
  const networks = signal ? abortable(reader.networks, signal) : reader.networks;
  const prepared: Prepared[] = [];
  for (const photo of photos) {
    signal?.throwIfAborted();
    prepared.push(await prepare({ ...reader, networks }, photo, options));
  }
  signal?.throwIfAborted();
  const crops = prepared.flatMap(({ crops }) => crops);
  const answers = (await predictSquares(reader.model, crops)).values();
  return prepared.map(({ width, height, faces, fault }) => ({
    ...{ width, height, fault },
    faces: faces.map((face) => ({ ...face, ...answers.next().value! })),
  }));
}

/** Networks that refuse to run once a signal is aborted: a large photo takes many runs. */
function abortable({ detector, mesh, ...rest }: FaceNetworks, signal: AbortSignal): FaceNetworks {
  const [first, second] = [detector, mesh].map((network): typeof network => ({
    ...network,
    run(...values) {
      signal.throwIfAborted();
      return network.run(...values);
    },
  }));
  return { ...rest, detector: first!, mesh: second! };
}

/** Decodes a photo, and keeps the squares of its faces alone. */
async function prepare(
  { networks, model, decode }: FaceReader<OpenPredictor>,
  photo: PhotoSource,
  options: ReadOptions,
): Promise<Prepared> {
  try {
    const { pixels, reduction, ...size } = await decode(photo);
    const cuts = await readCuts(networks, pixels, options), { side } = model.card.input;
    const faces = cuts.map(({ face }) => scaleFace(face, reduction));
    return { ...size, faces, crops: cuts.map(({ crop }) => crop(side)), fault: null };
  } catch (error) {
    if (!(error instanceof UnreadablePhoto)) throw error;
    return { width: 0, height: 0, faces: [], crops: [], fault: error.message };
  }
}

/** A face in a photo of so many times the width and height. */
export function scaleFace<T extends Pick<Face, "box" | "eyes" | "transform">>(
  face: T,
  size: number,
) {
  const { box, eyes, transform } = face;
  const scaled = <R extends object>(record: R): R => (
    Object.fromEntries(Object.entries(record).map(([key, length]) => [key, length * size])) as R
  );
  return {
    ...face,
    box: scaled(box),
    eyes: eyes.map((eye) => eye.map((length) => length * size)),
    transform: scaled(transform),
  };
}
