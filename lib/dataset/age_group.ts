/** The five age groups of the study, and the group of an age as a label writes it. */

/** Index of an age group, from the youngest to the oldest. */
export type AgeGroup = 0 | 1 | 2 | 3 | 4;

/** The five age groups: their number, name, and first and last year of life. */
export const AGE_GROUPS = [
  { group: 0, name: "0-6", from: 0, to: 6 },
  { group: 1, name: "7-20", from: 7, to: 20 },
  { group: 2, name: "21-37", from: 21, to: 37 },
  { group: 3, name: "38-59", from: 38, to: 59 },
  { group: 4, name: "60+", from: 60, to: 120 },
] as const;

/** Typing errors in the published Adience labels, with their corrections. */
export const TYPING_ERRORS: Readonly<Record<string, string>> = { "(25, 23)": "(25, 32)" };

/** The oldest age that a label may give; nobody is known to have lived longer than 122 years. */
const OLDEST = 120;

/** Ways to write that an age is not known. */
const NOT_KNOWN = /^(none|null|nan|n\/?a|unknown|\?+|[-–—])?$/;

/** Words before an age that say it is a guess, and words behind it that name its unit. */
const ABOUT = /^((ca|c|circa|about|approx|approximately|around|etwa)\b\.?|[~≈])\s*/;
const YEARS = /\s*(years?|yrs?|y\/?o|y|jahre?|ans?|años?)\.?(\s*(old|alt))?$/;

/** A number of months, as people write the ages of small children. */
const MONTHS = /^(\d{1,3})\s*(months?|mos?|monate?|mois|mes|meses)\.?(\s*(old|alt))?$/;

/** An age from some year on; below the last group it would not tell a group. */
const OR_MORE = /^(\d{2,3})\s*\+$/;

/** A year, or a range of years. */
const SPAN = /^[([]?\s*(\d+(?:\.\d+)?)(?:\s*[,-]\s*(\d+(?:\.\d+)?))?\s*[)\]]?$/;

/** Dates that spreadsheets make of a range such as 8-12. */
const DATE =
  /^(\d{1,2}[-. /]*\p{L}{3,}\.?|\p{L}{3,}\.?[-. /]*\d{1,2}|\d{1,4}[./-]\d{1,2}[./-]\d{1,4})$/u;

/**
 * Reads the span of years that a written age names: `(25, 32)` is 25 to 32, `26` is 26 to 26. Other ways to write one are
 * taken, such as `ca. 70`, `18 months` and `60+`, known typing errors corrected; `None`, `n/a`, `?` and nothing mean no age.
 *
 * @throws {RangeError} if the text is no age, runs backwards, or goes beyond 120 years
 */
export function ageSpan(age: string | null): { from: number; to: number } | null {
  const written = age?.trim() ?? "";
  if (NOT_KNOWN.test(written.toLowerCase())) return null;
  const [, first, last = first] = plainAge(written).match(SPAN) ?? [];
  if (first === undefined) throw unreadableAge(written);
  const span = { from: Number(first), to: Number(last) };
  if (span.from <= span.to && span.to <= OLDEST) return span;
  throw new RangeError(
    `Cannot read the age "${written}": a range goes from the lower to the higher age, from 0 to ${OLDEST}`,
  );
}

/**
 * Reads the year of life that a written age names; null if it is a range, or no age.
 *
 * @throws {RangeError} if the text is no age; see {@linkcode ageSpan}
 */
export function singleYear(age: string | null): number | null {
  const span = ageSpan(age);
  return span && span.from === span.to ? Math.floor(span.from) : null;
}

/** Writes an age the plain way, as a year or a range of years. */
function plainAge(written: string): string {
  if (Object.hasOwn(TYPING_ERRORS, written)) return TYPING_ERRORS[written]!;
  const plain = written.toLowerCase().replace(/[‐-―−]/g, "-").replace(ABOUT, "")
    .replace(MONTHS, (_, months) => String(Math.floor(Number(months) / 12)))
    .replace(YEARS, "").replace(/\s+(to|bis)\s+/, "-");
  const [, least] = plain.match(OR_MORE) ?? [];
  return Number(least) >= AGE_GROUPS.at(-1)!.from ? `${least}-${OLDEST}` : plain;
}

function unreadableAge(written: string): RangeError {
  const spreadsheet = DATE.test(written)
    ? ". A spreadsheet may have made a date of a range: write it with brackets, such as (8, 12)"
    : "";
  return new RangeError(
    `Cannot read the age "${written}": an age is a year such as 26, a range such as (25, 32), or ` +
      `None${spreadsheet}`,
  );
}

/**
 * Places a written age in its group: a range in the group that holds its middle, a year in the group that holds it.
 *
 * @throws {RangeError} if the text is no age; see {@linkcode ageSpan}
 */
export function ageGroup(age: string | null): AgeGroup | null {
  const span = ageSpan(age);
  if (!span) return null;
  const year = Math.floor((span.from + span.to) / 2);
  return AGE_GROUPS.find(({ from, to }) => from <= year && year <= to)!.group;
}

/**
 * Counts the photos of each age group, the youngest first; photos without one are not counted.
 *
 * @example One photo of a child, one without an age
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 *
 * deepEqual(groupCounts([{ group: 0 }, { group: null }])[0], { group: "0-6", photos: 1 });
 * ```
 */
export function groupCounts(
  photos: readonly { group: AgeGroup | null }[],
): { group: string; photos: number }[] {
  return AGE_GROUPS.map(({ group, name }) => (
    { group: name, photos: photos.filter((photo) => photo.group === group).length }
  ));
}
