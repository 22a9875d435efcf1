/** Random numbers from a seed: the same seed and purpose give the same numbers on every machine. */
import { shuffler } from "d3";
import seedrandom from "seedrandom";

/** A source of random numbers, uniform in [0, 1). */
export type Random = () => number;

/**
 * Creates a seeded random number generator for one named purpose. Two purposes never share numbers.
 *
 * @example The same seed gives the same numbers
 * ```ts
 * import { equal, notEqual } from "node:assert/strict";
 *
 * equal(createRandom(7, "split")(), createRandom(7, "split")());
 * notEqual(createRandom(7, "split")(), createRandom(7, "order")());
 * ```
 */
export function createRandom(seed: number, purpose: string): Random {
  return seedrandom.alea(`${seed} ${purpose}`);
}

/** Returns the items in a random order (Fisher-Yates), leaving the given list as it is. */
export function shuffle<T>(items: readonly T[], random: Random): T[] {
  return shuffler(random)([...items]);
}
