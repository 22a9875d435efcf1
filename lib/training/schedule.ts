/** Learning rates, a step at a time. */
import type { Schedule } from "@/model/recipe.ts";

/** The place of a step in its training. */
export interface Progress {
  /** Number of the step, from 0, over all epochs. */
  step: number;
  stepsPerEpoch: number;
  /** The epochs that the training is planned for. */
  epochs: number;
}

/**
 * The learning rate of a step, from the highest rate of the schedule.
 *
 * Source of the cosine: I. Loshchilov, F. Hutter, "SGDR" (2017).
 *
 * @throws {RangeError} if the warm-up is longer than the training
 */
export function learningRateAt(schedule: Schedule, highest: number, progress: Progress): number {
  return schedule.kind === "constant" ? highest : highest * cosineShare(schedule.warmUp, progress);
}

/** The share of the highest rate, above 0 for every step up to the last. */
function cosineShare(warmUp: number, { step, stepsPerEpoch, epochs }: Progress): number {
  const rising = Math.round(warmUp * stepsPerEpoch), all = epochs * stepsPerEpoch;
  if (rising > all) {
    throw new RangeError(`Cannot warm up for ${warmUp} epochs in a training of ${epochs}`);
  }
  if (step < rising) return (step + 1) / rising;
  const done = Math.min((step - rising) / (all - rising), 1);
  return (1 + Math.cos(Math.PI * done)) / 2;
}
