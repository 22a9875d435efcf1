/**
 * Grad-CAM: which parts of a photo a network used to predict a group.
 *
 * Source: R. Selvaraju et al., "Grad-CAM: Visual Explanations from Deep Networks via Gradient-based
 * Localization", 2017, section 3.
 */
import * as tf from "@tensorflow/tfjs";
import { interpolateInferno, mean, range, rgb } from "d3";
import { brightness, type Pixels } from "@/base/pixels.ts";

/** The place of a map's cells along a side of the photo, in shares of that side. */
export interface Grid {
  first: number;
  /** From the middle of one cell to that of the next: the width of a cell. */
  step: number;
}

/** Takes the years of other groups out of a sum of exponentials. */
const NEVER = 1e9;

/** The share of the colour in the brightest cells of a map. */
const OPACITY = 0.7;

/** All colours of the map, from least to most: d3 has 256 as well. */
const COLORS = range(256).map((step) => {
  const { r, g, b } = rgb(interpolateInferno(step / 256));
  return [r, g, b] as const;
});

/**
 * Finds for each photo the cells that spoke for a group: the channels of the last convolution, each
 * weighted by how much the group's score grows with it; what speaks against the group counts as 0.
 *
 * The channels are taken after ReLU and batch normalisation and before pooling; in a network of residual blocks, after
 * the last block. The score is the one before softmax; where a network answers with years, the logarithm of the sum over
 * the group's years. All photos are worked on at once. Earlier convolutions are finer, but their channels hold edges and
 * colours rather than what the scores are made of, so the last one's cells are drawn as cells ({@linkcode heatmap}).
 *
 * @param network as `buildNetwork()` makes them
 * @param photos `[photos, side, side, 3]`, values 0 to 1
 * @param groups the group asked about, for each photo
 * @returns a map for each photo, `[photos, height, width]`, values 0 to 1: each photo's greatest is 1, or all are 0 if
 * nothing speaks for the group; the caller disposes of it
 * @throws {RangeError} if the groups do not match the photos or the network's output, or there is no convolution
 */
export function gradCam(
  network: tf.LayersModel,
  photos: tf.Tensor4D,
  groups: number[],
): tf.Tensor3D {
  requireGroups(groups, photos.shape[0], network.outputs[0]!.shape[1]!);
  const { head, tail, outputs } = split(network);
  return tf.tidy(() => {
    const asked = tf.oneHot(tf.tensor1d(groups, "int32"), network.outputs[0]!.shape[1]!);
    // a photo's score depends on its own channels alone: the gradient of the sum is each one's own
    const score = (channels: tf.Tensor) => scores(outputs, follow(tail, channels)).mul(asked).sum();
    const channels = follow(head, photos);
    const importance = tf.grad(score)(channels).mean([1, 2], true);
    const maps = channels.mul(importance).sum(-1).relu();
    return maps.divNoNan(maps.max([1, 2], true)) as tf.Tensor3D;
  });
}

/**
 * Tells where the cells of {@linkcode gradCam}'s maps lie on a photo. Not all over it: convolutions
 * without padding lose the rim, and pooling loses a last odd row. The two paths of a residual block that
 * halves its input look half a cell apart; a cell lies midway.
 */
export function mapGrid(network: tf.LayersModel): Grid {
  const side = network.inputs[0]!.shape[1]!, { head } = split(network);
  const { first, step } = followAll(head, { first: 0.5, step: 1 }, gridAfter); // in pixels
  return { first: first / side, step: step / side };
}

/**
 * Lays a map in colours over a photo in grey, by d3's `interpolateInferno`. Each cell of the map has one colour, so that
 * the picture looks no finer than the map is; beyond the map's cells the grey is left as it is.
 *
 * @param map `height * width` values 0 to 1, row by row, as {@linkcode gradCam} finds them
 * @param options.grid where the map's cells lie, as {@linkcode mapGrid} tells; otherwise they fill the photo
 * @throws {RangeError} if the values do not match the map's size
 */
export function heatmap(
  map: Float32Array,
  height: number,
  width: number,
  photo: Pixels,
  { grid }: { grid?: Grid } = {},
): Pixels {
  requireMap(map, height, width);
  const rows = cellsAlong(photo.height, height, grid);
  const columns = cellsAlong(photo.width, width, grid);
  const data = new Uint8Array(photo.data.length);
  let at = 0;
  for (const row of rows) {
    for (const column of columns) {
      const value = row === null || column === null ? null : map[row * width + column]!;
      for (const color of tinted(brightness(photo.data, at), value)) data[at++] = color;
    }
  }
  return { width: photo.width, height: photo.height, data };
}

/** The window that a layer moves over its input, by its settings, if it has one. */
interface Windowed {
  kernelSize?: number[];
  poolSize?: number[];
  strides?: number[];
  padding?: string;
}

/** The layers up to the last of the last convolution's shape, those behind, and the one or two that give the scores. */
function split(network: tf.LayersModel) {
  const layers = network.layers.filter((layer) => layer.getClassName() !== "InputLayer");
  const names = layers.map((layer) => layer.getClassName());
  const last = layers[names.lastIndexOf("Conv2D")];
  if (!last) {
    throw new RangeError(
      `Cannot compute Grad-CAM of the network ${network.name}: none of its layers ` +
        `(${names.join(", ")}) is a convolution`,
    );
  }
  const shape = (layer: tf.layers.Layer) => [layer.getOutputAt(0)].flat()[0]!.shape.join();
  const end = 1 + layers.findLastIndex((layer) => shape(layer) === shape(last));
  const sumsYears = layers.at(-2)?.getConfig().activation === "softmax"; // the last layer, of years
  const outputs = layers.slice(sumsYears ? -2 : -1);
  return { head: layers.slice(0, end), tail: layers.slice(end, -outputs.length), outputs };
}

/** Leads something through layers in their order, each given what those before it made; returns the last one's. */
function followAll<T>(
  layers: tf.layers.Layer[],
  given: T,
  apply: (layer: tf.layers.Layer, inputs: T[]) => T,
): T {
  const made = new Map<string, T>();
  for (const layer of layers) {
    const before = layer.inboundNodes[0]!.inboundLayers;
    made.set(layer.name, apply(layer, before.map(({ name }) => made.get(name) ?? given)));
  }
  return made.get(layers.at(-1)?.name ?? "") ?? given;
}

/** Applies layers to values, as in predicting. */
function follow(layers: tf.layers.Layer[], values: tf.Tensor): tf.Tensor {
  return followAll(layers, values, (layer, inputs) => (
    layer.apply(inputs.length === 1 ? inputs[0]! : inputs, { training: false }) as tf.Tensor
  ));
}

/** Places the cells of a layer's output, from the places of its inputs' cells. */
function gridAfter(layer: tf.layers.Layer, inputs: Grid[]): Grid {
  const { kernelSize, poolSize, strides, padding } = layer.getConfig() as Windowed;
  const window = (kernelSize ?? poolSize)?.[0] ?? 1, stride = strides?.[0] ?? 1;
  const first = mean(inputs, ({ first }) => first)!, { step } = inputs[0]!;
  const [size] = [layer.getInputAt(0)].flat().map(({ shape }) => shape[1]!);
  const before = padding === "same" ? paddingBefore(size!, window, stride) : 0;
  return { first: first + step * ((window - 1) / 2 - before), step: step * stride };
}

/** Zeros that TensorFlow puts before a row of `size` pixels, so that all of it is seen. */
function paddingBefore(size: number, window: number, stride: number): number {
  const missing = (Math.ceil(size / stride) - 1) * stride + window - size;
  return Math.floor(Math.max(missing, 0) / 2);
}

/** Computes the groups' scores before softmax, `[photos, groups]`, but for a constant. */
function scores([output, sums]: tf.layers.Layer[], values: tf.Tensor): tf.Tensor {
  const [kernel, bias] = output!.getWeights();
  const products = values.matMul(kernel!); // less the bias, which has no say in a gradient
  if (!sums) return products;
  const others = sums.getWeights()[0]!.sub(1).mul(NEVER);
  return products.add(bias!).expandDims(2).add(others).logSumExp(1);
}

/** The cell that each of `size` pixels along a side lies in; null beyond the first and the last. */
function cellsAlong(
  size: number,
  count: number,
  { first, step }: Grid = { first: 0.5 / count, step: 1 / count },
): (number | null)[] {
  return range(size).map((pixel) => {
    const cell = Math.floor(((pixel + 0.5) / size - first) / step + 0.5);
    return cell >= 0 && cell < count ? cell : null;
  });
}

/** A grey pixel with the colour of a value laid over it, where it has one. */
function tinted(grey: number, value: number | null): number[] {
  // half as thick where it is black, or dark faces would vanish beneath
  const share = value === null ? 0 : OPACITY * (0.5 + value * 0.5);
  const colors = COLORS[Math.min(Math.floor((value ?? 0) * 256), 255)]!;
  return colors.map((color) => Math.round(grey + share * (color - grey)));
}

function requireGroups(groups: number[], photos: number, known: number): void {
  if (groups.length !== photos) {
    const fault = `${photos} photos, but ${groups.length} groups; name one group for each photo`;
    throw new RangeError(`Cannot compute Grad-CAM: ${fault}`);
  }
  const unknown = groups.find((group) => !(Number.isInteger(group) && group >= 0 && group < known));
  if (unknown === undefined) return;
  throw new RangeError(
    `Cannot compute Grad-CAM for group ${unknown}: the network's groups are 0 to ${known - 1}`,
  );
}

function requireMap(map: Float32Array, height: number, width: number): void {
  if (map.length === height * width && map.length > 0) return;
  throw new RangeError(
    `Cannot draw ${map.length} values as a map of ${height} by ${width} cells: ` +
      "it takes one for each cell, and at least one cell",
  );
}
