/** Models on TensorFlow, for maps of where they look: runs, and models that have no file for onnxruntime. */
import { gradCam, mapGrid } from "@/answers/grad_cam.ts";
import type { MappedModel } from "@/answers/onnx_model.ts";
import { openModel } from "@/answers/open_model.ts";
import { toPhotos } from "@/study/batches.ts";

/** Opens a model or a run; see {@linkcode openModel}. */
export async function openMappedNetwork(nameOrFolder: string): Promise<MappedModel> {
  const { network, ...model } = await openModel(nameOrFolder), { side } = model.card.input;
  return {
    ...model,
    map({ data }, group) {
      const photo = toPhotos(data, side), map = gradCam(network, photo, [group]);
      const [, height, width] = map.shape, values = map.dataSync<"float32">();
      for (const tensor of [photo, map]) tensor.dispose();
      return Promise.resolve({ values, height, width, grid: mapGrid(network) });
    },
  };
}
