/** Models on TensorFlow, for maps of where they look: runs, and models that have no file for onnxruntime. */
import type * as tf from "@tensorflow/tfjs";
import { gradCam, mapGrid } from "@/answers/grad_cam.ts";
import type { GroupMap, MappedModel } from "@/answers/onnx_model.ts";
import { openModel } from "@/answers/open_model.ts";
import type { Pixels } from "@/base/pixels.ts";
import { toPhotos } from "@/study/batches.ts";

/** Opens a model or a run; see {@linkcode openModel}. */
export async function openMappedNetwork(nameOrFolder: string): Promise<MappedModel> {
  const { network, ...model } = await openModel(nameOrFolder);
  return {
    ...model,
    map: (square, group) => Promise.resolve(groupMap(network, square, group)),
  };
}

/** Computes Grad-CAM's map of a group on a square of the network's side. */
export function groupMap(network: tf.LayersModel, square: Pixels, group: number): GroupMap {
  const photo = toPhotos(square.data, square.width), map = gradCam(network, photo, [group]);
  const [, height, width] = map.shape, values = map.dataSync<"float32">();
  for (const tensor of [photo, map]) tensor.dispose();
  return { values, height, width, grid: mapGrid(network) };
}
