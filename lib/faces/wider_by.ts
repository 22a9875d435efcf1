/** How many times as wide the range of a face is, by how sharp its square is. */
import type { Pixels } from "@/base/pixels.ts";
import { resizePlainly } from "@/faces/resize_square.ts";
import { SHARPNESS_SIDE, sharpnessOf } from "@/faces/warnings.ts";
import type { Widening } from "@/metrics/answer.ts";

/** Measures the square that a network sees: 1 for one that is as sharp as those of its training. */
export function widerBy(square: Pixels, widening: Widening | undefined): number {
  if (!widening) return 1;
  const sharpness = Math.max(sharpnessOf(resizePlainly(square, SHARPNESS_SIDE)), 1e-6);
  const { below, power, most } = widening;
  return sharpness >= below ? 1 : Math.min(below / sharpness, most) ** power;
}
