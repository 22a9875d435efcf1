/** Answers fitted anew to photos of another kind, measured on photos that the fit has not seen. */
import { mean, rollup } from "d3";
import { AGE_GROUPS, singleYear } from "@/dataset/age_group.ts";
import { type AgeAnswer, type AnswerRules, type CardAnswer, readAnswer } from "@/metrics/answer.ts";
import { bootstrapInterval, type Interval, type Times, weightedMean } from "@/metrics/interval.ts";
import { YEARS } from "@/metrics/measures.ts";
import { balancedAccuracy, oneOffAccuracy } from "@/metrics/metrics.ts";
import { type Answered, fitAnswer } from "@/metrics/part_results.ts";
import { fitYearMap, mapYears } from "@/metrics/year_map.ts";

/** A measure before and after, and its change on the same draws of photos, with 95% intervals. */
export interface ChangedMeasure {
  measure: string;
  before: Interval;
  after: Interval;
  change: Interval;
}

/** The years told of the photos of an age group, before and after: errors and bias are means in years. */
export interface ChangedAges {
  group: string;
  photos: number;
  error: { before: number; after: number };
  bias: { before: number; after: number };
}

/** The results of fitting anew. */
export interface Recalibration {
  photos: number;
  measures: ChangedMeasure[];
  ages: ChangedAges[];
  /** Whether years or ranges became better beyond noise and by a twentieth at least, and years and groups no worse. */
  helps: boolean;
}

const BALANCED = "balanced accuracy";

/** The mean of {@linkcode rangeScore}. */
const SCORE = "range score, years";

/** The share of an error that has to go for a fit to be worth a folder. */
const WORTHWHILE = 0.05;

/** Rare groups count more in the map of years, by this power: else the old are drawn to the many. */
const POWER = 0.5;

/** Photos of a group below which its threshold stays as it was. */
const FEW = 20;

/** Fits a map of years, temperature, thresholds and range to photos labelled with single years; keeps other rules. */
export function refitAnswer(answered: Answered, rules: AnswerRules): CardAnswer {
  const { photos, rows } = answered;
  const told = rows.map((row) => readAnswer(row, rules).years!);
  const sizes = rollup(photos, ({ length }) => length, ({ group }) => group);
  const weights = photos.map(({ group }) =>
    (photos.length / sizes.get(group)! / sizes.size) ** POWER
  );
  const yearMap = fitYearMap(told, photos.map(({ age }) => singleYear(age)!), weights);
  const mapped = rows.map((row) => mapYears(row, yearMap));
  const { sets, ...answer } = fitAnswer({ ...answered, rows: mapped }, rules);
  const before = rules.answer.sets?.thresholds ?? AGE_GROUPS.map(() => 0);
  const thresholds = sets!.thresholds.map((threshold, k) => (
    photos.filter(({ group }) => group === k).length < FEW ? before[k]! : threshold
  ));
  return { ...answer, sets: { ...sets!, thresholds }, yearMap };
}

/**
 * Fits the answer anew, and measures that by folds: each photo is answered as fitted to the other folds.
 *
 * @param folds the fold of each photo
 * @returns the answer fitted to all photos; each photo's row of years as fitted to the other folds; the results
 */
export function recalibrate(
  answered: Answered,
  folds: readonly number[],
  rules: AnswerRules,
): { answer: CardAnswer; rows: number[][]; results: Recalibration } {
  const { photos, layout, rows, wider } = answered;
  const mapped: number[][] = [], after: AgeAnswer[] = [];
  for (const fold of new Set(folds)) {
    const others = [...folds.keys()].filter((k) => folds[k] !== fold);
    const of = <T>(values: readonly T[]) => others.map((k) => values[k]!);
    const part = { photos: of(photos), rows: of(rows), wider: wider && of(wider) };
    const answer = refitAnswer({ layout, ...part }, rules);
    for (const k of folds.keys()) {
      if (folds[k] !== fold) continue;
      mapped[k] = mapYears(rows[k]!, answer.yearMap);
      after[k] = readAnswer(mapped[k], { ...rules, answer }, wider?.[k]);
    }
  }
  const before = rows.map((row, k) => readAnswer(row, rules, wider?.[k]));
  return {
    answer: refitAnswer(answered, rules),
    rows: mapped,
    results: compareAnswers(photos, before, after),
  };
}

type Photos = Answered["photos"];

type Answers = readonly AgeAnswer[];

/** A value of answers, each counted so often. */
type Statistic = (answers: Answers, times: Times) => number;

function compareAnswers(photos: Photos, before: Answers, after: Answers): Recalibration {
  const cluster = photos.map(({ subject }) => subject);
  const interval = (statistic: (times: Times) => number) =>
    bootstrapInterval(statistic, photos.length, { seed: 7, draws: 500, cluster });
  const hasRanges = [...before, ...after].every(({ range }) => range !== null);
  const measures = Object.entries(statistics(photos, hasRanges)).map(([measure, of]) => ({
    measure,
    before: interval((times) => of(before, times)),
    after: interval((times) => of(after, times)),
    change: interval((times) => of(after, times) - of(before, times)),
  }));
  const falls = ({ before, change }: ChangedMeasure) => (
    change.high < 0 && -change.value >= WORTHWHILE * before.value
  );
  const of = (name: string) => measures.filter(({ measure }) => measure === name);
  const isNoWorse = of(YEARS)[0]!.change.low <= 0 && of(BALANCED)[0]!.change.high >= 0;
  return {
    photos: photos.length,
    measures,
    ages: ageRows(photos, before, after),
    helps: isNoWorse && [...of(YEARS), ...of(SCORE)].some(falls),
  };
}

function statistics(photos: Photos, hasRanges: boolean): Record<string, Statistic> {
  const ages = photos.map(({ age }) => singleYear(age)!), truth = photos.map(({ group }) => group!);
  const average = (value: (answer: AgeAnswer, age: number) => number): Statistic => (
    (answers, times) => weightedMean(answers.map((answer, k) => value(answer, ages[k]!)), times)
  );
  const grouped = (measure: typeof balancedAccuracy): Statistic => (answers, times) => (
    measure(truth, answers.map(({ group }) => group), times)
  );
  return {
    [YEARS]: average(({ years }, age) => Math.abs(years! - age)),
    "bias, years": average(({ years }, age) => years! - age),
    [BALANCED]: grouped(balancedAccuracy),
    "one-off accuracy": grouped(oneOffAccuracy),
    ...hasRanges && {
      "ranges hold the truth": average(({ range }, age) => Number(miss(range!, age) === 0)),
      "width of a range, years": average(({ range }) => width(range!)),
      [SCORE]: average(({ range }, age) => rangeScore(range!, age)),
    },
  };
}

type Range = NonNullable<AgeAnswer["range"]>;

const miss = ({ from, to }: Range, age: number) => Math.max(0, from - age, age - to);

const width = ({ from, to }: Range) => to - from + 1;

/** The width of a range and ten times the years by which it misses the truth: the least for a range of 8 in 10 cases. */
export function rangeScore(range: Range, age: number): number {
  return width(range) + 10 * miss(range, age);
}

function ageRows(photos: Photos, before: Answers, after: Answers): ChangedAges[] {
  const off = (answers: Answers, k: number) => answers[k]!.years! - singleYear(photos[k]!.age)!;
  const means = (own: readonly number[], value: (off: number) => number) => ({
    before: mean(own, (k) => value(off(before, k)))!,
    after: mean(own, (k) => value(off(after, k)))!,
  });
  return AGE_GROUPS.flatMap(({ group, name }) => {
    const own = [...photos.keys()].filter((k) => photos[k]!.group === group);
    const error = means(own, Math.abs), bias = means(own, (off) => off);
    return own.length ? [{ group: name, photos: own.length, error, bias }] : [];
  });
}
