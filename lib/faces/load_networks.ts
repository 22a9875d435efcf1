/**
 * Reading the networks that faces are read with from the npm package of `@vladmandic/human`. Only their
 * files are used: the package's own program would bring a second TensorFlow.
 *
 * @module
 */
import { join } from "node:path";
import { notSetUp, ROOT } from "@/base/project.ts";
import { type FaceNetwork, type FaceNetworks, NETWORK_FILES } from "@/faces/face.ts";
import { nativeCutter } from "@/faces/native_cutter.ts";
import { graphNetwork } from "@/faces/graph_network.ts";
import { nativeNetwork } from "@/faces/native_network.ts";
import { hasSeparable } from "@/native/separable.ts";
import { tf } from "@/native/tensorflow.ts";

/** The folder of the package's networks. */
export const NETWORK_FOLDER = join(ROOT, "node_modules", "@vladmandic", "human", "models");

/**
 * Reads the networks, for the native library; `disposeNetworks()` gives their memory back.
 *
 * @throws {Error} if the package is not installed, saying how to install it
 */
export async function loadFaceNetworks(): Promise<FaceNetworks> {
  const [detector, mesh] = await Promise.all([
    loadNetwork(NETWORK_FILES.detector),
    loadNetwork(NETWORK_FILES.mesh),
  ]);
  return { detector, mesh, cutter: nativeCutter };
}

/** Gives the memory of the networks back. */
export function disposeNetworks({ detector, mesh }: FaceNetworks): void {
  detector.dispose();
  mesh.dispose();
}

async function loadNetwork(name: string): Promise<FaceNetwork> {
  try {
    const { modelTopology, weightsManifest } = JSON.parse(
      await Deno.readTextFile(join(NETWORK_FOLDER, `${name}.json`)),
    );
    const { buffer: weightData } = await Deno.readFile(join(NETWORK_FOLDER, `${name}.bin`));
    const weightSpecs = weightsManifest[0].weights;
    if (hasSeparable()) {
      return graphNetwork(
        nativeNetwork(modelTopology.node, tf.io.decodeWeights(weightData, weightSpecs)),
      );
    }
    return graphNetwork(
      await tf.loadGraphModel({
        load: () => Promise.resolve({ modelTopology, weightSpecs, weightData }),
      }),
    );
  } catch (error) {
    throw notSetUp(`the network ${name}, which faces are read with`, error);
  }
}
