/** Opening a folder of labelled face photos, whichever of the known layouts it has. */
import { relative } from "node:path";
import { rollups } from "d3";
import { isMisnamed, MISNAMED } from "@/base/text.ts";
import { walkFolder } from "@/base/walk.ts";
import { ADIENCE } from "@/dataset/readers/adience.ts";
import { LABELS_CSV } from "@/dataset/readers/labels_csv.ts";
import { UTKFACE } from "@/dataset/readers/utkface.ts";
import {
  areApart,
  isPhoto,
  type Layout,
  type Reader,
  type Reading,
  type Remark,
  remark,
  type Table,
} from "@/dataset/readers/reader.ts";

export interface DataSet extends Reading {
  /** Name for files of results: safe as a file name, and different for every folder. */
  name: string;
  /** The folder, as it was given. */
  folder: string;
  layout: Layout;
  /** The photo that each file was cut out of, where faces were found first. */
  cutFrom?: ReadonlyMap<string, string>;
}

/** Names the data set of the faces that are cut out of another's photos. */
export const facesName = (name: string) => `${name}-faces`;

/** Tells by its name whether a data set is one of cut faces. */
export const isOfFaces = (name: string) => name.endsWith(facesName(""));

/** Names photos by the files that people have, even if faces were cut out of them. */
export function withOwnNames<Row extends { photo: string }>(
  rows: readonly Row[],
  { cutFrom }: Pick<DataSet, "cutFrom">,
): Row[] {
  return rows.map((row) => ({ ...row, photo: cutFrom?.get(row.photo) ?? row.photo }));
}

/** The known layouts; the first that recognises a folder reads it. */
const READERS: readonly Reader[] = [LABELS_CSV, ADIENCE, UTKFACE];

/** Plain words for the system's errors about folders, with the remedy. */
const FOLDER_ERRORS = [
  [Deno.errors.NotFound, "there is no such folder. Check the path"],
  [Deno.errors.NotADirectory, "this is a file, not a folder. Give the folder that holds it"],
  [Deno.errors.PermissionDenied, "permission denied. Allow your account to read it"],
] as const;

/**
 * Reads the labels of a folder of face photos, after finding out which layout it has. The folder is never written. The
 * name of the data set is the folder's with a few digits of its path's hash, unless one is given.
 *
 * @throws {Error} if the folder cannot be read, has no known layout, holds no labelled photo, or
 * has a label that cannot be read
 *
 * @example A folder with a labels.csv
 * ```ts
 * import { equal } from "node:assert/strict";
 *
 * const folder = await Deno.makeTempDir();
 * await Deno.writeTextFile(`${folder}/labels.csv`, "photo,age\nanna.jpg,26\n");
 * const { layout, photos, hasPhotos } = await readDataSet(folder);
 * equal(layout, "labels.csv");
 * equal(photos[0]?.group, 2);
 * equal(hasPhotos, false);
 * ```
 */
export async function readDataSet(
  folder: string,
  { name }: { name?: string } = {},
): Promise<DataSet> {
  const found = await listFiles(folder), { files } = found;
  const reader = READERS.find((reader) => reader.recognises(files));
  if (!reader) throw unknownLayout(folder, files);
  const tables = await Promise.all(reader.tables(files).map((file) => readTable(folder, file)));
  const reading = readLabels(folder, () => {
    const all = reader.read(files, tables);
    if (found.links.size === 0) return dropLinks(all, found);
    return dropLinks(reader.read(withoutOtherNames(files, all, found), tables), found);
  });
  if (reading.photos.length === 0) throw nothingLabelled(folder, reader, reading.remarks);
  return { name: name ?? await nameOf(folder), folder, layout: reader.layout, ...reading };
}

/** Reads labels; an error about them names the folder, too. */
function readLabels(folder: string, read: () => Reading): Reading {
  try {
    return read();
  } catch (error) {
    throw new Error(`Cannot read the labels in ${folder}. ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/** Paths of files in a folder, with forward slashes. */
interface Files {
  files: string[];
  /** Links among them, each with the file that it leads to, which is among them, too. */
  links: Map<string, string>;
  /** Files that were passed over, being previews, trash and the like. */
  kept: string[];
}

/**
 * Lists the files in a folder and in the folders inside it, in an order that is the same on every machine, as
 * {@linkcode walkFolder} does.
 *
 * @throws {Error} if a folder cannot be read
 */
export async function listFiles(folder: string): Promise<Files> {
  const { files, links, closed: [closed], kept } = await walkFolder(folder);
  if (closed) throw readError(closed.path, closed.error);
  const inside = (path: string) => relative(folder, path).replaceAll("\\", "/");
  return {
    files: [...files, ...links.keys()].map(inside).sort(),
    links: new Map([...links].map((paths) => paths.map(inside) as [string, string])),
    kept: kept.map(inside),
  };
}

/** Files without those that are labelled by another name: a link to each, or what the link leads to. */
function withoutOtherNames(
  files: readonly string[],
  { photos }: Reading,
  { links }: Files,
): readonly string[] {
  const fileOf = (name: string) => links.get(name) ?? name;
  const named = new Set(photos.map(({ photo }) => photo)), taken = new Set([...named].map(fileOf));
  return files.filter((file) => named.has(file) || !taken.has(fileOf(file)));
}

/** Keeps each file once, though links lead to it that are labelled, too, unless boxes tell the faces in it apart. */
function dropLinks({ photos, remarks, ...reading }: Reading, { links, kept }: Files): Reading {
  const taken = Map.groupBy(photos.filter(({ photo }) => !links.has(photo)), ({ photo }) => photo);
  const dropped = new Set(photos.filter((photo) => {
    const file = links.get(photo.photo), others = taken.get(file ?? "") ?? [];
    if (file !== undefined) taken.set(file, [...others, photo]);
    return file !== undefined && others.some((other) => !areApart(photo, other));
  }));
  const names = [...dropped].map(({ photo }) => photo);
  return {
    ...reading,
    photos: photos.filter((photo) => !dropped.has(photo)),
    remarks: [
      ...remarks,
      ...remark("link to a photo that is labelled, too: left out", names),
      ...remark("file among previews or trash that a program keeps: left out", kept),
    ],
  };
}

/** Puts the system's error about a folder or file in plain words; others are returned as they are. */
export function readError(path: string, error: unknown): unknown {
  const known = FOLDER_ERRORS.find(([kind]) => error instanceof kind)?.[1];
  const reason = known && isMisnamed(path) ? MISNAMED : known;
  return reason ? new Error(`Cannot read ${path}: ${reason}`, { cause: error }) : error;
}

async function readTable(folder: string, file: string): Promise<Table> {
  const path = `${folder}/${file}`;
  const bytes = await Deno.readFile(path).catch((error) => Promise.reject(readError(path, error)));
  try {
    return { file, text: new TextDecoder(encodingOf(bytes), { fatal: true }).decode(bytes) };
  } catch (cause) {
    throw new Error(
      `Cannot read ${path}: it is not UTF-8 text. Save it as UTF-8 (in Excel: "CSV UTF-8")`,
      { cause },
    );
  }
}

/** The encoding of a text by its byte order mark; spreadsheets save "Unicode text" as UTF-16. */
function encodingOf([first, second]: Uint8Array): string {
  if (first === 0xff && second === 0xfe) return "utf-16le";
  return first === 0xfe && second === 0xff ? "utf-16be" : "utf-8";
}

/** Thrown if no reader recognises a folder. */
export class UnknownLayout extends Error {}

function unknownLayout(folder: string, files: readonly string[]): Error {
  const layouts = READERS.map(({ layout, holds }) => `  ${layout}: ${holds}`);
  return new UnknownLayout(
    `Cannot tell the layout of ${folder}. The known layouts are\n${layouts.join("\n")}\n` +
      `but this folder holds ${describe(files)}${hintOf(files)}`,
  );
}

/** Advice on files that are nearly a data set. */
function hintOf(files: readonly string[]): string {
  const table = files.find((file) => /\.(csv|tsv|xlsx?|ods)$/i.test(file));
  if (table) {
    return `. If ${table} holds the labels, save it as labels.csv (CSV UTF-8) at the top of the folder`;
  }
  return files.some(isPhoto)
    ? ". Photos without labels cannot be trained with or evaluated on; " +
      "`deno task predict` tells the ages of the people in them"
    : "";
}

/** Describes files: how many of each extension, and the first few names. */
function describe(files: readonly string[]): string {
  if (files.length === 0) return "no files";
  const endingOf = (file: string) => file.match(/\.[^./]*$/)?.[0].toLowerCase() ?? "without ending";
  const counts = rollups(files, ({ length }) => length, endingOf).sort(([, a], [, b]) => b - a)
    .map(([ending, count]) => `${count} ${ending}`);
  const more = counts.length > 8 ? ", and others" : "";
  return `${counts.slice(0, 8).join(", ")}${more}, such as ${files.slice(0, 5).join(", ")}`;
}

function nothingLabelled(folder: string, reader: Reader, remarks: readonly Remark[]): Error {
  const found = remarks.map(({ what, count, examples }) =>
    `\n  ${what}: ${count}, such as ${examples.join(", ")}`
  );
  return new Error(
    `Found no labelled photo in ${folder}, read as ${reader.layout} (${reader.holds})` +
      (found.length === 0 ? ": it has no labels" : `:${found.join("")}`),
  );
}

/** Names a data set by its folder, and by the path's hash so that two folders never share results. */
export async function nameOf(folder: string): Promise<string> {
  const path = await Deno.realPath(folder);
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(path));
  return `${safeName(path)}-${new Uint8Array(hash).toHex().slice(0, 8)}`;
}

/** Makes a file name of a path's last part: ASCII letters, digits, `.`, `_`, `-`; 60 at most. */
export function safeName(path: string): string {
  const last = path.split(/[/\\]/).filter((part) => part !== "").at(-1) ?? "";
  const plain = last.normalize("NFKD").replace(/\p{Mark}/gu, "");
  return plain.replace(/[^A-Za-z0-9._-]+/g, "-").replace(/^[.-]+|-+$/g, "").slice(0, 60) ||
    "photos";
}
