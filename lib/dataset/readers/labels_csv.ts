/** The layout for your own photos: a table `labels.csv` beside them. */
import { isDeepStrictEqual as isDeepEqual } from "node:util";
import { orElse } from "@/base/or_else.ts";
import type { Box } from "@/base/pixels.ts";
import { AGE_GROUPS, type AgeGroup, ageSpan } from "@/dataset/age_group.ts";
import type { Gender, Photo } from "@/dataset/photo.ts";
import { type Attempt, gatherFaults } from "@/dataset/readers/faults.ts";
import { readRows, type Row } from "@/dataset/readers/label_table.ts";
import {
  areApart,
  joinPhotos,
  readAge,
  type Reader,
  type Reading,
  remarkAgeless,
  type Table,
} from "@/dataset/readers/reader.ts";

/** The table's name, in small or capital letters; spreadsheets call a table with tabs `.tsv` or `.txt`. */
const FILE = /^labels\.(csv|tsv|txt)$/i;

/** Values of the gender column, in small or capital letters. */
const GENDERS = byWord<Gender | null>([
  ["f", ["f", "female", "woman", "girl", "w", "weiblich"]],
  ["m", ["m", "male", "man", "boy", "männlich"]],
  ["u", ["u", "unknown"]],
  [null, ["", "none", "n/a", "na", "nan", "?", "-"]],
]);

/** Values of the group column: a group's number or name, or nothing. */
const GROUPS = byWord<AgeGroup | null>([
  ...AGE_GROUPS.map(({ group, name }): [AgeGroup, string[]] => [group, [String(group), name]]),
  [null, ["", "None"]],
]);

function byWord<T>(meanings: [T, words: string[]][]): ReadonlyMap<string, T> {
  return new Map(meanings.flatMap(([meaning, words]) => words.map((word) => [word, meaning])));
}

/** Reads a folder of your own photos; a folder without photos gives labels only. */
export const LABELS_CSV: Reader = {
  layout: "labels.csv",
  holds: "labels.csv with the columns photo, and age or group; and the photos",
  recognises: (files) => files.some((file) => FILE.test(file)),
  tables: (files) => files.filter((file) => FILE.test(file)),
  read: readLabels,
};

function readLabels(files: readonly string[], tables: readonly Table[]): Reading {
  if (tables.length > 1) {
    const names = tables.map(({ file }) => file).join(" and ");
    throw new Error(`Found ${names}: which of them holds the labels? Rename or remove the others`);
  }
  const others = files.filter((file) => !FILE.test(file));
  return joinPhotos(tables.flatMap(parseLabels), others, remarkAgeless);
}

/**
 * Reads the labels of a table; `photo` is a path inside the data folder. What can mean one thing only is taken.
 *
 * @throws {Error} telling every fault, with its line
 */
export function parseLabels(table: Table): Photo[] {
  return gatherFaults((attempt) => {
    const photos = new Map<string, Photo[]>();
    for (const row of readRows(table, attempt)) {
      const photo = toPhoto(row, attempt);
      if (!photo) continue;
      const name = photo.photo.normalize("NFC"), others = photos.get(name) ?? [];
      attempt(row.where, () => requireApart(photo, others));
      photos.set(name, [...others, photo]);
    }
    return [...photos.values()].flat();
  });
}

/** Checks that a row is equal to the others of its photo, or that boxes tell their faces apart. */
function requireApart(photo: Photo, others: readonly Photo[]): void {
  if (others.every((other) => areApart(photo, other) || isDeepEqual(photo, other))) return;
  throw new Error(
    `found another row of the photo "${photo.photo}". A row is a face: name each by its box (x, y, width and ` +
      "height in pixels), or remove one",
  );
}

/** A row as a photo; its faults are noted, and without a path there is none. */
function toPhoto({ where, cells }: Row, attempt: Attempt): Photo | null {
  const { photo: path = "", age = "", group = "", gender = "", fold = "" } = cells;
  const photo = attempt(where, () => readPath(path));
  const found = {
    group: attempt(where, () => readGroup(age, group)) ?? null,
    gender: attempt(where, () => readGender(gender)) ?? null,
    fold: attempt(where, () => readFold(fold)) ?? null,
  };
  const box = attempt(where, () => readBox(cells));
  if (photo === undefined) return null;
  const named = { subject: cells.subject || null, album: cells.album || null };
  const isAge = orElse(() => ageSpan(age) !== null, true); // a fault has been noted already
  return { photo, age: isAge ? age : null, ...named, ...found, ...(box && { box }) };
}

/** Checks that a path stays inside the data folder, and writes it the shortest way, with `/`. */
function readPath(path: string): string {
  const parts = path.split(/[\\/]/);
  const leaves = /^([\\/]|[A-Za-z]:)/.test(path) || parts.includes("..");
  const short = parts.filter((part) => part !== "" && part !== ".").join("/");
  if (!leaves && short !== "") return short;
  throw new Error(
    `found the photo "${path}". Write its path inside the folder of the table, neither beginning at ` +
      `the root nor with ".."`,
  );
}

/** Finds the group in the age or in the group column; where both give one they have to agree. */
function readGroup(age: string, group: string): AgeGroup | null {
  const byGroup = GROUPS.get(group);
  if (byGroup === undefined) {
    const known = AGE_GROUPS.map(({ group, name }) => `${group} (${name})`).join(", ");
    throw new Error(`found the age group "${group}". Write one of ${known}`);
  }
  const byAge = readAge(age, "leave it empty");
  if (byAge === null || byGroup === null || byAge === byGroup) return byAge ?? byGroup;
  throw new Error(
    `found the age "${age}", which is in group ${byAge}, beside the group "${group}". ` +
      `Correct one, or leave one empty`,
  );
}

function readGender(gender: string): Gender | null {
  const read = GENDERS.get(gender.toLowerCase());
  if (read !== undefined) return read;
  throw new Error(
    `found the gender "${gender}". Write f or female, m or male, u, or leave it empty`,
  );
}

/** Reads which face of a photo is meant; null if the row does not say. */
function readBox({ x = "", y = "", width = "", height = "" }: Row["cells"]): Box | null {
  const cells = [x, y, width, height];
  if (cells.every((cell) => cell === "")) return null;
  const [left, top, across, down] = cells.map((cell) =>
    cell === "" ? NaN : Number(cell.replace(",", "."))
  );
  if (Number.isFinite(left! + top!) && across! > 0 && down! > 0) {
    return { x: left!, y: top!, width: across!, height: down! };
  }
  throw new Error(
    `found the box "${cells.join(", ")}". Write x, y, width and height in pixels, all four, or ` +
      "leave all empty",
  );
}

function readFold(fold: string): number | null {
  if (/^\d{0,3}$/.test(fold)) return fold === "" ? null : Number(fold);
  throw new Error(`found the fold "${fold}". Write a whole number, or leave it empty`);
}
