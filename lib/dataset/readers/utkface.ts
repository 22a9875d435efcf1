/** The layout of UTKFace: the labels are the photos' names, `[age]_[gender]_[race]_[date].jpg`. */
import { orElse } from "@/base/or_else.ts";
import { ageGroup } from "@/dataset/age_group.ts";
import type { Gender, Photo } from "@/dataset/photo.ts";
import { isPhoto, type Reader, type Reading, remark } from "@/dataset/readers/reader.ts";

/** A name as published: age, gender (0 male, 1 female), race (0 to 4), date and time to the millisecond. */
const WELL_FORMED = /^\d{1,3}_[01]_[0-4]_\d{17}(\.|$)/;

/**
 * A name as UTKFace has some: a field is missing or wrong, or the date has a digit too few or too many. The date has to be
 * there, since other collections begin their names with a running number, which is no age.
 */
const LABELLED = /^\d{1,3}(_\d?){0,2}_\d{14,}/;

const GENDERS: Partial<Record<string, Gender>> = { "0": "m", "1": "f" };

/** Reads UTKFace, in one folder or in its published parts. */
export const UTKFACE: Reader = {
  layout: "utkface",
  holds:
    "photos of which most are named wholly as [age]_[gender: 0 or 1]_[race: 0 to 4]_[date and " +
    "time, 17 digits].jpg, in the folder or in folders inside it",
  recognises: (files) => {
    const photos = files.filter(mayBePhoto);
    const fitting = photos.filter((file) => WELL_FORMED.test(baseName(file)));
    return fitting.length > photos.length / 2;
  },
  tables: () => [],
  read: readUtkFace,
};

/** Tells whether a file may be a photo: by its ending, or, without one, by a name as published. */
function mayBePhoto(file: string): boolean {
  const name = baseName(file);
  return isPhoto(name) || !name.includes(".") && WELL_FORMED.test(name);
}

function readUtkFace(files: readonly string[]): Reading {
  const names = files.filter(mayBePhoto);
  const photos = names.map(parseName).filter((photo) => photo !== null);
  const labelled = new Set(photos.map(({ photo }) => photo));
  const malformed = photos.filter(({ photo }) => !WELL_FORMED.test(baseName(photo)));
  const remarks = [
    ...remark("malformed name: its age was kept", malformed.map(({ photo }) => photo)),
    ...remark("photo without label: left out", names.filter((name) => !labelled.has(name))),
  ];
  const found = { labels: photos.length, photos: names.length };
  return { photos, hasPhotos: true, found, remarks };
}

/** Reads the label from a photo's name; null if the name gives no age from 0 to 120. */
export function parseName(file: string): Photo | null {
  const [age = "", gender = ""] = baseName(file).split("_");
  const group = LABELLED.test(baseName(file)) ? orElse(() => ageGroup(age), null) : null;
  if (group === null) return null;
  const rest = { gender: GENDERS[gender] ?? null, subject: null, album: null, fold: null };
  return { photo: file, age, group, ...rest };
}

/** Meanings of the third number of a name, as the set's page says. */
const ETHNICITIES = ["White", "Black", "Asian", "Indian", "others"];

/**
 * Reads what a photo's name says of ethnicity, in the words of the data set's makers; null if the name is malformed.
 */
export function ethnicityOf(file: string): string | null {
  return WELL_FORMED.test(baseName(file))
    ? ETHNICITIES[Number(baseName(file).split("_")[2])]!
    : null;
}

function baseName(file: string): string {
  return file.slice(file.lastIndexOf("/") + 1);
}
