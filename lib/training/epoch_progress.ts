/** What a training tells while it runs: a bar in a terminal or notebook, a line an epoch in a log. */
import { duration, type Line, PAUSE, progressLine } from "@/base/progress.ts";
import { percent } from "@/base/text.ts";
import { type Epoch, mostEpochs, type Run } from "@/training/run.ts";

/**
 * Opens the bar of an epoch.
 *
 * @param count how many photos the epoch has
 * @returns what to call after each batch, with sums over those so far; the loss is summed over photos
 */
export function epochBar(run: Run, count: number, draw: Line) {
  const { spec, refit, history } = run, start = performance.now(), last = history.at(-1);
  const title = `${spec.id}, epoch ${history.length + 1} of at most ${mostEpochs(run)}`;
  const before = last ? `; ${validation(last, refit)}` : "";
  let drawn = 0;
  return async ({ loss, correct, photos }: Record<"loss" | "correct" | "photos", number>) => {
    if (performance.now() - drawn < PAUSE) return;
    drawn = performance.now();
    const line = progressLine(title, photos, count, (drawn - start) / 1000);
    await draw(`${line}; ${scores(loss / photos, correct / photos)}${before}`, false);
  };
}

/**
 * Writes the last epoch of a run as a line: losses and accuracies, its seconds, and the time that is left
 * at most, at the pace of the epochs so far.
 *
 * @param until the epoch to stop after, if the run does not finish before
 */
export function epochLine(
  { spec, refit, state, history }: Pick<Run, "history" | "refit" | "state"> & {
    spec: { id: string; epochs: number };
  },
  until: number,
): string {
  const last = history.at(-1)!, most = Math.min(until, mostEpochs({ spec, refit }));
  const seconds = history.reduce((sum, epoch) => sum + epoch.seconds, 0) / history.length;
  const left = state === "training" ? (most - last.epoch) * seconds : 0;
  return [
    `${spec.id}, epoch ${last.epoch} of at most ${most}: ${scores(last.loss, last.accuracy)}`,
    validation(last, refit),
    `${last.seconds.toFixed(1)} s`,
    ...left > 0 ? [`at most ${duration(left)} left`] : [],
  ].join("; ");
}

function validation({ valLoss, valAccuracy }: Epoch, refit: Run["refit"]): string {
  return `validation${refit ? " (trained on)" : ""} ${valLoss.toFixed(3)}, ${percent(valAccuracy)}`;
}

function scores(loss: number, accuracy: number): string {
  return `loss ${loss.toFixed(3)}, ${percent(accuracy)}`;
}
