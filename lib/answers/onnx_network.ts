/** The file for onnxruntime of a network that ships. */
import type * as tf from "@tensorflow/tfjs";
import { mapGrid } from "@/answers/grad_cam.ts";
import type { ModelCard } from "@/model/model_card.ts";
import { networkToOnnx } from "@/model/onnx/network.ts";

/** Makes the file: the network, a published start included, at the card's precision, with all it takes to use it. */
export function toOnnx(network: tf.LayersModel, card: ModelCard): Uint8Array {
  const { name, classes, input, output, answer, data, training: { start } } = card;
  const facts = { classes, input, output, answer, grid: mapGrid(network) };
  const texts = Object.entries(facts).map(([key, fact]) => [key, JSON.stringify(fact)]);
  const metadata: Record<string, string> = {
    ...{ name, ...Object.fromEntries(texts), terms: data.terms },
    ...start && { start: `${start.package} ${start.version}, ${start.file}: ${start.license}` },
  };
  return networkToOnnx(network, { precision: card.weights.precision, metadata });
}
