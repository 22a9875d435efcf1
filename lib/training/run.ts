/** A run: one training of one model, as a record. */
import type { Spec } from "@/model/spec.ts";
import type { Arithmetic } from "@/native/arithmetic.ts";
import type { Fold, SplitKind } from "@/study/folds.ts";
import type { Shares } from "@/study/split.ts";

/** The results of one epoch. Losses include the L2 penalties; those of training, class weights too. */
export interface Epoch {
  /** Number of the epoch, from 1. */
  epoch: number;
  loss: number;
  /** Share of correct predictions during training, 0 to 1, while the weights change. */
  accuracy: number;
  valLoss: number;
  valAccuracy: number;
  seconds: number;
}

/** The progress of a run. */
export type RunState = "training" | "finished" | "diverged";

/** The setting that defines a run: two runs that agree in all of it are the same. */
export interface RunSetting {
  spec: Spec;
  /** Name of the data set. */
  data: string;
  side: number;
  split: SplitKind;
  /** The fold that is the test, if the photos are divided into folds. */
  fold?: Fold;
  /** Shares of the photos to train with and to validate with, where they are not the original's. */
  shares?: Shares;
  /** For how many epochs it trains on validation as well: nothing is left then to choose one by. */
  refit?: { epochs: number };
  seed: number;
  /** Identifies the photos and labels; earlier runs have none. */
  fingerprint?: string;
  /** Photos in the three parts. */
  photos: { train: number; validation: number; test: number };
}

/** The whole record of a run. */
export interface Run extends RunSetting {
  state: RunState;
  history: Epoch[];
  /**
   * The epoch with the highest validation accuracy, the first of equals; the last one of a refit; 0 before the
   * first epoch.
   */
  bestEpoch: number;
  versions: Record<string, string>;
  /** The arithmetic of the run: the same bytes everywhere, or this machine's, as all earlier runs were. */
  arithmetic?: Arithmetic;
}

/**
 * How the photos of a run are split. Earlier runs, which have no fingerprint, were split as the original
 * study did where they say "photo".
 */
export function protocolOf(
  { fingerprint, split }: Pick<RunSetting, "fingerprint" | "split">,
): SplitKind {
  return fingerprint === undefined && split === "photo" ? "original" : split;
}

/** Tells whether a run need not be trained on up to an epoch. */
export function isOver(
  { state, history }: Pick<Run, "state" | "history">,
  until: number,
): boolean {
  return state !== "training" || history.length >= until;
}

/**
 * For how many epochs a refit trains, given the run before it, which validation scored: to the end of a falling learning rate;
 * where the rate is constant, to the epoch that was best.
 */
export function refitEpochs({ spec, bestEpoch }: Pick<Run, "spec" | "bestEpoch">): number {
  return spec.recipe?.schedule.kind === "cosine" ? spec.epochs : bestEpoch;
}

/** The greatest number of epochs of a run: its model's, or that of a refit. */
export function mostEpochs(
  { spec, refit }: Pick<RunSetting, "refit"> & { spec: { epochs: number } },
): number {
  return refit?.epochs ?? spec.epochs;
}

/** Adds an epoch to a run: finds the best epoch anew, and whether the run is finished. */
export function updateBestEpoch(run: Run, epoch: Epoch): Run {
  const { spec, refit } = run, history = [...run.history, epoch];
  const best = refit ? epoch : history.reduce((a, b) => b.valAccuracy > a.valAccuracy ? b : a);
  const lowest = refit ? epoch : history.reduce((a, b) => b.valLoss < a.valLoss ? b : a);
  const waited = history.length - lowest.epoch >= spec.patience;
  const state = waited || history.length >= mostEpochs(run) ? "finished" : "training";
  return { ...run, history, bestEpoch: best.epoch, state };
}
