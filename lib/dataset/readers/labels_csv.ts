/**
 * The layout for your own photos: a table `labels.csv` beside them.
 *
 * @module
 */
import { csvParseRows } from "d3";
import { AGE_GROUPS, type AgeGroup, ageGroup } from "@/dataset/age_group.ts";
import type { Gender, Photo } from "@/dataset/photo.ts";
import {
  dropRepeats,
  isPhoto,
  matchPhotos,
  type Reader,
  type Reading,
  remarkAgeless,
  type Table,
} from "@/dataset/readers/reader.ts";

const FILE = "labels.csv";

/** The columns that are known; `photo` and one of `age` and `group` are needed. */
const COLUMNS = ["photo", "age", "group", "gender", "subject", "album", "fold"] as const;

/** What the gender column may hold, in small or capital letters. */
const GENDERS: ReadonlyMap<string, Gender | null> = new Map([
  ["f", "f"],
  ["female", "f"],
  ["m", "m"],
  ["male", "m"],
  ["u", "u"],
  ["unknown", "u"],
  ["", null],
]);

/** What the group column may hold: a group's number or name, or nothing. */
const GROUPS: ReadonlyMap<string, AgeGroup | null> = new Map<string, AgeGroup | null>([
  ...AGE_GROUPS.map(({ group }) => [String(group), group] as const),
  ...AGE_GROUPS.map(({ group, name }) => [name, group] as const),
  ["", null],
  ["None", null],
]);

type Row = Partial<Record<typeof COLUMNS[number], string>>;

/** Reads a folder of your own photos; a folder without photos gives labels only. */
export const LABELS_CSV: Reader = {
  layout: "labels.csv",
  holds: "labels.csv with the columns photo, and age or group; and the photos",
  recognises: (files) => files.includes(FILE),
  tables: () => [FILE],
  read: readLabels,
};

function readLabels(files: readonly string[], tables: readonly Table[]): Reading {
  const kept = dropRepeats(tables.flatMap(parseLabels));
  const hasPhotos = files.some(isPhoto);
  const matched = hasPhotos
    ? matchPhotos(kept.photos, files)
    : { photos: kept.photos, remarks: [] };
  const remarks = [...kept.remarks, ...remarkAgeless(kept.photos), ...matched.remarks];
  return { photos: matched.photos, hasPhotos, remarks };
}

/**
 * Reads the labels of a table; `photo` is a path inside the data folder.
 *
 * @throws {Error} if a column is missing, a row is short or long, a cell cannot be read, or a
 * path leaves the folder
 */
export function parseLabels({ file, text }: Table): Photo[] {
  const [header = [], ...rows] = csvParseRows(text.replace(/^\uFEFF/, ""));
  const names = header.map((name) => name.trim());
  checkColumns(names, file);
  let line = 1 + breaksIn(header);
  return rows.flatMap((cells) => {
    const where = `${file}, line ${line += 1}`;
    line += breaksIn(cells);
    if (cells.every((cell) => cell.trim() === "")) return [];
    return [toPhoto(toRow(cells, names, where), where)];
  });
}

/** Counts the line breaks inside quoted cells, to turn a row's number into a line's. */
function breaksIn(cells: readonly string[]): number {
  return cells.join("").split("\n").length - 1;
}

function checkColumns(names: readonly string[], file: string): void {
  if (names.includes("photo") && (names.includes("age") || names.includes("group"))) return;
  throw new Error(
    `${file}, line 1: found the columns ${names.map((name) => `"${name}"`).join(", ")}. ` +
      `Needed are photo, and age or group, separated by commas; known are ${COLUMNS.join(", ")}`,
  );
}

function toRow(cells: readonly string[], names: readonly string[], where: string): Row {
  if (cells.length !== names.length) {
    throw new Error(
      `${where}: found ${cells.length} cells under ${names.length} columns. ` +
        `Complete the row, and put quotation marks around a cell that holds a comma`,
    );
  }
  const known = COLUMNS.filter((column) => names.includes(column));
  return Object.fromEntries(known.map((name) => [name, cells[names.indexOf(name)]!.trim()]));
}

function toPhoto(row: Row, where: string): Photo {
  const age = row.age === "None" ? "" : row.age;
  return {
    photo: readPath(row.photo ?? "", where),
    age: age || null,
    group: readGroup(age ?? "", row.group ?? "", where),
    gender: readGender(row.gender ?? "", where),
    subject: row.subject || null,
    album: row.album || null,
    fold: readFold(row.fold ?? "", where),
  };
}

/** Checks that a path stays inside the data folder, and writes it the shortest way. */
function readPath(path: string, where: string): string {
  const parts = path.split("/");
  const leaves = /^(\/|[A-Za-z]:)/.test(path) || parts.includes("..") || path.includes("\\");
  const short = parts.filter((part) => part !== "" && part !== ".").join("/");
  if (!leaves && short !== "") return short;
  throw new Error(
    `${where}: found the photo "${path}". Write its path inside the folder of ${FILE}, ` +
      `with forward slashes, neither beginning at the root nor with ".."`,
  );
}

/** Finds the group in the age or in the group column; where both give one they have to agree. */
function readGroup(age: string, group: string, where: string): AgeGroup | null {
  const byGroup = GROUPS.get(group);
  if (byGroup === undefined) {
    const known = AGE_GROUPS.map(({ group, name }) => `${group} (${name})`).join(", ");
    throw new Error(`${where}: found the age group "${group}". Write one of ${known}`);
  }
  const byAge = readAge(age, where);
  if (byAge === null || byGroup === null || byAge === byGroup) return byAge ?? byGroup;
  throw new Error(
    `${where}: found the age "${age}", which is in group ${byAge}, beside the group "${group}". ` +
      `Correct one, or leave one empty`,
  );
}

function readAge(age: string, where: string): AgeGroup | null {
  try {
    return ageGroup(age);
  } catch (error) {
    const { message } = error as RangeError;
    throw new Error(`${where}: ${message}. Correct the age, or leave it empty`, { cause: error });
  }
}

function readGender(gender: string, where: string): Gender | null {
  const read = GENDERS.get(gender.toLowerCase());
  if (read !== undefined) return read;
  throw new Error(
    `${where}: found the gender "${gender}". Write f or female, m or male, u, or leave it empty`,
  );
}

function readFold(fold: string, where: string): number | null {
  if (/^\d{0,3}$/.test(fold)) return fold === "" ? null : Number(fold);
  throw new Error(`${where}: found the fold "${fold}". Write a whole number, or leave it empty`);
}
