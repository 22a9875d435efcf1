/** The network that tells ages, with its card. */
import * as tf from "@tensorflow/tfjs";
import type { Pixels } from "@/base/pixels.ts";
import type { FaceNetwork } from "@/faces/face.ts";
import { graphNetwork } from "@/faces/graph_network.ts";
import { widerBy } from "@/faces/wider_by.ts";
import { gradCam, heatmap, mapGrid } from "@/answers/grad_cam.ts";
import { type AgeAnswer, meanOutput, readAnswer } from "@/metrics/answer.ts";
import { mapYears } from "@/metrics/year_map.ts";
import { MODEL_FILES, type ModelCard, parseCard } from "@/model/model_card.ts";

export type Files = ReadonlyMap<string, Uint8Array<ArrayBuffer>>;

/** A network and what must be known to use it. */
export interface Model {
  card: ModelCard;
  network: tf.LayersModel;
  /** The same network up to the layer whose output the card reads. */
  output: tf.LayersModel;
}

/** Opens a model from its files; `folder` is before their names. */
export async function openModel(files: Files, folder: string): Promise<Model> {
  const card = parseCard(textOf(files, folder + MODEL_FILES.card), MODEL_FILES.card);
  const artifacts = artifactsOf(files, folder + MODEL_FILES.network, folder + MODEL_FILES.weights);
  const network = await tf.loadLayersModel(artifacts);
  const { output: outputs } = network.getLayer(card.output.layer);
  return { card, network, output: tf.model({ inputs: network.inputs, outputs }) };
}

export async function openFaceNetwork(files: Files, name: string): Promise<FaceNetwork> {
  return graphNetwork(await tf.loadGraphModel(artifactsOf(files, `${name}.json`, `${name}.bin`)));
}

/** Makes TensorFlow.js load a network and its weights from files. */
function artifactsOf(files: Files, network: string, weights: string) {
  const { modelTopology, weightsManifest } = JSON.parse(textOf(files, network));
  const weightSpecs = weightsManifest.flatMap(({ weights }: { weights: unknown[] }) => weights);
  const weightData = files.get(weights)!.buffer;
  return { load: () => Promise.resolve({ modelTopology, weightSpecs, weightData }) };
}

/** The model's outputs for squares, each `card.input.side` pixels wide. */
export async function answersTo(model: Model, squares: readonly Pixels[]): Promise<AgeAnswer[]> {
  if (squares.length === 0) return [];
  const { mirrorAverage, yearMap, widening } = model.card.answer;
  const said = tf.tidy(() => {
    const photos = photosOf(model.card, squares);
    return model.output.predict(mirrorAverage ? photos.concat(photos.reverse(2)) : photos);
  }) as tf.Tensor2D;
  const rows = await said.array();
  said.dispose();
  return squares.map((square, k) => {
    const row = meanOutput(rows.filter((_, row) => row % squares.length === k));
    return readAnswer(mapYears(row, yearMap), model.card, widerBy(square, widening));
  });
}

/** Overlays the Grad-CAM heat map of a group on a square: the crop in grey, with colours laid over. */
export async function explain(
  { card, network }: Model,
  { square, crop }: { square: Pixels; crop: Pixels },
  group: number,
): Promise<Pixels> {
  const map = tf.tidy(() => gradCam(network, photosOf(card, [square]), [group]));
  const [, height, width] = map.shape, values = await map.data() as Float32Array;
  map.dispose();
  return heatmap(values, height, width, crop, { grid: mapGrid(network) });
}

function photosOf({ input: { side, range } }: ModelCard, squares: readonly Pixels[]): tf.Tensor4D {
  const [black, full] = range, values = Float32Array.from(squares.flatMap(({ data }) => [...data]));
  const shape = [squares.length, side, side, 3] as [number, number, number, number];
  return tf.tensor4d(values, shape).mul((full - black) / 255).add(black);
}

function textOf(files: Files, name: string): string {
  return new TextDecoder().decode(files.get(name));
}
