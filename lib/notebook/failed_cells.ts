/**
 * Advice in a cell that needs a name from a cell that has failed.
 *
 * Deno's kernel runs the cells after a failed one, too, and each of these ends in "... is not defined".
 */
import { inNotebook } from "@/base/display.ts";

/** The advice behind the name that is not defined. */
const ADVICE =
  "The cell that defines it has failed or has not been run. Run the cells again from the " +
  "first one with an error; if none shows an error, look for a missing bracket, which shows nothing.";

/** Writes an error as cells show it: an undefined name as a sentence, all others with their trace. */
export function explain(error: Error, trace: readonly { toString(): string }[]): string {
  const name = error instanceof ReferenceError &&
    error.message.match(/^(\S+) is not defined$/)?.[1];
  if (!name) return [String(error), ...trace.map((frame) => `    at ${frame}`)].join("\n");
  error.message = `${name} is not defined. ${ADVICE}`;
  return String(error);
}

// V8 asks this function for the trace of each error
if (inNotebook()) Object.assign(Error, { prepareStackTrace: explain });
