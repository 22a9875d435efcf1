/** The table of an ablation: each network's measures, and their difference from another's over several seeds. */
import { greatest, group, mean, rollup, sum } from "d3";
import { accuracy, balancedAccuracy, type Groups, oneOffAccuracy } from "@/metrics/metrics.ts";
import { bootstrapInterval } from "@/metrics/interval.ts";

/** The three ways to ask what a thing gives. */
export type AblationPart = "from IV" | "less" | "with";

/** A network of an ablation, and what it is compared with. */
export interface Compared {
  part: AblationPart;
  /** Its difference from the network that it is compared with, in a few words. */
  change: string;
  /** The id of the network that it is compared with; null for the first. */
  than: string | null;
  spec: { id: string };
  trained: { id: string };
}

export interface AblationOutcome {
  id: string;
  seed: number;
  predicted: Groups;
}

/** A network's line in the table; shares are 0 to 1, a difference of 0.01 is a percentage point. */
export interface AblationResult extends Omit<Compared, "spec" | "trained"> {
  id: string;
  /** Seeds that it was trained from so far. */
  seeds: number;
  photos: number;
  /** Means over the seeds; null before the first. */
  balancedAccuracy: number | null;
  accuracy: number | null;
  oneOffAccuracy: number | null;
  /** Balanced accuracy less the other network's, the mean over the seeds that both have, and its 95% interval. */
  difference: number | null;
  low: number | null;
  high: number | null;
  /** The interval is over seeds, or, where no network like it has two of them, photos. */
  over: "seeds" | "photos" | null;
}

/**
 * Tabulates an ablation, whole or in part.
 *
 * Networks of the same seed are compared on the same photos. The interval of a mean difference is Student's. How
 * far trainings scatter is taken from many networks together, because a few seeds tell too little of a single one:
 * from all on the way to the network, whose incomplete recipes scatter much; from the network and all that have one
 * thing less or more; and for another way of answering, from the two that are compared. It does not tell how other
 * photos would differ. With a single seed, the interval tells that instead: photos are drawn anew.
 *
 * @throws {RangeError} if an outcome has not one prediction a photo
 */
export function ablationTable(
  rows: readonly Compared[],
  outcomes: readonly AblationOutcome[],
  truth: Groups,
): AblationResult[] {
  const scores = outcomes.map(({ id, seed, predicted }) => (
    { id, seed, score: balancedAccuracy(truth, predicted) }
  ));
  const spreadOf = (pool: readonly Compared[]) =>
    pooledSpread(pool.flatMap(({ spec, than }) => than ? [spec.id, than] : spec.id), scores);
  const spreads = rollup(rows, spreadOf, (row) => poolOf(row, rows));
  return rows.map((row) => {
    const { part, change, than, spec } = row, own = outcomes.filter(({ id }) => id === spec.id);
    const pairs = own.flatMap(({ seed, predicted }): Pair[] => {
      const other = outcomes.find((outcome) => outcome.id === than && outcome.seed === seed);
      return other ? [[predicted, other.predicted]] : [];
    });
    const meanOf = (measure: typeof accuracy) =>
      mean(own, ({ predicted }) => measure(truth, predicted)) ?? null;
    return {
      ...{ id: spec.id, part, change, than, seeds: own.length, photos: truth.length },
      balancedAccuracy: meanOf(balancedAccuracy),
      accuracy: meanOf(accuracy),
      oneOffAccuracy: meanOf(oneOffAccuracy),
      ...intervalOf(pairs, truth, spreads.get(poolOf(row, rows))!),
    };
  });
}

/** Predictions of a network and of the one it is compared with, of one seed. */
type Pair = [own: Groups, other: Groups];

/**
 * The networks that a row's scatters like, by a name. One that only answers in another way is compared with the same
 * training, so that its difference is like no other.
 */
function poolOf({ part, than, spec, trained }: Compared, rows: readonly Compared[]): string {
  const other = rows.find(({ spec }) => spec.id === than);
  if (other?.trained.id === trained.id) return spec.id;
  return part === "from IV" ? "on the way" : "around the network";
}

function differencesOf(pairs: readonly Pair[], truth: Groups, times?: Groups): number[] {
  return pairs.map(([own, other]) => (
    balancedAccuracy(truth, own, times) - balancedAccuracy(truth, other, times)
  ));
}

/** The scatter of differences of one seed. */
type Spread = { deviation: number; freedom: number };

type Score = { id: string; seed: number; score: number };

/**
 * Estimates how far differences between networks scatter from seed to seed, from those that were trained from all of
 * the first seeds, of as many as tell most; null before there are two of both. What is left of the scores, less the
 * levels of network and seed, scatters half as much, in squares, as a difference of two.
 */
function pooledSpread(ids: readonly string[], scores: readonly Score[]): Spread | null {
  const own = scores.filter(({ id }) => ids.includes(id));
  const seeds = [...new Set(own.map(({ seed }) => seed))];
  const whole = seeds.map((_, k) => completeScores(own, seeds.slice(0, k + 1)));
  const most = greatest(whole, ({ freedom }) => freedom);
  if (!most || most.freedom <= 0) return null;
  const { complete, freedom } = most;
  const squares = sum(residuals(complete), (value) => value ** 2);
  return { deviation: Math.sqrt(2 * squares / freedom), freedom };
}

/** The scores with some seeds, of the networks that have all of these. */
function completeScores(scores: readonly Score[], seeds: readonly number[]) {
  const own = scores.filter(({ seed }) => seeds.includes(seed));
  const networks = [...group(own, ({ id }) => id).values()]
    .filter(({ length }) => length === seeds.length);
  return { complete: networks.flat(), freedom: (networks.length - 1) * (seeds.length - 1) };
}

/** Computes the residuals of scores, less the levels of their network and seed. */
function residuals(scores: readonly Score[]): number[] {
  const levelOf = (own: readonly Score[]) => mean(own, ({ score }) => score)!;
  const levels = (key: "id" | "seed") => rollup(scores, levelOf, (own) => own[key]);
  const level = levelOf(scores), networks = levels("id"), seeds = levels("seed");
  return scores.map(({ id, seed, score }) => (
    score - networks.get(id)! - seeds.get(seed)! + level
  ));
}

function intervalOf(
  pairs: readonly Pair[],
  truth: Groups,
  spread: Spread | null,
): Pick<AblationResult, "difference" | "low" | "high" | "over"> {
  if (pairs.length === 0) return { difference: null, low: null, high: null, over: null };
  if (!spread) {
    const onDraw = (times: Uint32Array) => mean(differencesOf(pairs, truth, times))!;
    const { value, low, high } = bootstrapInterval(onDraw, truth.length, { seed: 7 });
    return { difference: value, low, high, over: "photos" };
  }
  const difference = mean(differencesOf(pairs, truth))!;
  const student = STUDENT[Math.min(spread.freedom, STUDENT.length) - 1]!;
  const half = student * spread.deviation / Math.sqrt(pairs.length);
  return { difference, low: difference - half, high: difference + half, over: "seeds" };
}

/** The 97.5% quantiles of Student's t distribution, for 1 degree of freedom and more; from 30 on, that for 30: a little wide. */
const STUDENT = [
  ...[12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228],
  ...[2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11, 2.101, 2.093, 2.086],
  ...[2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042],
];
