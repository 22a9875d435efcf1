/** Results by subgroups. A label's gender or ethnicity was assigned by a data set's makers, not said by the persons. */
import { ascending, greatest, least, mean } from "d3";
import { singleYear } from "@/dataset/age_group.ts";
import type { Photo } from "@/dataset/photo.ts";
import { ethnicityOf } from "@/dataset/readers/utkface.ts";
import { calibrationErrorOf } from "@/metrics/calibration.ts";
import { bootstrapInterval, type Interval, meanInterval, type Times } from "@/metrics/interval.ts";
import { accuracy, balancedAccuracy, oneOffAccuracy } from "@/metrics/metrics.ts";

/** A photo of a subgroup, with its true and its predicted group. */
export interface Prediction {
  photo: Photo;
  predicted: number;
  /** The five probabilities of the answer; left out where calibration is not asked for. */
  probabilities?: readonly number[];
  /** The set of groups that is to hold the truth; left out or null if there is none. */
  set?: readonly number[] | null;
}

export interface SubgroupRow extends Accuracies {
  by: string;
  subgroup: string;
  oneOffAccuracy: Interval;
  /** The mean of predicted less true group: above 0, people are taken for older. */
  bias: Interval;
  /** Over 15 bins of equally many photos, where probabilities are known. */
  calibrationError?: Interval;
  /** The share of sets that hold the truth, and their groups on average; where there are sets. */
  setCoverage?: Interval;
  setSize?: number;
}

const GENDERS: Readonly<Record<string, string>> = { f: "women", m: "men" };

/** The labels that define subgroups: the subgroup of a photo, null if its labels do not say. */
const LABELS: Readonly<Record<string, (photo: Photo, layout: string) => string | null>> = {
  gender: ({ gender }) => GENDERS[gender ?? ""] ?? null,
  ethnicity: ({ photo }, layout) => layout === "utkface" ? ethnicityOf(photo) : null,
  decade: ({ age }) => decadeOf(age),
};

/** The decade of a label that is a single year, such as `20-29`; ages from 90 on are one. */
function decadeOf(age: string | null): string | null {
  const year = singleYear(age);
  if (year === null) return null;
  if (year >= 90) return "90+";
  return `${year - year % 10}-${year - year % 10 + 9}`;
}

/**
 * Measures each subgroup that the labels tell, however small, bootstrapped over persons where they are known.
 *
 * @param layout the data set's, which says what names of photos mean
 *
 * @example One woman, recognised
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 *
 * const nobody = { subject: null, album: null, fold: null };
 * const photo = { photo: "a.jpg", age: "(25, 32)", group: 2, gender: "f", ...nobody } as const;
 * const [row] = measureSubgroups([{ photo, predicted: 2 }], "labels.csv", { seed: 7 });
 * deepEqual([row?.by, row?.subgroup, row?.accuracy.value], ["gender", "women", 1]);
 * ```
 */
export function measureSubgroups(
  predictions: readonly Prediction[],
  layout: string,
  { seed }: { seed: number },
): SubgroupRow[] {
  return Object.entries(LABELS).flatMap(([by, label]) => (
    subgroupsBy(predictions, (photo) => label(photo, layout))
      .map(([subgroup, own]) => ({ by, subgroup, ...measureSubgroup(own, seed) }))
  ));
}

function subgroupsBy(predictions: readonly Prediction[], label: (photo: Photo) => string | null) {
  const groups = Map.groupBy(predictions, ({ photo }) => label(photo));
  return [...groups].filter((entry): entry is [string, Prediction[]] => entry[0] !== null)
    .sort(([a], [b]) => ascending(a, b));
}

/** Measures accuracies of photos, and the calibration and sets of their answers, where they have any. */
function measureSubgroup(own: readonly Prediction[], seed: number) {
  const { truth, predicted, cluster } = columnsOf(own), options = { seed, cluster };
  const rows = own.flatMap(({ probabilities }) => probabilities ? [probabilities] : []);
  const sets = own.flatMap(({ set }) => set ? [set] : []);
  return {
    ...measureAccuracy(own, seed),
    oneOffAccuracy: accuracyInterval(oneOffAccuracy, own, seed),
    bias: meanInterval(predicted.map((group, k) => group - truth[k]!), options),
    ...rows.length === own.length && {
      calibrationError: bootstrapInterval(calibrationErrorOf(rows, truth), own.length, options),
    },
    ...sets.length === own.length && {
      setCoverage: meanInterval(sets.map((set, k) => Number(set.includes(truth[k]!))), options),
      setSize: mean(sets, ({ length }) => length)!,
    },
  };
}

export type Accuracies = ReturnType<typeof measureAccuracy>;

/** Measures how many of the photos are put into their group, of all and on average over the groups that occur. */
export function measureAccuracy(own: readonly Prediction[], seed: number) {
  return {
    photos: own.length,
    accuracy: accuracyInterval(accuracy, own, seed),
    balancedAccuracy: accuracyInterval(balancedAccuracy, own, seed),
  };
}

function accuracyInterval(statistic: typeof accuracy, own: readonly Prediction[], seed: number) {
  const { truth, predicted, cluster } = columnsOf(own);
  const onDraw = (times: Times) => statistic(truth, predicted, times);
  return bootstrapInterval(onDraw, own.length, { seed, cluster });
}

/** The true and the predicted group of each photo, and its person, as {@linkcode bootstrapInterval} takes it. */
function columnsOf(predictions: readonly Prediction[]) {
  return {
    truth: predictions.map(({ photo }) => photo.group!),
    predicted: predictions.map(({ predicted }) => predicted),
    cluster: predictions.map(({ photo }) => photo.subject),
  };
}

/** The largest difference of balanced accuracy between two subgroups, with its 95% interval. */
export type GapRow = ReturnType<typeof measureGaps>[number];

/** The labels whose subgroups are compared: some decades are harder than others. */
const COMPARED = ["gender", "ethnicity"];

/** Measures the gap in balanced accuracy between a label's best and worst subgroup; of many, the choice widens it. */
export function measureGaps(
  predictions: readonly Prediction[],
  layout: string,
  { seed }: { seed: number },
) {
  return COMPARED.flatMap((by) => {
    const subgroups = subgroupsBy(predictions, (photo) => LABELS[by]!(photo, layout));
    return subgroups.length > 1 ? [{ by, ...largestGap(predictions, subgroups, seed) }] : [];
  });
}

type Subgroups = ReturnType<typeof subgroupsBy>;

function largestGap(predictions: readonly Prediction[], subgroups: Subgroups, seed: number) {
  const score = ([, own]: Subgroups[number]) => {
    const { truth, predicted } = columnsOf(own);
    return balancedAccuracy(truth, predicted);
  };
  const best = greatest(subgroups, score)!;
  const worst = least(subgroups.filter((one) => one !== best), score)!; // another one, also of equals
  const inside = [best, worst].map(([, own]) => new Set(own));
  const { truth, predicted, cluster } = columnsOf(predictions);
  // both at once, so that a person in both is drawn for both
  const gap = (times: Uint32Array) => {
    const [a, b] = inside.map((own) => {
      const counts = times.map((count, k) => own.has(predictions[k]!) ? count : 0);
      return counts.some((count) => count > 0) ? balancedAccuracy(truth, predicted, counts) : NaN;
    });
    return a! - b!;
  };
  const interval = bootstrapInterval(gap, predictions.length, { seed, cluster });
  return { best: best[0], worst: worst[0], ...interval };
}
