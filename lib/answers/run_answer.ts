/**
 * The answer's rules that were fitted on validation for a run, `answer.json` in its folder: the temperature, sets of
 * groups, and the range of years. A run has no model card; a model that ships has all of it there.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { writeText } from "@/base/files.ts";
import type { CardAnswer } from "@/metrics/answer.ts";
import type { Run } from "@/training/run.ts";

const ANSWER = "answer.json";

/** A run, or the epoch whose weights the rules were fitted for. */
type Fitted = Pick<Run, "bestEpoch">;

/** Reads the rules that were fitted for a run; null if there are none, or those of another epoch's weights. */
export async function readRunAnswer(folder: string, run: Fitted): Promise<CardAnswer | null> {
  const path = join(folder, ANSWER);
  if (!existsSync(path)) return null;
  const kept: Fitted & { answer: CardAnswer } = JSON.parse(await Deno.readTextFile(path));
  return kept.bestEpoch === run.bestEpoch ? kept.answer : null;
}

/** Writes the rules that were fitted for a run into its folder. */
export async function writeRunAnswer(folder: string, { bestEpoch }: Fitted, answer: CardAnswer) {
  const text = JSON.stringify({ bestEpoch, answer }, null, 2) + "\n";
  await writeText(join(folder, ANSWER), text);
}
