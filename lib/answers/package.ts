/**
 * Predicts the age group of each face on photos, in Node.js and Deno: what the npm package `human-age` exports there.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { ROOT } from "@/base/root.ts";
import { openNetworks } from "@/faces/face_files.ts";
import { decodeSource } from "@/images/photo_file.ts";
import { modelFolder, modelNames, MODELS } from "@/answers/model_folder.ts";
import { onnxFile, readCard, withGroups } from "@/answers/model_folder.ts";
import { openPredictor } from "@/answers/onnx_predictor.ts";
import { createReader } from "@/answers/reader.ts";
import type { Reader, ReaderOptions } from "@/answers/reader_types.ts";
import { UnknownModel } from "@/answers/unknown_model.ts";
import { DEFAULT_MODEL, MODEL_FILES } from "@/model/model_card.ts";
import { usableArithmetic } from "@/native/onnx.ts";

export { UnreadablePhoto } from "@/images/unreadable_photo.ts";
export type { PhotoSource, RgbaPixels, VideoFrameSource } from "@/images/photo_source.ts";
export type * from "@/answers/reader_types.ts";
export { UnknownModel };

/** onnxruntime's WebAssembly, where it was packed. */
const WASM = join(ROOT, "wasm", "ort-wasm-simd-threaded.wasm.gz");

/**
 * Opens a reader of photos.
 *
 * @throws {UnknownModel} if there is no such model, naming those that ship
 * @throws {RangeError} if groups of your own cannot be used, or are too small to be measured
 */
export async function openReader(
  { model = DEFAULT_MODEL, arithmetic, threads = 2, groups }: ReaderOptions = {},
): Promise<Reader> {
  const folder = modelFolder(model), card = await readCard(model);
  const path = await onnxFile(model);
  if (!card || path === null) throw noModel(folder);
  const { measured, ...own } = await withGroups(folder, card, groups);
  const used = await usableArithmetic(arithmetic);
  const engine = {
    ...{ arithmetic: used, threads: used === "native" ? threads : 1 },
    ...existsSync(WASM) && { readWasm: async () => gunzipSync(await readFile(WASM)) },
  };
  const networks = {
    networks: await openNetworks((path) => readFile(join(MODELS, path)), engine),
    model: await openPredictor(await readFile(path), own.card, engine),
    decode: decodeSource,
  };
  return createReader(networks, engine, measured);
}

function noModel(folder: string): UnknownModel {
  return new UnknownModel(
    `There is no model in ${folder}: it holds ${MODEL_FILES.card} and ${MODEL_FILES.onnx}. ` +
      `The models that ship: ${modelNames().join(", ")}`,
  );
}
