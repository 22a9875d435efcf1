/**
 * Reading the network that finds faces, whose weights lie in the npm package of `@vladmandic/human`. Only its
 * two files are used: the package's own program would bring a second TensorFlow.
 *
 * @module
 */
import { join } from "node:path";
import type { GraphModel } from "@tensorflow/tfjs";
import { notSetUp, ROOT } from "@/base/project.ts";
import { tf } from "@/native/tensorflow.ts";

/** Where the package keeps its networks. */
const MODELS = join(ROOT, "node_modules", "@vladmandic", "human", "models");

/**
 * Reads BlazeFace; `dispose()` gives its memory back.
 *
 * @throws {Error} if the package is not installed, saying how to install it
 */
export async function loadFinder(): Promise<GraphModel> {
  try {
    const { modelTopology, weightsManifest } = JSON.parse(
      await Deno.readTextFile(join(MODELS, "blazeface.json")),
    );
    const { buffer: weightData } = await Deno.readFile(join(MODELS, "blazeface.bin"));
    const weightSpecs = weightsManifest[0].weights;
    return await tf.loadGraphModel({
      load: () => Promise.resolve({ modelTopology, weightSpecs, weightData }),
    });
  } catch (error) {
    throw notSetUp("the network that finds faces", error);
  }
}
