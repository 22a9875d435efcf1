/** Photos that have to stay together, and whole sets of them assigned to parts or folds. */
import { greatest, range, sum } from "d3";
import { type Random, shuffle } from "@/base/random.ts";
import { createUnion } from "@/base/union.ts";
import type { AgeGroup } from "@/dataset/age_group.ts";
import type { Photo } from "@/dataset/photo.ts";

/** The facts of a photo that a split needs. */
export type Splittable = Pick<Photo, "photo" | "group" | "subject" | "album">;

/** The endings of photos; some have two, such as `.jpg.chip.jpg`. */
const ENDINGS = /(\.(jpe?g|jpe|jfif|png|gif|bmp|webp|chip))+$/i;

/** So many photos of one name are copies for sure. */
const FEW = 4;

/**
 * Groups copies by name: of the same age group, person and album, in another folder or with another ending. A name that
 * more photos have than there are names, such as a `face.jpg` a folder, makes no copies: a program gave it.
 */
export function copiesByName(photos: readonly Splittable[]): string[][] {
  const named = Map.groupBy(photos, ({ photo, group, subject, album }) => {
    const name = photo.slice(photo.lastIndexOf("/") + 1).normalize("NFC").toLowerCase();
    return JSON.stringify([name.replace(ENDINGS, ""), group, subject, album]);
  });
  const most = Math.max(FEW, named.size);
  return [...named.values()].filter(({ length }) => length <= most)
    .map((copies) => copies.map(({ photo }) => photo));
}

/**
 * Assigns whole sets of photos to places of these shares, the largest sets first: each to the place that most
 * lacks its groups. It compares shares, not counts, so that a small group weighs as much as a large one.
 *
 * @returns the place of each set
 */
export function placeSets(
  sets: readonly Splittable[][],
  photos: readonly Splittable[],
  shares: readonly number[],
  random: Random,
): number[] {
  const groups = groupsOf(photos), totals = countGroups(photos, groups);
  const lacking = shares.map((share) => totals.map(() => share));
  const places: number[] = Array(sets.length), filled = new Set<number>();
  const order = shuffle([...sets.keys()], random)
    .sort((a, b) => sets[b]!.length - sets[a]!.length);
  for (const [done, k] of order.entries()) {
    const portions = countGroups(sets[k]!, groups).map((count, group) => count / totals[group]!);
    const need = (place: number) => sum(portions, (portion, g) => portion * lacking[place]![g]!);
    const empty = range(shares.length).filter((place) => !filled.has(place));
    // once no more sets are left than empty places, these alone may take them
    const open = empty.length >= sets.length - done ? empty : range(shares.length);
    const place = greatest(open, need)!;
    portions.forEach((portion, group) => lacking[place]![group]! -= portion);
    filled.add(place);
    places[k] = place;
  }
  return places;
}

/** Groups photos that are connected through persons, albums or near-duplicates, into the smallest sets. */
export function connectedPhotos<P extends Pick<Photo, "photo" | "subject" | "album">>(
  photos: readonly P[],
  nearDuplicates: readonly (readonly string[])[] = [],
): P[][] {
  const named = [({ subject }: P) => subject, ({ album }: P) => album].flatMap((key) => (
    groupKnown(photos, key).map((own) => own.map(({ photo }) => photo))
  ));
  return connected(photos, [...named, ...nearDuplicates]);
}

/** Groups what has the same value of a key; what has none is left out. */
export function groupKnown<T>(items: readonly T[], key: (item: T) => string | null): T[][] {
  return [...Map.groupBy(items.filter((item) => key(item) !== null), key).values()];
}

/** Groups photos that are in one group, directly or through others. */
export function connected<P extends { photo: string }>(
  photos: readonly P[],
  groups: readonly (readonly string[])[],
): P[][] {
  const names = new Set([...photos.map(({ photo }) => photo), ...groups.flat()]);
  const places = new Map(Array.from(names, (name, k) => [name, k]));
  const { find, join } = createUnion(names.size);
  for (const [first, ...others] of groups) {
    for (const other of others) join(places.get(first!)!, places.get(other)!);
  }
  return [...Map.groupBy(photos, ({ photo }) => find(places.get(photo)!)).values()];
}

/** The age groups among photos, the youngest first. */
export function groupsOf(photos: readonly Splittable[]): AgeGroup[] {
  return [...new Set(photos.map(({ group }) => group!))].sort((a, b) => a - b);
}

/** Counts the photos of each of these groups. */
export function countGroups(photos: readonly Splittable[], groups: readonly AgeGroup[]): number[] {
  return groups.map((group) => photos.filter((photo) => photo.group === group).length);
}
