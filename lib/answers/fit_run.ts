/**
 * Fitting how a run's answers are to be read.
 *
 * @module
 */
import { openModel } from "@/answers/open_model.ts";
import { fitAnswer } from "@/metrics/part_results.ts";
import { readRunAnswer, writeRunAnswer } from "@/answers/run_answer.ts";
import { answeredOf } from "@/answers/ship.ts";
import type { CardAnswer } from "@/metrics/answer.ts";
import type { Study } from "@/study/study.ts";

/**
 * Fits temperature, sets of groups and range of years on the validation part, for the weights of a run's best epoch,
 * and keeps them in its folder, where `openModel()` finds them. What is kept already for these weights is returned.
 *
 * @param study the study that the run was trained in
 * @throws {Error} if the folder holds no run, or one without weights
 */
export async function fitRun(
  folder: string,
  study: Pick<Study, "data" | "validation">,
): Promise<CardAnswer> {
  const model = await openModel(folder);
  try {
    const kept = await readRunAnswer(folder, model.run!);
    if (kept) return kept;
    const validation = await answeredOf(model, study.data, study.validation);
    const answer = fitAnswer(validation, model.card);
    await writeRunAnswer(folder, model.run!, answer);
    return answer;
  } finally {
    model.dispose();
  }
}
