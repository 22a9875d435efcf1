/** Draws from a source of random numbers: from a range, from a bell curve, from a list. */
import type { Random } from "@/base/random.ts";

export function between(random: Random, from: number, to: number): number {
  return from + (to - from) * random();
}

/**
 * Draws a number from a bell curve with mean 0 and standard deviation 1: the sum of six uniform numbers,
 * which, unlike a normal one, never exceeds 4.25.
 */
export function bell(random: Random): number {
  let sum = 0;
  for (let i = 0; i < 6; i++) sum += random();
  return (sum - 3) * Math.SQRT2;
}

/** Draws whether an event of this probability, 0 to 1, happens. */
export function chance(random: Random, share: number): boolean {
  return random() < share;
}

export function pick<T>(random: Random, items: readonly T[]): T {
  return items[Math.floor(random() * items.length)]!;
}

/** Draws an item of a list by weight; if all weights are 0, the last. */
export function pickWeighted<T>(
  random: Random,
  items: readonly T[],
  weight: (item: T) => number,
): T {
  const total = items.reduce((sum, item) => sum + weight(item), 0);
  let left = random() * total;
  return items.find((item) => (left -= weight(item)) < 0) ?? items.at(-1)!;
}
