/** Results by kind of photo. A kind goes together with who is in a photo, and when: a difference tells no cause. */
import { extent, groups, sort } from "d3";
import { type Accuracies, measureAccuracy, type Prediction } from "@/metrics/subgroups.ts";

/** The kinds of warning about a face. */
export const WARNINGS = ["tiny", "turned", "blurred", "dark", "lying"] as const;

export interface PhotoTraits {
  /** The variance of the Laplacian over that of the brightness, in the middle of the square; 0 where all is one colour. */
  sharpness: number;
  /** Mean brightness in the middle of the square, 0 to 1. */
  brightness: number;
  /** The shorter side of the photo in pixels. */
  size: number;
  /** Share of the square that is black bars, 0 to 1. */
  padding: number;
  /** The place of the tip of the nose between the cheeks, 0 in the middle, 1 at one of them; null if no face is found. */
  turn: number | null;
  /** The warnings of `predict` about its largest face; null if no face is found. */
  warnings: readonly string[] | null;
}

/** The results of photos of one kind, with 95% intervals. */
export interface KindRow extends Accuracies {
  /** The trait that the photos are ordered by, such as `sharpness`. */
  by: string;
  /** Their values in words, such as `50 to 200 pixels`. */
  values: string;
  /** The smallest and the largest value of these photos; null if they are not ordered by a number. */
  from: number | null;
  to: number | null;
}

type Trait = Exclude<keyof PhotoTraits, "warnings">;

/** The traits that photos are ordered by, and the notation of each value. */
const KINDS: Readonly<Record<Trait, (value: number) => string>> = {
  sharpness: (value) => value.toFixed(3),
  brightness: (value) => value.toFixed(2),
  size: (value) => `${value} pixels`,
  padding: (value) => `${Math.round(100 * value)}%`,
  turn: (value) => value.toFixed(2),
};

type IsOfKind = (warnings: PhotoTraits["warnings"]) => boolean;

/** Photos with a warning. */
const withWarning = (kind: string): IsOfKind => (warnings) => warnings?.includes(kind) ?? false;

/** Photos by the warnings that `predict` gives of them, and whether these are of the kind. */
const WARNED: Readonly<Record<string, IsOfKind>> = {
  "no warning": (warnings) => warnings?.length === 0,
  ...Object.fromEntries(WARNINGS.map((kind) => [kind, withWarning(kind)])),
  "any warning": (warnings) => warnings !== null && warnings.length > 0,
  "no face found": (warnings) => warnings === null,
};

const BINS = 4;

/**
 * Measures the photos of each kind: for each trait, four bins of about equally many photos, the lowest values first,
 * photos of one value in one; then the photos with and without each of the warnings that `predict` would give.
 * Intervals are bootstrapped over persons where they are known.
 *
 * @param traits those of each photo; where a trait is not known, the photo is left out of its bins
 * @throws {RangeError} if there are not one photo's traits for each
 */
export function measureKinds(
  predictions: readonly Prediction[],
  traits: readonly PhotoTraits[],
  { seed }: { seed: number },
): KindRow[] {
  const { length } = traits;
  if (predictions.length !== length) {
    throw new RangeError(`Cannot order ${predictions.length} photos by the traits of ${length}`);
  }
  return [...ordered(predictions, traits, seed), ...warned(predictions, traits, seed)];
}

/** The photos in bins by each trait that is a number. */
function ordered(predictions: readonly Prediction[], traits: readonly PhotoTraits[], seed: number) {
  return (Object.keys(KINDS) as Trait[]).flatMap((by) => {
    const known = predictions.flatMap((_, k) => traits[k]![by] === null ? [] : [k]);
    const sizes = known.map((k) => traits[k]![by]!);
    return binsOf(sizes).map((bin) => {
      const [from, to] = extent(bin, (place) => sizes[place]!) as [number, number];
      const [low, high] = [from, to].map(KINDS[by]);
      const values = low === high ? low! : `${low!.replace(/ pixels$/, "")} to ${high}`;
      const own = bin.map((place) => predictions[known[place]!]!);
      return { by, values, from, to, ...measureAccuracy(own, seed) };
    });
  });
}

/** The photos with each warning, and without; a kind without photos is left out. */
function warned(predictions: readonly Prediction[], traits: readonly PhotoTraits[], seed: number) {
  return Object.entries(WARNED).flatMap(([values, isOf]) => {
    const own = predictions.filter((_, k) => isOf(traits[k]!.warnings));
    const kind = { by: "warning", values, from: null, to: null };
    return own.length > 0 ? [{ ...kind, ...measureAccuracy(own, seed) }] : [];
  });
}

/** Puts values into bins of about equally many: the places of the values of each, the lowest bin first. */
function binsOf(values: readonly number[]): number[][] {
  const bins = Array.from({ length: BINS }, (): number[] => []);
  let before = 0;
  const alike = groups(sort(values.keys(), (place) => values[place]!), (place) => values[place]!);
  for (const [, places] of alike) {
    const bin = bins[Math.floor(BINS * (before + places.length / 2) / values.length)]!;
    for (const place of places) bin.push(place); // no call takes as many as there may be
    before += places.length;
  }
  return bins.filter(({ length }) => length > 0);
}
