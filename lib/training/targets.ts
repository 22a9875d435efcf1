/** Targets: what a network is to answer for a photo, as a distribution over groups or over years. */
import { range, sum } from "d3";
import { AGE_GROUPS, type AgeGroup, ageSpan } from "@/dataset/age_group.ts";
import { type Targets, teacherOf, YEARS } from "@/model/recipe.ts";
import type { Spec } from "@/model/spec.ts";
import type { Examples } from "@/study/batches.ts";

/** Standard deviation of an age given as one year: a share of it, and a year at least. */
const SPREAD = 0.06, LEAST_SPREAD = 1;

/** The known facts of a photo's age. */
export interface Aged {
  group: AgeGroup;
  /** As the label writes it, such as `26` or `(25, 32)`; null if the group alone is known. */
  age: string | null;
}

/**
 * The target of each photo of some examples; null if it is the group and nothing else.
 *
 * @throws {Error} if a teacher is asked for that has predicted nothing
 */
export function targetRows(
  { recipe }: Spec,
  { groups, ages, taught }: Examples,
): number[][] | null {
  if (!recipe || (recipe.targets.kind === "hard" && !recipe.mixup)) return null;
  const teacher = teacherOf(recipe);
  if (teacher && !taught) {
    throw new Error(
      `The targets need what ${teacher.model} predicts: train this model with \`deno task train\``,
    );
  }
  return groups.map((group, k) => {
    const own = targetOf(recipe.targets, { group, age: ages?.[k] ?? null });
    if (!teacher) return own;
    const { share } = teacher, said = taught![k]!;
    return own.map((value, year) => (1 - share) * value + share * said[year]!);
  });
}

/**
 * The target of a photo: shares that sum to 1.
 *
 * @throws {RangeError} if the age cannot be read; see {@linkcode ageSpan}
 */
export function targetOf(targets: Targets, { group, age }: Aged): number[] {
  if (targets.kind === "years") return yearsOf({ group, age }, targets.width);
  return smoothed(group, targets.kind === "smoothed" ? targets.neighbours : 0);
}

/** A group's share, less what its neighbours get: both alike, and at an end the only one all. */
function smoothed(group: AgeGroup, neighbours: number): number[] {
  const near = AGE_GROUPS.filter((other) => Math.abs(other.group - group) === 1).length;
  return AGE_GROUPS.map((other) => {
    const distance = Math.abs(other.group - group);
    return distance === 0 ? 1 - neighbours : distance === 1 ? neighbours / near : 0;
  });
}

/** A bell around a year; a range, or the group's years if no age is known, all alike. */
function yearsOf({ group, age }: Aged, width?: number): number[] {
  const span = ageSpan(age) ?? AGE_GROUPS[group];
  const last = YEARS - 1, from = Math.min(span.from, last), to = Math.min(span.to, last);
  if (span.from === span.to) return bellAround(from, width);
  return sharesOf((year) => Number(Math.floor(from) <= year && year <= to));
}

/** The shares of the years 0 to 100 in a bell around an age, `times` as wide as the usual one, whose sum is 1. */
export function bellAround(age: number, times = 1): number[] {
  const spread = Math.max(LEAST_SPREAD, SPREAD * age) * times;
  return sharesOf((year) => Math.exp(-0.5 * ((year - age) / spread) ** 2));
}

function sharesOf(density: (year: number) => number): number[] {
  const shares = range(YEARS).map(density), total = sum(shares);
  return shares.map((share) => share / total);
}
