/** The networks of runs, written as standard TensorFlow.js models. */
import { join } from "node:path";
import { withModel } from "@/answers/open_model.ts";
import { MODEL_FILES } from "@/model/model_card.ts";
import { tf } from "@/native/tensorflow.ts";

/** Writes the network of a run with 16-bit weights and its card into a folder. */
export async function writeNetwork(folder: string, name: string): Promise<void> {
  const writeJson = (file: string, value: unknown) =>
    Deno.writeTextFile(join(folder, file), JSON.stringify(value));
  await withModel(name, async ({ card, network }) => {
    await network.save(tf.io.withSaveHandler(async ({ modelTopology, weightSpecs, weightData }) => {
      const weights = weightSpecs!.map((spec) => (
        { ...spec, quantization: { dtype: "float16" as const, original_dtype: "float32" as const } }
      ));
      const weightsManifest = [{ paths: [MODEL_FILES.weights], weights }];
      await writeJson(MODEL_FILES.network, { modelTopology, weightsManifest });
      const halves = new Float16Array(new Float32Array(weightData as ArrayBuffer));
      await Deno.writeFile(join(folder, MODEL_FILES.weights), new Uint8Array(halves.buffer));
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: "JSON" } };
    }));
    await writeJson(MODEL_FILES.card, card);
  });
}
