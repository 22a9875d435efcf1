/** Groups of ages with limits of one's own, and how well a network tells them on the photos of its test part. */
import { sum } from "d3";
import { sentence, withInterval } from "@/base/text.ts";
import { type AgeRange, mostProbable, sumByGroup } from "@/metrics/answer.ts";
import { bootstrapInterval, type Interval, meanInterval, type Times } from "@/metrics/interval.ts";
import { wilsonInterval } from "@/metrics/interval.ts";
import { meanRecall } from "@/metrics/metrics.ts";

/** The true years of photos, and the network's distribution over the years 0 to 100 for each. */
export interface KnownYears {
  ages: readonly number[];
  rows: readonly (readonly number[])[];
}

/**
 * How well a network tells groups, with 95% intervals: the mean recall of the groups, the share of photos that are put
 * into their group or a neighbour of it, and for each group the share of its photos that are put into it.
 */
export type OwnGroups = ReturnType<typeof measureOwnGroups>;

/** Photos of a group below which its recall says too little. */
const LEAST = 30;

/** The year that an open group ends with: that of the oldest label. */
const OLDEST = 120;

/**
 * Reads groups such as `0-12,13-17,18-39,40+`: every year is in one of them, and the last one is open.
 *
 * @throws {RangeError} if a group cannot be read, years are in no group or in two, or there is one group alone
 */
export function parseGroups(text: string): AgeRange[] {
  const groups = text.replaceAll(/[\u2010-\u2015]/g, "-").split(",")
    .map((part) => parseGroup(part.trim()));
  const faults = [...groups, null].flatMap((group, k) => faultBetween(groups[k - 1], group));
  if (groups.length < 2) faults.push("there is one group alone");
  if (faults.length === 0) return groups;
  throw new RangeError(`The groups ${text} cannot be used: ${faults.join("; ")}`);
}

function parseGroup(name: string): AgeRange {
  const [, from, to, open] = name.match(/^(\d{1,3})(?:-(\d{1,3})|(\+))$/) ?? [];
  const range = { name, from: Number(from), to: open ? OLDEST : Number(to) };
  if (range.from <= range.to) return range;
  throw new RangeError(
    `Cannot read the group "${name}": write years such as 0-12, and the last group such as 40+`,
  );
}

/** What is wrong between a group and the next one; `before` is undefined at the start, `group` null at the end. */
function faultBetween(before: AgeRange | undefined, group: AgeRange | null): string[] {
  const next = before ? before.to + 1 : 0, from = group ? group.from : OLDEST + 1;
  if (from > next) return [`${yearsWords(next, group ? from - 1 : "the highest")} in none`];
  return from < next ? [`${yearsWords(from, next - 1)} in two, or out of order`] : [];
}

function yearsWords(from: number, to: number | string): string {
  return from === to ? `the year ${from} is` : `the years ${from} to ${to} are`;
}

/**
 * Measures how well a network tells groups: the most probable one of the sums of its years.
 *
 * @throws {RangeError} if a group has fewer than 30 photos, saying how many each has
 */
export function measureOwnGroups(years: KnownYears, groups: readonly AgeRange[]) {
  const { ages, rows } = years;
  const truth = ages.map((age) => groups.findIndex(({ from, to }) => from <= age && age <= to));
  const predicted = rows.map((row) => mostProbable(sumByGroup(row, groups)) as number);
  const counts = groups.map((_, group) => truth.filter((one) => one === group).length);
  requireEnough(groups, counts);
  const correct = truth.map((group, k) => Number(group === predicted[k]));
  const near = truth.map((group, k) => Number(Math.abs(group - predicted[k]!) <= 1));
  const balanced = (times: Times) => meanRecall(truth, correct, times);
  return {
    photos: ages.length,
    balancedAccuracy: bootstrapInterval(balanced, ages.length, { seed: 7 }),
    oneOffAccuracy: meanInterval(near, { seed: 7 }),
    groups: groups.map(({ name }, k) => {
      const hits = sum(correct, (one, photo) => truth[photo] === k ? one : 0);
      return { group: name, photos: counts[k]!, recall: wilsonInterval(hits, counts[k]!) };
    }),
  };
}

function requireEnough(groups: readonly AgeRange[], counts: readonly number[]): void {
  const few = groups.map(({ name }, k) => `${name} has ${counts[k]}`)
    .filter((_, k) => counts[k]! < LEAST);
  if (few.length === 0) return;
  throw new RangeError(
    `The error of these groups cannot be measured: each takes ${LEAST} of the photos that the model was measured on, and ` +
      `${few.join(", ")}. Make them wider`,
  );
}

/** Writes in a sentence how well a network tells groups. */
export function ownGroupsWords({ photos, groups, ...measured }: OwnGroups): string {
  const share = ({ value, low, high }: Interval) => withInterval(value, low, high);
  const [balanced, oneOff] = [measured.balancedAccuracy, measured.oneOffAccuracy].map(share);
  const recalls = groups.map(({ group, ...of }) => `${group} ${share(of.recall)} of ${of.photos}`);
  return sentence`These groups on the ${photos} photos that the model was measured on: ` +
    `balanced accuracy ${balanced}, one-off ${oneOff}; recognised are of ${recalls.join(", of ")}.`;
}

/** Shares a photo, of the years 0 to 100. */
const WIDTH = 101;

/** The number that a share of 1 is kept as, in 16 bits: not every engine can read floats of half precision. */
const FULL = 65535;

/**
 * Packs years for a model's folder: a byte for each photo's true year, then 16 bits for each share. In the order of
 * the ages, so that nothing tells which photo is which.
 */
export function packYears({ ages, rows }: KnownYears): Uint8Array {
  const order = [...ages.keys()].sort((a, b) => ages[a]! - ages[b]!);
  const shares = order.flatMap((k) => rows[k]!.map((share) => Math.round(share * FULL)));
  const bytes = new Uint8Array(ages.length + 2 * shares.length);
  bytes.set(order.map((k) => ages[k]!));
  bytes.set(new Uint8Array(Uint16Array.from(shares).buffer), ages.length);
  return bytes;
}

/**
 * Reads what {@linkcode packYears} wrote.
 *
 * @throws {TypeError} if the bytes are no list of photos
 */
export function unpackYears(bytes: Uint8Array): KnownYears {
  const photos = bytes.length / (1 + 2 * WIDTH);
  if (!Number.isInteger(photos)) {
    throw new TypeError(
      `${bytes.length} bytes are no list of years: each photo has ${1 + 2 * WIDTH}`,
    );
  }
  const shares = new Uint16Array(Uint8Array.from(bytes.subarray(photos)).buffer);
  return {
    ages: [...bytes.subarray(0, photos)],
    rows: Array.from({ length: photos }, (_, k) => (
      Array.from(shares.subarray(k * WIDTH, (k + 1) * WIDTH), (share) => share / FULL)
    )),
  };
}
