/** Normalises pixel values from bytes to numbers between 0 and 1, and compares the memory that this takes. */
import { range, sum } from "d3";
import { toRange } from "@/base/pixels.ts";

const INTENSITIES = 256;

/**
 * Divides bytes by 255, so that they lie between 0 and 1; nothing is subtracted.
 *
 * @example Black and white
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 *
 * deepEqual([...normalize(new Uint8Array([0, 255]))], [0, 1]);
 * ```
 */
export function normalize(bytes: Uint8Array): Float32Array {
  return toRange(bytes, INTENSITIES - 1, 0);
}

/** The share of values from a byte up to, not including, another: 0 to 256. */
export interface IntensityBin {
  from: number;
  to: number;
  share: number;
}

/**
 * Sums the counts of the 256 intensities in bins of equal width, from one byte up to another, 0 to 256.
 *
 * @param counts how often each intensity occurs, 256 numbers
 * @param bins how many bins; a divisor of 256
 *
 * @example Half of the values black, half white
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 *
 * const counts = Array.from({ length: 256 }, (_, byte) => byte === 0 || byte === 255 ? 5 : 0);
 * deepEqual(intensityBins(counts, 2), [
 *   { from: 0, to: 128, share: 0.5 },
 *   { from: 128, to: 256, share: 0.5 },
 * ]);
 * ```
 */
export function intensityBins(counts: ArrayLike<number>, bins = 64): IntensityBin[] {
  const width = INTENSITIES / bins, all = Array.from(counts), total = Math.max(sum(all), 1);
  return range(bins).map((bin) => {
    const from = bin * width, to = from + width;
    return { from, to, share: sum(all.slice(from, to)) / total };
  });
}

/**
 * Computes how many bytes squares take in memory: all as bytes, all as 64-bit numbers (as in the original study), and
 * one batch.
 *
 * @example A thousand photos of 100 pixels
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 *
 * const rows = bytesOf({ photos: new Array(1000), side: 100 }, { batch: 50 });
 * deepEqual(rows.map(({ MB }) => MB), [30, 240, 6]);
 * ```
 */
export function bytesOf(
  { photos, side }: { photos: readonly unknown[]; side: number },
  { batch }: { batch: number },
): { "kept as": string; photos: number; "bytes per value": number; MB: number }[] {
  const row = (kept: string, photos: number, bytes: number) => {
    const MB = photos * side * side * 3 * bytes / 1e6;
    return { "kept as": kept, photos, "bytes per value": bytes, MB };
  };
  return [
    row("bytes, on disk", photos.length, 1),
    row("64-bit numbers, all at once (the original)", photos.length, 8),
    row("32-bit numbers, a batch at a time", batch, 4),
  ];
}
