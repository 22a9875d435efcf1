/**
 * Predicts the age group of each face on photos, in a browser: what the npm package `human-age` exports there. The same code
 * as elsewhere, on onnxruntime's WebAssembly; photos are decoded by the browser.
 *
 * @module
 */
import { openNetworks } from "@/faces/face_files.ts";
import type { PhotoSource, ReducedPhoto } from "@/images/photo_source.ts";
import { fromRgba, isRgba, type RgbaPixels, type VideoFrameSource } from "@/images/photo_source.ts";
import { readFault, UnreadablePhoto } from "@/images/unreadable_photo.ts";
import { openPredictor } from "@/answers/onnx_predictor.ts";
import { withOwnGroups } from "@/answers/own_groups.ts";
import { createReader } from "@/answers/reader.ts";
import type { Reader, ReaderOptions } from "@/answers/reader_types.ts";
import { UnknownModel } from "@/answers/unknown_model.ts";
import { MODEL_FILES, PAGE_MODEL, parseCard, requireSameNetwork } from "@/model/model_card.ts";
import { decodeBitmap, openBitmap } from "./decode.ts";

export { UnknownModel, UnreadablePhoto };

/** The folder of the package, two above this program. */
const FOLDER = new URL("../../", import.meta.url);

/** The files of models, and onnxruntime's WebAssembly, in that folder. */
const MODELS = "data/models/", WASM = "wasm/ort-wasm-simd-threaded.wasm.gz";

/**
 * Opens a reader of photos.
 *
 * @throws {UnknownModel} if there is no such model
 * @throws {Error} if the model that it was calibrated from has changed
 */
export async function openReader(
  { model = PAGE_MODEL, files = FOLDER, groups }: ReaderOptions = {},
): Promise<Reader> {
  const read = async (path: string) => await fetchBytes(new URL(path, new URL(files, FOLDER)));
  const cardOf = async (name: string) => {
    const card = await read(`${MODELS}${name}/${MODEL_FILES.card}`).catch((cause) => {
      throw new UnknownModel(`There is no model "${name}": ${cause.message}`, { cause });
    });
    return parseCard(new TextDecoder().decode(card), name);
  };
  const own = await cardOf(model), base = own.calibration?.base ?? model;
  if (base !== model) requireSameNetwork(own, await cardOf(base));
  const { measured, ...used } = groups
    ? await withOwnGroups(own, groups, (file) => read(`${MODELS}${model}/${file}`))
    : { card: own, measured: null };
  const engine = {
    ...{ arithmetic: "pinned" as const, threads: 1 },
    readWasm: async () => await unpack(await read(WASM)),
  };
  const [networks, predictor] = await Promise.all([
    openNetworks((path) => read(MODELS + path), engine),
    read(`${MODELS}${base}/${MODEL_FILES.onnx}`).then((bytes) => (
      openPredictor(bytes, used.card, engine)
    )),
  ]);
  return createReader({ networks, model: predictor, decode }, engine, measured);
}

async function fetchBytes(address: string | URL): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address}: ${response.status} ${response.statusText}`);
  return new Uint8Array(await response.arrayBuffer());
}

/** Unpacks gzip; a server may have told the browser to do so already. */
async function unpack(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  const unpacked = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(unpacked).arrayBuffer());
}

/** Decodes a photo with the browser; one that is too large for a canvas is shrunk. */
async function decode(photo: PhotoSource): Promise<ReducedPhoto> {
  if (isRgba(photo)) return fromRgba(photo);
  const bitmap = await bitmapOf(photo), { width, height } = bitmap, pixels = decodeBitmap(bitmap);
  return { pixels, reduction: width / pixels.width, width, height };
}

async function bitmapOf(photo: Exclude<PhotoSource, RgbaPixels>): Promise<ImageBitmap> {
  if (typeof photo === "object" && "videoWidth" in photo) {
    return await createImageBitmap(photo as HTMLVideoElement).catch(() => {
      throw new UnreadablePhoto("the video shows no picture yet");
    });
  }
  return await openBitmap(photo instanceof Blob ? photo : new Blob([await bytesOf(photo)]));
}

/** The bytes of a file; whatever keeps them from being loaded is that photo's fault alone. */
async function bytesOf(photo: Exclude<PhotoSource, RgbaPixels | VideoFrameSource | Blob>) {
  try {
    if (typeof photo === "string" || photo instanceof URL) return await fetchBytes(photo);
    return (typeof photo === "function" ? await photo() : photo) as Uint8Array<ArrayBuffer>;
  } catch (error) {
    throw new UnreadablePhoto(readFault(error));
  }
}
