/**
 * MobileNet v1, as the npm package `@vladmandic/human` ships it for faces (`faceres`), without its head.
 *
 * Source of the architecture: Howard et al., "MobileNets" (2017), table 1. The package's graph has its batch
 * normalisations folded into a factor and a shift for each channel; here the factor is part of the kernel.
 */
import type { StartSpec } from "@/model/spec.ts";

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

/** The first convolution, and each pair. */
export const STEPS = 1 + PAIRS.length;

/** The layer that makes of photos what the published network takes; it is never trained. */
export const COLORS = "colors";

/** The mean colour that the published network was trained with, blue, green, red, 0 to 255. */
export const MEAN_COLOR = [103.939, 116.779, 123.68];

/** Lists its layers up to the last feature maps; the first steps are frozen. */
export function mobileNetLayers({ frozen }: Pick<StartSpec, "frozen">) {
  const clipped = { kind: "convolution", activation: "relu6", stride: 1, padding: "same" } as const;
  const weights = { bias: true, l2: 0, maxNorm: null, empty: true };
  const convolution = (name: string, filters: number, kernel: number) => (
    { ...clipped, ...weights, name, filters, kernel }
  );
  const isFrozen = (step: number) => ({ frozen: step < frozen });
  return [
    { ...convolution(COLORS, 3, 1), activation: "linear" as const, frozen: true },
    { ...convolution("conv1", 32, 3), stride: 2, ...isFrozen(0) },
    ...PAIRS.flatMap(({ channels, stride }, k) => [
      {
        kind: "depthwise convolution" as const,
        name: `conv_dw_${k + 1}`,
        stride,
        ...isFrozen(k + 1),
      },
      { ...convolution(`conv_pw_${k + 1}`, channels, 1), ...isFrozen(k + 1) },
    ]),
  ];
}
