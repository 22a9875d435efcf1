/** Models in bands by the stage of the search in which their training ended. */
import { ascending, descending, max } from "d3";

export interface Trained {
  epochs: number;
  /** The highest validation accuracy, 0 to 1. */
  valAccuracy: number;
  /** The end of the training; `diverged` where it led nowhere. */
  state: string;
}

/** Models whose training ended in one stage, the best first. */
export interface Band<Row> {
  heading: string;
  models: Row[];
}

/** Tells whether a model has no accuracy to be compared. */
export function isDiverged({ state, valAccuracy }: Trained): boolean {
  return state === "diverged" || !Number.isFinite(valAccuracy);
}

/**
 * Divides models into bands from the last stage to the first, and a last one for those that diverged.
 * Stages end where the search stopped models early.
 */
export function bandsOf<Row extends Trained>(rows: readonly Row[]): Band<Row>[] {
  const sound = rows.filter((row) => !isDiverged(row)), ends = stageEnds(sound);
  const stages = ends.map((end, stage) => {
    const start = ends[stage - 1] ?? 0;
    const own = sound.filter(({ epochs }) => start < epochs && epochs <= end);
    return { heading: headingOf(stage, ends), models: own.toSorted(byAccuracy) };
  });
  return [...stages.toReversed(), { heading: "diverged", models: rows.filter(isDiverged) }]
    .filter(({ models }) => models.length > 0);
}

/** The last epoch of each stage; infinite where the last stage stopped nobody early. */
function stageEnds(rows: readonly Trained[]): number[] {
  const early = rows.filter(({ state }) => state.startsWith("stopped early"));
  const ends = [...new Set(early.map(({ epochs }) => epochs))].sort(ascending);
  const last = max(rows, ({ epochs }) => epochs) ?? 0;
  return last > (ends.at(-1) ?? -1) ? [...ends, Infinity] : ends;
}

function headingOf(stage: number, ends: readonly number[]): string {
  if (ends.length === 1) return "all stages";
  const start = ends[stage - 1] ?? 0, end = ends[stage]!;
  const epochs = end === Infinity ? `after epoch ${start}` : `by epoch ${end}`;
  return `stage ${stage + 1}, training ended ${epochs}`;
}

function byAccuracy(a: Trained, b: Trained): number {
  return descending(a.valAccuracy, b.valAccuracy);
}
