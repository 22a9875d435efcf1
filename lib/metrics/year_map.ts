/**
 * A monotone map of the years that a network tells, for photos of another kind than those of its training: a line of
 * few pieces, drawn towards no change. Nothing here needs Deno, Node.js or TensorFlow.
 */

/** The years at the knots of the line, and what each becomes, both ascending. */
export interface YearMap {
  from: readonly number[];
  to: readonly number[];
}

/** The years at which the line may bend. */
const KNOTS = [0, 7, 14, 21, 32, 45, 60, 80];

/** How strongly each knot is drawn to no change, and to its neighbours' change, in photos. */
const TO_NONE = 0.3, TO_NEIGHBOURS = 10;

/** Rounds of fitting each knot in turn, with the others as they are. */
const ROUNDS = 200;

/** The least share of the distance of two knots that is left of it, so that the map can be inverted. */
const STEEPEST = 0.1;

/** The place on a line through points; beyond its ends it goes on as far up as to the right. */
function along(xs: readonly number[], ys: readonly number[], x: number): number {
  const next = xs.findIndex((one) => one > x), last = xs.length - 1;
  if (next === 0) return ys[0]! + x - xs[0]!;
  if (next === -1) return ys[last]! + x - xs[last]!;
  const share = (x - xs[next - 1]!) / (xs[next]! - xs[next - 1]!);
  return ys[next - 1]! + share * (ys[next]! - ys[next - 1]!);
}

/**
 * Moves a distribution over the years 0 to 100 as a map says; what leaves the years counts at their ends.
 *
 * @param map null for no change
 */
export function mapYears(row: readonly number[], map: YearMap | null | undefined): number[] {
  if (!map) return [...row];
  const upTo = [0];
  for (const share of row) upTo.push(upTo.at(-1)! + share);
  /** The share below a year, each year's spread evenly from half a year before to half a year after. */
  const below = (year: number) => {
    const place = Math.min(Math.max(year + 0.5, 0), row.length), whole = Math.floor(place);
    return upTo[whole]! + (place - whole) * (row[whole] ?? 0);
  };
  const edges = [...row.keys()].slice(1).map((year) => below(along(map.to, map.from, year - 0.5)));
  return row.map((_, year) => (edges[year] ?? upTo.at(-1)!) - (edges[year - 1] ?? 0));
}

/** Stretches a distribution over the years 0 to 100 about its middle, so that its ranges are so many times as wide. */
export function stretchYears(row: readonly number[], middle: number, factor: number): number[] {
  const from = [0, 100], to = from.map((year) => middle + factor * (year - middle));
  return factor === 1 ? [...row] : mapYears(row, { from, to });
}

/**
 * Fits a map by which the told years become the true ones, so that the sum of absolute errors is small: least squares,
 * in which a photo counts the less, the further it is off.
 *
 * @param told the years that the network tells
 * @param weights how much each photo counts
 * @throws {RangeError} if there are not as many of both, or none
 */
export function fitYearMap(
  told: readonly number[],
  ages: readonly number[],
  weights: readonly number[] = told.map(() => 1),
): YearMap {
  if (told.length !== ages.length || told.length === 0) {
    throw new RangeError(`Cannot fit a map of ${told.length} told and ${ages.length} true years`);
  }
  const changes = KNOTS.map(() => 0);
  const photos = told.map((year, k) => (
    { off: ages[k]! - year, shares: sharesOf(year), counts: weights[k]! }
  ));
  for (let round = 0; round < ROUNDS; round++) {
    for (const knot of KNOTS.keys()) changes[knot] = bestChange(photos, changes, knot);
  }
  const to = KNOTS.map((year, k) => year + changes[k]!);
  for (let k = 1; k < to.length; k++) {
    to[k] = Math.max(to[k]!, to[k - 1]! + STEEPEST * (KNOTS[k]! - KNOTS[k - 1]!));
  }
  return { from: KNOTS, to: to.map((year) => Number(year.toFixed(2))) };
}

/** How much each knot's change counts at a year. */
function sharesOf(year: number): number[] {
  const last = KNOTS.at(-1)!, place = Math.min(Math.max(year, 0), last);
  return KNOTS.map((_, knot) => along(KNOTS, KNOTS.map((_, k) => Number(k === knot)), place));
}

/** Years by which a photo is off, how much each knot's change counts there, and how much the photo does. */
type FittedPhoto = { off: number; shares: readonly number[]; counts: number };

/** The change of a knot that is best while the others stay. */
function bestChange(photos: readonly FittedPhoto[], changes: readonly number[], knot: number) {
  const beside = [changes[knot - 1], changes[knot + 1]].filter((change) => change !== undefined);
  let above = TO_NEIGHBOURS * beside.reduce((sum, change) => sum + change, 0);
  let below = TO_NONE + TO_NEIGHBOURS * beside.length;
  for (const { off, shares, counts } of photos) {
    const share = shares[knot]!;
    if (share === 0) continue;
    const rest = off - changes.reduce((sum, change, k) => sum + shares[k]! * change, 0);
    const weight = counts * share / Math.max(1, Math.abs(rest));
    above += weight * (rest + share * changes[knot]!);
    below += weight * share;
  }
  return above / below;
}
