/** From a network's output for a photo to an answer, by the model card: for the command line and the page alike. */
import { cumsum } from "d3";
import { AGE_GROUPS, type AgeGroup } from "@/dataset/age_group.ts";
import { stretchYears, type YearMap } from "@/metrics/year_map.ts";

/** A network's output: five groups, or the years 0 to 100, which the groups are sums of. */
export interface CardOutput {
  kind: "groups" | "years";
  /** The layer whose output it is. The last layer puts out the groups in either case. */
  layer: string;
  width: number;
}

/** The rules by which a network's output becomes an answer; see {@linkcode readAnswer}. */
export interface CardAnswer {
  /** The output is the mean over the photo and its mirror image. */
  mirrorAverage: boolean;
  /** Factor of each group's probability, all 1 where nothing is corrected. */
  groupWeights: readonly number[];
  /** Divides the logarithms of the groups' probabilities: above 1 the network was too sure. */
  temperature: number;
  /** The least probability with which each group belongs to the set that holds the truth so often. */
  sets: { coverage: number; thresholds: readonly number[] } | null;
  /** The shares of the years' distribution between which the truth lies so often. */
  yearRange: { coverage: number; low: number; high: number } | null;
  /** Moves the years before all else, for photos of another kind; left out if nothing is moved. */
  yearMap?: YearMap | null;
  /** Widens ranges and sets of blurred and of tiny faces; left out if nothing is widened. */
  widening?: Widening;
}

/**
 * The factor by which a photo's range is wider: 1 where its square is as sharp as `below` or sharper, else the power of
 * how many times less sharp it is, which counts as `most` at most.
 */
export interface Widening {
  below: number;
  power: number;
  most: number;
}

/** A group of ages: its name, and its first and last year of life. */
export interface AgeRange {
  name: string;
  from: number;
  to: number;
}

export interface AnswerRules {
  /** The groups of a network that answers with years, the youngest first; the five of the study if left out. */
  classes?: readonly AgeRange[];
  output: Pick<CardOutput, "kind" | "width">;
  answer: CardAnswer;
}

export interface AgeAnswer {
  /** The most probable group, or its place among groups of one's own. */
  group: AgeGroup;
  /** Calibrated probabilities of the five groups, which sum to 1. */
  probabilities: number[];
  /** The groups that hold the truth as often as the card says, the most probable among them; null if unknown. */
  set: AgeGroup[] | null;
  /**
   * The median of the distribution over years, or of the part of it that the group lies in where two ages fit; null if
   * the network tells groups alone. The mean would follow a few unlikely years out of the range.
   */
  years: number | null;
  /** The lower and the higher age where two fit and none between; null if one does, or the network tells groups alone. */
  twoAges: [lower: number, higher: number] | null;
  /** The years that hold the truth as often as the card says; null if unknown. */
  range: { from: number; to: number } | null;
}

/** The least that a probability counts as, so that its logarithm is a number; about float32's precision. */
export const LEAST = 1e-7;

/**
 * Turns a network's output for a photo into its group, probabilities, years and range.
 *
 * @param output probabilities of groups or years, as the card says; where the card asks for the mirror average,
 * the mean of the photo's and of its mirror image's ({@linkcode meanOutput})
 * @param wider how many times as wide the range is, and the set accordingly larger
 * @throws {RangeError} if there are not as many numbers as the card says, or some are no numbers
 *
 * @example A network that tells groups, and was too sure
 * ```ts
 * import { plainAnswer } from "@/model/model_card.ts";
 * import { deepEqual, equal } from "node:assert/strict";
 *
 * const answer = { ...plainAnswer(false), temperature: 2 };
 * const output = { kind: "groups", width: 5 } as const;
 * const said = readAnswer([0, 0, 0.9, 0.1, 0], { output, answer });
 * equal(said.group, 2);
 * deepEqual(said.probabilities.map((share) => share.toFixed(2)), ["0.00", "0.00", "0.75", "0.25", "0.00"]);
 * ```
 */
export function readAnswer(output: ArrayLike<number>, rules: AnswerRules, wider = 1): AgeAnswer {
  const shares = checked(output, rules.output.width), { answer, classes } = rules;
  const tellsYears = rules.output.kind === "years";
  const probabilities = calibrate(tellsYears ? sumByGroup(shares, classes) : shares, answer);
  const group = mostProbable(probabilities), ages = tellsYears ? sidesOf(shares) : null;
  const { sets, yearRange } = answer;
  return {
    group,
    probabilities,
    set: sets && setOf(widenGroups(probabilities, wider), sets.thresholds),
    years: tellsYears ? medianOf(ages ? sideWith(group, ages, classes) : shares) : null,
    twoAges: ages && [medianOf(ages[0]), medianOf(ages[1])],
    range: tellsYears && yearRange ? rangeOf(widenYears(shares, wider), yearRange) : null,
  };
}

/** The distribution over years whose range is so many times as wide as that of another. */
export function widenYears(years: readonly number[], wider: number): number[] {
  return stretchYears(years, medianOf(years), wider);
}

/** Sets hold the truth as often as promised if they take less probable groups by this power of the range's factor. */
const SETS = 4;

/** Groups' probabilities, of which more reach their thresholds; they no longer sum to 1. */
export function widenGroups(probabilities: readonly number[], wider: number): number[] {
  return probabilities.map((share) => share * wider ** SETS);
}

/** The most probable group; of equals, the first. */
export function mostProbable(probabilities: readonly number[]): AgeGroup {
  return probabilities.indexOf(Math.max(...probabilities)) as AgeGroup;
}

/** The mean of outputs, such as a photo's and its mirror image's; a RangeError if they differ in length. */
export function meanOutput(outputs: readonly ArrayLike<number>[]): number[] {
  const [first] = outputs;
  if (!first || outputs.some(({ length }) => length !== first.length)) {
    throw new RangeError(
      `Cannot average ${outputs.length} outputs: they are to be as long, one at least`,
    );
  }
  return Array.from(first, (_, k) => total(outputs.map((output) => output[k]!)) / outputs.length);
}

/** A stretch of this many years parts two ages if it holds at most so much, and each side of it at least so much. */
const GAP = { years: 10, most: 0.1, sides: 0.2 };

/** The year in the middle of the emptiest stretch that parts a distribution over years in two; null if none does. */
export function gapOf(years: readonly number[]): number | null {
  let least = GAP.most, middle: number | null = null;
  const upTo = [0, ...cumsum(years)];
  for (let from = 1; from + GAP.years < years.length; from++) {
    const below = upTo[from]!, within = upTo[from + GAP.years]! - below;
    if (below < GAP.sides || upTo.at(-1)! - below - within < GAP.sides) continue;
    if (within < least) least = within, middle = from + GAP.years / 2;
  }
  return middle;
}

/** The part of a distribution below its gap and the one above it; null if it has none. */
function sidesOf(years: readonly number[]): [lower: number[], higher: number[]] | null {
  const gap = gapOf(years);
  if (gap === null) return null;
  return [years.slice(0, gap), years.map((share, year) => year < gap ? 0 : share)];
}

/** The side that holds more of a group. */
function sideWith(group: number, sides: [number[], number[]], groups?: readonly AgeRange[]) {
  const [lower, higher] = sides.map((side) => sumByGroup(side, groups)[group]!);
  return lower! > higher! ? sides[0] : sides[1];
}

/** The median of a distribution over years, each year's share spread evenly from half a year before to half after. */
export function medianOf(years: readonly number[]): number {
  const upTo = cumsum(years), half = upTo.at(-1)! / 2;
  const year = years.findIndex((share, year) => upTo[year]! >= half && share > 0);
  return year - 0.5 + (half - (upTo[year - 1] ?? 0)) / years[year]!;
}

export function doubtsAbout({ twoAges }: Pick<AgeAnswer, "twoAges">): string[] {
  if (!twoAges) return [];
  const [lower, higher] = twoAges.map(Math.round);
  return [`two ages fit: about ${lower} and about ${higher} years`];
}

/** The groups' probabilities, weighed, and tempered by the card's temperature; they sum to 1. */
export function calibrate(
  groups: readonly number[],
  { groupWeights, temperature }: Pick<CardAnswer, "groupWeights" | "temperature">,
): number[] {
  return temper(groups.map((share, k) => share * groupWeights[k]!), temperature);
}

/**
 * Makes probabilities less certain (a temperature above 1) or more certain (below 1), as softmax of divided logits does.
 *
 * Source: C. Guo et al., "On Calibration of Modern Neural Networks" (2017), section 4.2.
 *
 * @example A temperature of 2
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 *
 * const tempered = temper([0.9, 0.1], 2); // 3 to 1 is the root of 9 to 1
 * deepEqual(tempered.map((share) => share.toFixed(2)), ["0.75", "0.25"]);
 * ```
 */
export function temper(probabilities: readonly number[], temperature: number): number[] {
  const powers = probabilities.map((share) => Math.max(share, LEAST) ** (1 / temperature));
  const sum = total(powers);
  return powers.map((power) => power / sum);
}

/**
 * The groups whose probability reaches their threshold, and the most probable in any case.
 *
 * @example Two groups of five
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 *
 * deepEqual(setOf([0.1, 0.5, 0.3, 0.1, 0], [0.2, 0.2, 0.2, 0.2, 0.2]), [1, 2]);
 * ```
 */
export function setOf(probabilities: readonly number[], thresholds: readonly number[]): AgeGroup[] {
  const most = Math.max(...probabilities);
  const isIn = (group: AgeGroup) =>
    probabilities[group] === most || probabilities[group]! >= thresholds[group]!;
  return AGE_GROUPS.map(({ group }) => group).filter(isIn);
}

/** Sums up years by group; ages above the last year count as it. */
export function sumByGroup(
  years: readonly number[],
  groups: readonly AgeRange[] = AGE_GROUPS,
): number[] {
  return groups.map(({ from, to }) => total(years.slice(from, to + 1)));
}

/** The plain sum, whose bits the shipped thresholds rest on; a compensated one differs. */
function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

/** Computes the share of a distribution over years that lies below the middle of each year, 0 to 1. */
export function middleShares(years: readonly number[]): number[] {
  const upTo = cumsum(years);
  return years.map((share, year) => upTo[year]! - share / 2);
}

/** The years whose middle lies between two shares of the distribution; the median's at least. */
export function rangeOf(
  years: readonly number[],
  { low, high }: { low: number; high: number },
): { from: number; to: number } {
  const shares = middleShares(years);
  const median = shares.findIndex((share, year) => share + years[year]! / 2 >= 0.5 - LEAST);
  const inside = shares.flatMap((share, year) => low <= share && share <= high ? [year] : []);
  return { from: Math.min(median, ...inside), to: Math.max(median, ...inside) };
}

function checked(output: ArrayLike<number>, width: number): number[] {
  const shares = Array.from(output);
  if (shares.length === width && shares.every(Number.isFinite)) return shares;
  const found = shares.length === width ? "some are no numbers" : `there are ${shares.length}`;
  throw new RangeError(`Cannot read an answer: a photo has ${width} probabilities, but ${found}`);
}
