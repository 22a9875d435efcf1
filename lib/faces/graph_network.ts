import * as tf from "@tensorflow/tfjs";
import type { FaceNetwork } from "@/faces/face.ts";

/** Makes a face network of a graph, which computes with whatever TensorFlow.js computes with. */
export function graphNetwork(graph: tf.GraphModel): FaceNetwork {
  return {
    async run(colors, side, outputs) {
      const results = tf.tidy(() => (
        graph.execute(tf.tensor4d(colors, [1, side, side, 3]), [...outputs]) as tf.Tensor[]
      ));
      const values = await Promise.all(results.map((result) => result.data<"float32">()));
      tf.dispose(results);
      return values;
    },
    dispose: () => graph.dispose(),
  };
}
