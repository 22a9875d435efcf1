/**
 * A network from a published start: MobileNet v1 as the npm package `@vladmandic/human` ships it for faces
 * (`faceres`), with the years as a head of our own.
 *
 * Source of the architecture: Howard et al., "MobileNets" (2017), table 1. The package's graph has its batch
 * normalisations folded into a factor and a shift for each channel; here the factor is part of the kernel.
 */
import * as tf from "@tensorflow/tfjs";
import { AGE_GROUPS } from "@/dataset/age_group.ts";
import { convolve } from "@/native/convolution.ts";
import { multiply } from "@/native/matmul.ts";
import { convolveSeparably, hasSeparable } from "@/native/separable.ts";
import { groupMembership } from "@/model/network.ts";
import { YEARS } from "@/model/recipe.ts";

/** Channels after each pair of a depthwise and a pointwise convolution, and the stride of the former. */
const PAIRS = [
  { channels: 64, stride: 1 },
  { channels: 128, stride: 2 },
  { channels: 128, stride: 1 },
  { channels: 256, stride: 2 },
  { channels: 256, stride: 1 },
  { channels: 512, stride: 2 },
  ...Array.from({ length: 5 }, () => ({ channels: 512, stride: 1 })),
  { channels: 1024, stride: 2 },
  { channels: 1024, stride: 1 },
] as const;

/** The mean colour that the package's network was trained with, blue, green, red, 0 to 255. */
const MEAN_COLOR = [103.939, 116.779, 123.68];

/** The layer whose output is the code of a face, `[photos, 1024]`. */
export const CODE_LAYER = "global_average";

/** Weights by their names in the package. */
export type PublishedWeights = Readonly<Record<string, tf.Tensor>>;

/**
 * Builds the network: photos `[photos, side, side, 3]` of values 0 to 1, red, green, blue, go in; the
 * probabilities `[photos, 5]` of the age groups come out, as sums of those of the years, which the layer
 * `years` has.
 *
 * The first layer, `colors`, makes of such photos what the package's network takes: blue first, 0 to 255,
 * less the mean colour. Neither it nor the sums are trained.
 *
 * @param side 224 as the published weights were trained; a smaller one is faster
 *
 * @example Its size
 * ```ts
 * import { buildMobileNet } from "@/model/mobile_net.ts";
 * import { disposeNetwork } from "@/model/network.ts";
 * import { equal } from "node:assert/strict";
 *
 * const network = buildMobileNet({ side: 32 });
 * equal(network.countParams(), 3_300_074);
 * disposeNetwork(network);
 * ```
 */
export function buildMobileNet({ side, dropout = 0 }: {
  side: number;
  dropout?: number;
}): tf.LayersModel {
  const inputs = tf.input({ name: "input", shape: [side, side, 3] });
  const layers = [
    tf.layers.conv2d({ name: "colors", filters: 3, kernelSize: 1, trainable: false }),
    convolution("conv1", { filters: 32, kernel: 3, stride: 2 }),
    ...PAIRS.flatMap(({ channels, stride }, k) => [
      depthwise(`conv_dw_${k + 1}`, stride),
      convolution(`conv_pw_${k + 1}`, { filters: channels, kernel: 1, stride: 1 }),
    ]),
    tf.layers.globalAveragePooling2d({ name: CODE_LAYER }),
    ...(dropout ? [tf.layers.dropout({ name: "dropout", rate: dropout })] : []),
    tf.layers.dense({
      ...{ name: "years", units: YEARS, activation: "softmax" as const },
      kernelInitializer: "zeros",
    }),
    tf.layers.dense({
      ...{ name: "output", units: AGE_GROUPS.length, useBias: false, trainable: false },
    }),
  ];
  const outputs = layers.reduce(
    (values, layer) => layer.apply(values) as tf.SymbolicTensor,
    inputs as tf.SymbolicTensor,
  );
  const network = tf.model({ name: "mobile_net", inputs, outputs });
  tf.tidy(() => {
    network.getLayer("colors").setWeights(toPublishedColors());
    network.getLayer("output").setWeights([groupMembership()]);
  });
  return network;
}

/**
 * Makes of a network what tells the probabilities of the years, `[photos, 101]`, of photos `[photos, side, side, 3]`,
 * values 0 to 1. On the native library, each pair of convolutions is one op, which takes five sixths of the time of the
 * layers one by one; both give the same, except for rounding.
 */
export function yearsOf(network: tf.LayersModel): (photos: tf.Tensor4D) => tf.Tensor2D {
  if (hasSeparable()) return (photos) => inferByOps(network, photos);
  const outputs = network.getLayer("years").output as tf.SymbolicTensor;
  const part = tf.model({ inputs: network.inputs, outputs });
  return (photos) => part.predict(photos) as tf.Tensor2D;
}

function inferByOps(network: tf.LayersModel, photos: tf.Tensor4D): tf.Tensor2D {
  return tf.tidy(() => {
    const weights = (layer: string) =>
      network.getLayer(layer).getWeights() as [tf.Tensor, tf.Tensor];
    const plain = (layer: string, values: tf.Tensor, stride: number) => {
      const [kernel, bias] = weights(layer);
      return convolve(values, kernel, { padding: "same", stride }, { bias, relu: false });
    };
    const first = plain("conv1", plain("colors", photos, 1), 2).clipByValue(0, 6);
    const last = PAIRS.reduce((values, { stride }, k) => {
      const [depthwise, middleBias] = weights(`conv_dw_${k + 1}`);
      const [pointwise, bias] = weights(`conv_pw_${k + 1}`), slopes = tf.zerosLike(bias);
      return tf.tidy(() => (
        convolveSeparably(values, { depthwise, middleBias, pointwise, bias, slopes }, {
          ...{ stride, shortcut: null, six: true },
        })
      ));
    }, first);
    const [kernel, bias] = weights("years");
    const years = multiply(last.mean([1, 2]), kernel, { bias, relu: false });
    return tf.softmax(years as tf.Tensor2D);
  });
}

/** Gives a network the published weights: all but those of the head. */
export function setPublishedWeights(network: tf.LayersModel, published: PublishedWeights): void {
  tf.tidy(() => {
    set("conv1", "conv1");
    PAIRS.forEach((_, k) => {
      const name = `conv_dw_${k + 1}`, factor = get(`${name}_bn/batchnorm_1/mul`);
      const kernel = get(`${name}/depthwise_kernel`).mul(factor.reshape([1, 1, -1, 1]));
      network.getLayer(name).setWeights([kernel, get(`${name}_bn/batchnorm_1/sub`)]);
      set(`conv_pw_${k + 1}`, `conv_pw_${k + 1}`);
    });
  });

  function set(layer: string, name: string): void {
    const kernel = get(`${name}/convolution/merged_input`);
    network.getLayer(layer).setWeights([kernel, get(`${name}_bn/batchnorm_1/sub`)]);
  }

  function get(name: string): tf.Tensor {
    const tensor = published[name];
    if (!tensor) throw new Error(`The published network has no weights named ${name}`);
    return tensor;
  }
}

/** Kernel and bias that turn red, green, blue of 0 to 1 into what the published network takes. */
function toPublishedColors(): tf.Tensor[] {
  const swapped = [[0, 0, 255], [0, 255, 0], [255, 0, 0]];
  return [tf.tensor2d(swapped).reshape([1, 1, 3, 3]), tf.tensor1d(MEAN_COLOR.map((mean) => -mean))];
}

function convolution(
  name: string,
  { filters, kernel, stride }: { filters: number; kernel: number; stride: number },
): tf.layers.Layer {
  return tf.layers.conv2d({
    ...{ name, filters, kernelSize: kernel, strides: stride },
    ...{ padding: "same", activation: "relu6", kernelInitializer: "zeros" },
  });
}

function depthwise(name: string, stride: number): tf.layers.Layer {
  return tf.layers.depthwiseConv2d({
    ...{ name, kernelSize: 3, strides: stride, padding: "same", activation: "relu6" },
    depthwiseInitializer: "zeros",
  });
}
