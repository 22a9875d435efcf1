/** The results of a network on one part of the photos, as a model card keeps them. */
import { greatest, mean, range } from "d3";
import { AGE_GROUPS, ageGroup, singleYear } from "@/dataset/age_group.ts";
import type { Photo } from "@/dataset/photo.ts";
import { type Abstention, measureAbstention } from "@/metrics/abstention.ts";
import type { Calibration, SetCoverage } from "@/metrics/calibration.ts";
import { conformalThresholds, fitTemperature, fitYearRange } from "@/metrics/calibration.ts";
import { measureCalibration, measureSets } from "@/metrics/calibration.ts";
import { type Interval, wilsonInterval } from "@/metrics/interval.ts";
import { type Measure, measure, measureYears } from "@/metrics/measures.ts";
import { balancedAccuracy, classificationReport, confusionMatrix } from "@/metrics/metrics.ts";
import { type Groups, roundProbabilities } from "@/metrics/metrics.ts";
import type { GapRow, SubgroupRow } from "@/metrics/subgroups.ts";
import { measureGaps, measureSubgroups } from "@/metrics/subgroups.ts";
import type { AgeAnswer, AnswerRules, CardAnswer } from "@/metrics/answer.ts";
import { calibrate, mostProbable, readAnswer, sumByGroup } from "@/metrics/answer.ts";
import { widenGroups, widenYears } from "@/metrics/answer.ts";

/** Calibration at one temperature. */
export interface CalibrationResult extends Calibration {
  temperature: number;
  /** The probabilities were rounded to 0 and 1, as the original study did. */
  rounded: boolean;
}

/** The coverage of ranges of years: the share that holds the truth. */
export interface YearResult {
  photos: number;
  coverage: Interval;
  /** Years in a range, on average. */
  width: number;
}

/** The results of the photos of one year of age. */
export interface ChildResult {
  age: number;
  photos: number;
  /** The share of them that are put into the group of their age. */
  recall: Interval;
  /** The mean of the predicted years less the true ones; null if the network tells groups alone. */
  bias: number | null;
}

export interface PartResults {
  /** `validation`, by which the network, the temperature and the thresholds were chosen, or `test`. */
  part: string;
  photos: number;
  measures: Measure[];
  /** By group: `recall` is the share of its photos that were recognised, null if there are none. */
  groups: { group: string; photos: number; recall: Interval | null; precision: number }[];
  /** Photos by true group (rows) and predicted one (columns). */
  confusion: number[][];
  calibration: CalibrationResult[];
  sets: SetCoverage | null;
  abstention: Abstention;
  years: YearResult | null;
  /** The youngest by year of age, where labels tell years; left out by cards of earlier versions. */
  children?: ChildResult[];
  subgroups: SubgroupRow[];
  gaps: GapRow[];
}

/** The results on photos that were damaged on purpose, in one way. */
export interface DamagedResult extends Pick<PartResults, "photos" | "years"> {
  /** Such as `blurred by 4%`. */
  kind: string;
  balancedAccuracy: Interval;
  sets: Pick<SetCoverage, "coverage" | "size"> | null;
}

/** Photos of one part, and the network's output for them. */
export interface Answered {
  photos: readonly Photo[];
  /** The data set's layout, which says what names of photos mean. */
  layout: string;
  /** As many numbers a photo as the card says. */
  rows: readonly (readonly number[])[];
  /** How many times as wide the range of each photo is; 1 if left out. */
  wider?: readonly number[] | undefined;
}

/** Seed of the intervals: the same for all networks, so that they are compared on the same draws. */
const SEED = { seed: 7 };

/** The coverage that sets of groups, and ranges of years, are fitted for. */
const SET_COVERAGE = 0.9, YEAR_COVERAGE = 0.8;

/** The powers of the groups' shares tried against the majority. */
const POWERS = [0, 0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875, 1];

/** Fits on validation the temperature, the thresholds of sets, and the range of years; keeps the other rules. */
export function fitAnswer(answered: Answered, rules: AnswerRules): CardAnswer {
  const { rows, wider } = answered, truth = answered.photos.map(({ group }) => group!);
  const temperature = rounded(fitTemperature(groupRows(rows, rules, { temperature: 1 }), truth));
  const tempered = widened({ rows: groupRows(rows, rules, { temperature }), wider }, widenGroups);
  const thresholds = conformalThresholds(tempered, truth, SET_COVERAGE);
  const ages = answered.photos.map(({ age }) => singleYear(age));
  const range = rules.output.kind === "years"
    ? fitYearRange(widened(answered, widenYears), ages, YEAR_COVERAGE)
    : null;
  return {
    ...rules.answer,
    temperature,
    sets: { coverage: SET_COVERAGE, thresholds: thresholds.map(roundedDown) },
    yearRange: range && {
      coverage: YEAR_COVERAGE,
      low: roundedDown(range.low),
      high: 1 - roundedDown(1 - range.high),
    },
  };
}

/** Widens the rows of photos by their factors, if they have any. */
function widened({ rows, wider }: Pick<Answered, "rows" | "wider">, widen: typeof widenYears) {
  return rows.map((row, k) => widen(row, wider?.[k] ?? 1));
}

/**
 * Chooses on validation by how much rare groups are favoured: the power of the inverse of the groups' shares among the
 * training photos that gives the best balanced accuracy, the smallest of equals.
 *
 * Source: A. Menon et al., "Long-tail learning via logit adjustment" (2021), section 4.1.
 *
 * @returns a factor for each group, 1 for the largest
 */
export function chooseGroupWeights(
  answered: Answered,
  rules: AnswerRules,
  counts: readonly number[],
): number[] {
  const truth = answered.photos.map(({ group }) => group!), most = Math.max(...counts);
  const candidates = POWERS.map((power) => (
    counts.map((count) => rounded((most / Math.max(1, count)) ** power))
  ));
  return greatest(candidates, (groupWeights) => {
    const said = groupRows(answered.rows, rules, { groupWeights });
    return balancedAccuracy(truth, said.map(mostProbable));
  })!;
}

/** The groups' calibrated probabilities of each photo, where some of the rules may be changed. */
export function groupRows(
  rows: Answered["rows"],
  { output, answer }: AnswerRules,
  changed: Partial<CardAnswer> = {},
): number[][] {
  const rules = { ...answer, ...changed };
  return rows.map((row) => calibrate(output.kind === "years" ? sumByGroup(row) : row, rules));
}

/** Measures a network on one part of the photos; a RangeError if there are none. */
export function measurePart(part: string, answered: Answered, rules: AnswerRules): PartResults {
  const { photos, layout, rows, wider } = answered, subjects = photos.map(({ subject }) => subject);
  const answers = rows.map((row, k) => readAnswer(row, rules, wider?.[k]));
  const truth = photos.map(({ group }) => group!), predicted = answers.map(({ group }) => group);
  const told = photos.map((photo, k) => ({ photo, predicted: predicted[k]!, ...answers[k]! }));
  const confusion = confusionMatrix(truth, predicted), probabilities = groupRows(rows, rules);
  const larger = widened({ rows: probabilities, wider }, widenGroups);
  const ages = photos.map(({ age }) => age), { sets } = rules.answer;
  const years = measureYears(ages, answers.map(({ years }) => years), subjects, SEED);
  return {
    part,
    photos: photos.length,
    measures: [...measure(truth, predicted, subjects, SEED), ...years ? [years] : []],
    groups: groupResults(truth, predicted, confusion),
    confusion,
    calibration: answerKinds(rows, rules).map(({ probabilities, ...kind }) => (
      { ...kind, ...measureCalibration(probabilities, truth, subjects, SEED) }
    )),
    sets: sets && measureSets(larger, truth, sets.thresholds, subjects, SEED),
    abstention: measureAbstention(truth, probabilities, subjects, SEED),
    years: yearCoverage(photos, answers),
    children: childResults(photos, answers),
    subgroups: measureSubgroups(told, layout, SEED),
    gaps: measureGaps(told, layout, SEED),
  };
}

function groupResults(truth: Groups, predicted: Groups, confusion: number[][]) {
  const report = classificationReport(truth, predicted);
  return AGE_GROUPS.map(({ group, name }) => {
    const { support, precision } = report[group]!, correct = confusion[group]![group]!;
    const recall = support > 0 ? wilsonInterval(correct, support) : null;
    return { group: name, photos: support, recall, precision };
  });
}

/** The groups' probabilities, weighed as the card says: at temperature 1, at the card's, and rounded as in the original. */
export function answerKinds(rows: Answered["rows"], rules: AnswerRules) {
  const kinds = [...new Set([1, rules.answer.temperature])].map((temperature) => (
    { temperature, rounded: false, probabilities: groupRows(rows, rules, { temperature }) }
  ));
  const rounded = kinds[0]!.probabilities.map(roundProbabilities);
  return [...kinds, { temperature: 1, rounded: true, probabilities: rounded }];
}

/** The last year of age that is measured by itself. */
const LAST_CHILD = 20;

function childResults(photos: readonly Photo[], answers: readonly AgeAnswer[]): ChildResult[] {
  const known = photos.map(({ age }, k) => ({ age: singleYear(age), ...answers[k]! }));
  return range(LAST_CHILD + 1).flatMap((age) => {
    const own = known.filter((photo) => photo.age === age), { length } = own;
    if (length === 0) return [];
    const correct = own.filter(({ group }) => group === ageGroup(String(age))).length;
    const bias = mean(own, ({ years }) => years === null ? NaN : years - age) ?? null;
    return [{ age, photos: length, recall: wilsonInterval(correct, length), bias }];
  });
}

function yearCoverage(photos: readonly Photo[], answers: readonly AgeAnswer[]): YearResult | null {
  const known = answers.flatMap(({ range }, k) => {
    const age = singleYear(photos[k]!.age);
    return range && age !== null ? [{ ...range, age }] : [];
  });
  if (known.length === 0) return null;
  const held = known.filter(({ from, to, age }) => from <= age && age <= to).length;
  const width = mean(known, ({ from, to }) => to - from + 1)!;
  return { photos: known.length, coverage: wilsonInterval(held, known.length), width };
}

function rounded(value: number): number {
  return Number(value.toFixed(4));
}

/** Rounds so that a set or a range becomes larger rather than smaller. */
function roundedDown(value: number): number {
  return Math.floor(value * 1e4) / 1e4;
}
