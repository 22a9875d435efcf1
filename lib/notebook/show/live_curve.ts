/** The curve of a training, drawn while it runs. */
import { display } from "@/base/display.ts";
import { trainingFigure } from "@/figures/results/training.ts";
import { figureHtml, titleOf } from "@/notebook/show/figure.ts";
import type { Run } from "@/training/run.ts";

/**
 * Draws the accuracies of a training against its epochs, below the cell that trains, anew after each
 * epoch in the same place. What stays depends on the run's history alone, so that a cell that finds its
 * run finished shows the same.
 *
 * @returns what `train()` takes as `onEpoch`
 *
 * @example A training with its curve
 * ```ts ignore
 * const run = await train(folder, setting, study, { onEpoch: liveCurve() });
 * ```
 */
export function liveCurve(): (run: Pick<Run, "history">, last: boolean) => Promise<void> {
  const id = crypto.randomUUID();
  let update = false;
  return async ({ history }, last) => {
    const svg = trainingFigure(history);
    const data = { "text/html": figureHtml(svg, titleOf(svg)), "text/plain": "accuracy by epoch" };
    await display(data, { id, update, more: !last });
    update = true;
  };
}
