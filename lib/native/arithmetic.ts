/**
 * Which arithmetic results are computed with. It is decided here, before TensorFlow is loaded.
 *
 * Pinned is the rule: every sum has an order that depends on the sizes of the work alone, and every operation is
 * rounded as IEEE 754 says, so that the same photos, setting and seed give the same bytes on every x86-64 processor
 * with AVX2, with any number of threads. Native takes whatever is fastest on this machine (`docs/arithmetic.md`).
 */
import process from "node:process";

/** Pinned gives the same bytes on all processors with AVX2; native gives this machine's. */
export type Arithmetic = "pinned" | "native";

export const ARITHMETICS: readonly Arithmetic[] = ["pinned", "native"];

/** The environment variable that asks for an arithmetic; processes that are started inherit it. */
export const VARIABLE = "HUMAN_AGE_ARITHMETIC";

/**
 * Reads which arithmetic the words behind a command, such as `--arithmetic native`, or else a variable ask for.
 *
 * @throws {RangeError} if it is asked for one that there is not
 */
export function readArithmetic(words: readonly string[], variable: string | undefined): Arithmetic {
  const asked = optionOf(words) ?? (variable || "pinned");
  const found = ARITHMETICS.find((name) => name === asked);
  if (found) return found;
  throw new RangeError(`There is no arithmetic "${asked}": it is ${ARITHMETICS.join(" or ")}.`);
}

function optionOf(words: readonly string[]): string | undefined {
  const at = words.findLastIndex((word) => /^--arithmetic(=|$)/.test(word));
  return at < 0 ? undefined : words[at]!.split("=")[1] ?? words[at + 1] ?? "";
}

/**
 * The arithmetic that is asked for; `arithmeticInUse()` tells whether this machine can keep to it. A word that is not
 * understood asks for nothing here: the command whose option it is refuses it.
 *
 * @throws {RangeError} if the variable names an arithmetic that there is not
 */
export function askedArithmetic(): Arithmetic {
  const words = process.argv.slice(2), word = optionOf(words);
  const isKnown = ARITHMETICS.some((name) => name === word);
  return readArithmetic(isKnown ? words : [], process.env[VARIABLE]);
}
