/** The door to answers about photos: a reader of any model or run, and what it answers. */
import type { EngineOptions } from "@/native/onnx.ts";
import { decodeSource } from "@/images/photo_file.ts";
import { openFaceNetworks } from "@/faces/onnx_networks.ts";
import type { FaceReader } from "@/answers/face_reader.ts";
import { modelFolder, onnxFile, readCard, withGroups } from "@/answers/model_folder.ts";
import { openOnnxModel } from "@/answers/onnx_model.ts";

export { answerPhotos, closeReader, type FaceReader, scaleFace } from "@/answers/face_reader.ts";

/**
 * Loads the networks needed to predict, face finder, landmarks and age; {@linkcode closeReader} frees their memory.
 *
 * @param nameOrFolder a model that ships, or the folder of a model or a run
 * @param options the engine (WebAssembly gives the same bytes on every machine), and groups of one's own
 * @throws {UnknownModel} if there is no such model
 *
 * @example A model, with the same answers on every machine
 * ```ts ignore
 * const reader = await openReader("age-groups-2", { arithmetic: "pinned" });
 * console.log(reader.model.card.summary);
 * ```
 */
export async function openReader(
  nameOrFolder: string,
  { groups, ...options }: OpenOptions = {},
): Promise<FaceReader> {
  const model = await open(nameOrFolder, { groups, ...options });
  return { networks: await openFaceNetworks(options), model, decode: decodeSource };
}

type OpenOptions = EngineOptions & { groups?: string | null | undefined };

/** Opens a model on onnxruntime; a run, or a model that has no file for it, on TensorFlow. */
async function open(nameOrFolder: string, { groups, ...options }: OpenOptions) {
  const path = await onnxFile(nameOrFolder), card = await readCard(nameOrFolder);
  if (card && path !== null) {
    const own = await withGroups(modelFolder(nameOrFolder), card, groups);
    return await openOnnxModel(path, own.card, options);
  }
  const { openModel } = await import("@/answers/open_model.ts");
  const model = await openModel(nameOrFolder);
  return { ...model, card: (await withGroups(model.folder, model.card, groups)).card };
}
