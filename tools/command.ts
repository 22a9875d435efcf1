/**
 * What the commands share: reading options, and ending with a message in place of a stack trace.
 *
 * @module
 */
import type { SplitOptions } from "@/study/split.ts";

/**
 * Does the work of a command, or tells how it is used where `--help` asks for that. An error ends it
 * with code 1 and its message; a TypeError, which speaks of the command's own words, with how the
 * command is used, too.
 */
export async function runCommand(usage: string, work: () => Promise<void>): Promise<void> {
  if (Deno.args.includes("--help")) return console.log(usage);
  try {
    await work();
  } catch (error) {
    console.error(`\n${error instanceof Error ? error.message : error}`);
    if (error instanceof TypeError) console.error(usage);
    Deno.exit(1);
  }
}

/**
 * Reads a whole number from the text of an option.
 *
 * @param least the smallest number taken, 0 unless told
 * @throws {TypeError} where the text is no such number
 */
export function wholeNumber(option: string, text: string, least?: number): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= (least ?? 0)) return number;
  const from = least === undefined ? "" : ` from ${least} on`;
  throw new TypeError(`--${option} takes a whole number${from}, not "${text}"`);
}

/**
 * Reads how to split from the text of an option.
 *
 * @throws {TypeError} where there is no such split
 */
export function splitKind(text: string): SplitOptions["kind"] {
  if (text === "photo" || text === "subject") return text;
  throw new TypeError(`A split is by photo or by subject, not by "${text}"`);
}
