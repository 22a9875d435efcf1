/** The interface of all readers, which never read the disk themselves. */
import { isDeepStrictEqual as isDeepEqual } from "node:util";
import { rollup } from "d3";
import { ageGroup } from "@/dataset/age_group.ts";
import type { Photo } from "@/dataset/photo.ts";

export type Layout = "adience" | "utkface" | "labels.csv";

/** Something about a data set that readers of the study should know. */
export interface Remark {
  /** The kind of finding, such as `label repeated`. */
  what: string;
  /** The number of times that it was found. */
  count: number;
  /** The first few findings, five at most. */
  examples: string[];
}

/** A label table: its name inside the data folder, and its text without a byte order mark. */
export interface Table {
  file: string;
  text: string;
}

/** The labelled photos of a folder, and the remarks on them. */
export interface Reading {
  photos: Photo[];
  /** False if there are labels only. */
  hasPhotos: boolean;
  /** The numbers of labels and of photos in the folder, whether they belong together or not. */
  found: { labels: number; photos: number };
  remarks: Remark[];
}

/** The way to recognise and read a layout. `files` are paths inside the folder, sorted. */
export interface Reader {
  layout: Layout;
  /** The contents of such a folder, in one line. */
  holds: string;
  recognises(files: readonly string[]): boolean;
  /** Names the label tables to read. */
  tables(files: readonly string[]): string[];
  /** Makes photos of the tables' texts and the files' names. */
  read(files: readonly string[], tables: readonly Table[]): Reading;
}

/** Returns the group of an age from a label; an error says what to write `otherwise`. */
export function readAge(age: string, otherwise: string): Photo["group"] {
  try {
    return ageGroup(age);
  } catch (error) {
    const { message } = error as RangeError;
    throw new Error(`${message}. Correct the age, or ${otherwise}`, { cause: error });
  }
}

/** Tells whether a file is a photo, by its ending. */
export function isPhoto(file: string): boolean {
  return /\.(jpe?g|jpe|jfif|jpg_large|png|gif|bmp|webp|tiff?|hei[cf]|avif|jxl)$/i.test(file);
}

/** Tells whether two labels of a photo name different faces of it, by their boxes. */
export function areApart({ box }: Photo, other: Photo): boolean {
  return Boolean(box && other.box && !isDeepEqual(box, other.box));
}

/** Makes a remark of all findings of one kind; none if there are none. */
export function remark(what: string, findings: readonly string[]): Remark[] {
  if (findings.length === 0) return [];
  return [{ what, count: findings.length, examples: findings.slice(0, 5) }];
}

/**
 * Joins the labels of tables with the photos among some files; where there are no photos, the labels stay alone.
 *
 * @param remarksOn what there is to say about all labels
 */
export function joinPhotos(
  all: readonly Photo[],
  files: readonly string[],
  remarksOn: (labels: readonly Photo[]) => Remark[],
  given: { hasPhotos?: boolean } = {},
): Reading {
  const { photos: labels, remarks } = dropRepeats(all), matched = matchPhotos(labels, files);
  const named = matched.photos.map(({ photo }) => photo);
  const count = new Set([...files.filter(isPhoto), ...named]).size;
  const { hasPhotos = count > 0 } = given, about = [...remarks, ...remarksOn(labels)];
  return {
    photos: hasPhotos ? matched.photos : labels,
    hasPhotos,
    found: { labels: labels.length, photos: count },
    remarks: hasPhotos ? [...about, ...matched.remarks] : about,
  };
}

/** Keeps the first label of every photo, or of every box in it; remarks on repeats and on those that disagree. */
export function dropRepeats(photos: readonly Photo[]): { photos: Photo[]; remarks: Remark[] } {
  const first = new Map<string, Photo>();
  const repeats: string[] = [], disagreements: string[] = [];
  for (const photo of photos) {
    const key = JSON.stringify([photo.photo.normalize("NFC"), photo.box]);
    const kept = first.get(key);
    if (!kept) first.set(key, photo);
    else repeats.push(photo.photo);
    const isSame = (["age", "group", "gender"] as const).every((by) => kept?.[by] === photo[by]);
    if (kept && !isSame) disagreements.push(photo.photo);
  }
  const remarks = [
    ...remark("label repeated: the first was kept", repeats),
    ...remark("label repeated with another age or gender: the first was kept", disagreements),
  ];
  return { photos: [...first.values()], remarks };
}

/**
 * Keeps the labels whose photo is among the files, whatever its ending; remarks on labels without a photo and photos
 * without a label. Names are compared in Unicode normal form, because file systems compose accents differently. A name
 * that differs in case alone is taken if one file only can be meant.
 */
export function matchPhotos(labels: readonly Photo[], files: readonly string[]) {
  const exact = new Map(files.map((file) => [file.normalize("NFC"), file]));
  const named = new Set(labels.flatMap(({ photo }) => exact.get(photo.normalize("NFC")) ?? []));
  const left = Map.groupBy(files.filter((file) => !named.has(file)), caseless);
  const photos: Photo[] = [], missing: string[] = [], otherCase: string[] = [];
  const namesLeft = rollup(
    new Set(labels.map(({ photo }) => photo)),
    ({ length }) => length,
    caseless,
  );
  for (const label of labels) {
    const key = caseless(label.photo), others = left.get(key) ?? [];
    const isMeant = others.length === 1 && namesLeft.get(key) === 1;
    const same = exact.get(label.photo.normalize("NFC"));
    const file = same ?? (isMeant ? others[0] : undefined);
    if (file === undefined) missing.push(label.photo);
    else photos.push({ ...label, photo: file });
    if (file !== undefined && same === undefined) otherCase.push(file);
  }
  const taken = new Set(photos.map(({ photo }) => photo));
  const remarks = [
    ...remark("name that differs from its label in case: taken", otherCase),
    ...remark("label without photo: left out", missing),
    ...remark("photo without label: left out", files.filter((f) => isPhoto(f) && !taken.has(f))),
  ];
  return { photos, remarks };
}

function caseless(name: string): string {
  return name.normalize("NFC").toLowerCase();
}

/** Remarks on the photos whose label gives no age. */
export function remarkAgeless(photos: readonly Photo[]): Remark[] {
  const ageless = photos.filter(({ group }) => group === null);
  return remark("label without age", ageless.map(({ photo }) => photo));
}
