/** The layout of Adience: `fold_<n>_data.txt` tables beside a folder of faces. */
import { TYPING_ERRORS } from "@/dataset/age_group.ts";
import { ADIENCE_LABELS } from "@/dataset/age_label.ts";
import type { Gender, Photo } from "@/dataset/photo.ts";
import { type Attempt, gatherFaults } from "@/dataset/readers/faults.ts";
import {
  joinPhotos,
  readAge,
  type Reader,
  type Reading,
  type Remark,
  remark,
  remarkAgeless,
  type Table,
} from "@/dataset/readers/reader.ts";

/** The required columns, in any order; others are ignored. */
const COLUMNS = ["user_id", "original_image", "face_id", "age", "gender"] as const;

/** The two crops of Adience, with the prefixes of their file names; the first one present is used. */
const CROPS = [
  { folder: "faces", prefix: "coarse_tilt_aligned_face" },
  { folder: "aligned", prefix: "landmark_aligned_face" },
] as const;

const GENDERS: Record<string, Gender | null> = { f: "f", m: "m", u: "u", "": null };

const FOLD_FILE = /^fold_(\d+)_data\.txt$/;

type Crop = typeof CROPS[number];
type Row = Record<typeof COLUMNS[number], string>;

/** Reads Adience, with its photos or the label tables alone. */
export const ADIENCE: Reader = {
  layout: "adience",
  holds: "fold_0_data.txt to fold_4_data.txt, and a folder faces/ or aligned/ with the photos",
  recognises: (files) => files.some((file) => FOLD_FILE.test(file)),
  tables: (files) => files.filter((file) => FOLD_FILE.test(file)),
  read: readAdience,
};

function readAdience(files: readonly string[], tables: readonly Table[]): Reading {
  const crop = CROPS.find(({ folder }) => files.some((file) => file.startsWith(`${folder}/`)));
  const labels = gatherFaults((attempt) =>
    tables.flatMap((table) => readFold(table, crop, attempt))
  );
  const cropped = files.filter((file) => crop && file.startsWith(`${crop.folder}/`));
  return joinPhotos(labels, cropped, remarkLabels, { hasPhotos: crop !== undefined });
}

/** Reads the labels of one fold; `photo` is the path that the photo has in the folder of the crop. */
export function readFold({ file, text }: Table, crop: Crop = CROPS[0], attempt: Attempt): Photo[] {
  const fold = Number(file.match(FOLD_FILE)?.[1]);
  const [header = "", ...lines] = text.split(/\r\n|\r|\n/);
  const names = header.split("\t").map((name) => name.trim());
  if (attempt(`${file}, line 1`, () => checkColumns(names)) === undefined) return [];
  return lines.flatMap((line, index) => {
    if (line.trim() === "") return [];
    const where = `${file}, line ${index + 2}`;
    const row = attempt(where, () => toRow(line, names));
    return row ? [toPhoto(row, fold, crop, (read) => attempt(where, read))] : [];
  });
}

/** Returns true if all needed columns are there. */
function checkColumns(names: readonly string[]): true {
  const missing = COLUMNS.filter((column) => !names.includes(column));
  if (missing.length === 0) return true;
  throw new Error(
    `the columns ${missing.join(", ")} are missing; found ${quote(names)}. ` +
      `Write the columns' names in the first line, separated by tabs`,
  );
}

function toRow(line: string, names: readonly string[]): Row {
  const cells = line.split("\t");
  if (cells.length !== names.length) {
    throw new Error(
      `found ${cells.length} cells under ${names.length} columns: ${quote(cells)}. ` +
        `Complete the row, or take it out`,
    );
  }
  const row = Object.fromEntries(COLUMNS.map((name) => [name, cells[names.indexOf(name)]!.trim()]));
  const empty = COLUMNS.slice(0, 3).filter((name) => row[name] === "");
  if (empty.length > 0) {
    throw new Error(`${empty.join(", ")} is empty. Complete the row, or take it out`);
  }
  return row as Row;
}

/** A row as a photo; its faults are noted, and what cannot be read is null. */
function toPhoto(
  row: Row,
  fold: number,
  crop: Crop,
  attempt: <T>(read: () => T) => T | undefined,
): Photo {
  return {
    photo: `${crop.folder}/${row.user_id}/${crop.prefix}.${row.face_id}.${row.original_image}`,
    age: row.age === "" || row.age === "None" ? null : row.age,
    group: attempt(() => readAge(row.age, "write None")) ?? null,
    gender: attempt(() => readGender(row.gender)) ?? null,
    subject: row.face_id,
    album: row.user_id,
    fold,
  };
}

function readGender(gender: string): Gender | null {
  if (Object.hasOwn(GENDERS, gender)) return GENDERS[gender]!;
  throw new Error(`found the gender "${gender}". Write f, m or u, or leave it empty`);
}

/** Remarks on labels outside Adience's eight. */
function remarkLabels(photos: readonly Photo[]): Remark[] {
  const isTypingError = (age: string) => Object.hasOwn(TYPING_ERRORS, age);
  const ages = photos.map(({ age }) => age).filter((age) => age !== null);
  const odd = ages.filter((age) => !isTypingError(age) && !ADIENCE_LABELS.includes(age));
  return [
    ...remarkValues("age with a typing error, read as what it means", ages.filter(isTypingError)),
    ...remarkAgeless(photos),
    ...remarkValues("age other than the eight labels", odd),
  ];
}

/** Remarks on values, each spelling once among the examples. */
function remarkValues(what: string, values: readonly string[]): Remark[] {
  const examples = [...new Set(values)];
  return remark(what, values).map((found) => ({ ...found, examples: examples.slice(0, 5) }));
}

function quote(cells: readonly string[]): string {
  return cells.map((cell) => `"${cell}"`).join(", ");
}
