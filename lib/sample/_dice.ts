/**
 * Draws from a source of random numbers: from a range, from a bell curve, from a list.
 *
 * @module
 */
import type { Random } from "@/base/random.ts";

/** A number between two others, each as likely as any. */
export function between(random: Random, from: number, to: number): number {
  return from + (to - from) * random();
}

/**
 * A number from a bell curve around zero whose spread is 1: the sum of six uniform numbers, which,
 * unlike the normal curve, never strays beyond 4.25.
 */
export function bell(random: Random): number {
  let sum = 0;
  for (let i = 0; i < 6; i++) sum += random();
  return (sum - 3) * Math.SQRT2;
}

/** Whether something happens that has this chance, 0 to 1. */
export function chance(random: Random, share: number): boolean {
  return random() < share;
}

/** One item of a list, each as likely as any. */
export function pick<T>(random: Random, items: readonly T[]): T {
  return items[Math.floor(random() * items.length)]!;
}

/** One item of a list, as likely as its weight; where all weigh nothing, the last. */
export function pickWeighted<T>(
  random: Random,
  items: readonly T[],
  weight: (item: T) => number,
): T {
  const total = items.reduce((sum, item) => sum + weight(item), 0);
  let left = random() * total;
  return items.find((item) => (left -= weight(item)) < 0) ?? items.at(-1)!;
}
