/** Answers about the faces on photos, as rows of a table, lines of CSV, and JSON. */
import { csvFormatRows, max } from "d3";
import { AGE_GROUPS } from "@/dataset/age_group.ts";
import { guarded } from "@/base/csv.ts";
import { elide, percent, visible } from "@/base/text.ts";
import type { Face } from "@/faces/face.ts";
import { type PhotoAnswer, remarks, toReading, yearRange } from "@/answers/reading.ts";

export { type FaceAnswer, type PhotoAnswer, remarks, yearRange } from "@/answers/reading.ts";

export interface PhotoFile {
  /** Its name in tables and files. */
  name: string;
  path: string;
  /** The name of its picture, without an ending. */
  picture: string;
  /** The full path of its sidecar, if one is wanted. */
  sidecar?: string;
}

/** A photo by the name that it was asked under, and its answer. */
export interface NamedAnswer extends PhotoAnswer {
  photo: string;
  /** The reasons that files about it, such as its picture, could not be written; left out if there are none. */
  unwritten?: string[];
}

/** The names of the groups that answers have, unless others are asked for. */
const NAMES: readonly string[] = AGE_GROUPS.map(({ name }) => name);

/** The columns of the CSV; docs/predict.md says what they hold. */
export const columns = (names = NAMES): string[] => [
  ...["photo", "face", "x", "y", "width", "height", "confidence", "group"],
  ...names,
  ...["years", "from", "to", "warnings", "fault"],
];

/** The warnings column of a photo without a face. */
const NO_FACE = "no face found";

/** Writes answers as lines of CSV, without the head: one a face, one for a photo without. */
export function csvLines(answers: readonly NamedAnswer[], names = NAMES): string {
  return answers.map((answer) => csvFormatRows(rowsOf(answer, names)) + "\n").join("");
}

export function csvHead(names = NAMES): string {
  return csvFormatRows([columns(names)]) + "\n";
}

function rowsOf({ photo, faces, fault }: NamedAnswer, names: readonly string[]): string[][] {
  const blank = columns(names).slice(1, -2).map(() => ""), name = guarded(photo);
  if (fault !== null) return [[name, ...blank, "", guarded(fault)]];
  if (faces.length === 0) return [[name, ...blank, NO_FACE, ""]];
  return faces.map((face) => [
    ...[name, String(face.number), ...boxOf(face).map(String), short(face.confidence, 3)],
    ...[names[face.group]!, ...face.probabilities.map((share) => short(share, 4))],
    ...[face.years === null ? "" : short(face.years, 1)],
    ...[String(yearRange(face)?.from ?? ""), String(yearRange(face)?.to ?? "")],
    ...[guarded(remarks(face).join("; ")), ""],
  ]);
}

/** Writes answers as elements of a JSON list, one a line, each after a comma and a line end but the first of all. */
export function jsonLines(answers: readonly NamedAnswer[], isFirst: boolean, names = NAMES) {
  const lines = answers.map((answer) => JSON.stringify(toJson(answer, names)));
  return lines.length === 0 ? "" : `${isFirst ? "" : ",\n"}${lines.join(",\n")}`;
}

function toJson({ photo, ...answer }: NamedAnswer, names: readonly string[]): object {
  const { width, height, faces, fault } = toReading(answer, names);
  if (fault !== null) return { photo, fault };
  const rounded = faces.map(({ number: face, confidence, probabilities, years, ...rest }, k) => {
    const [x, y, width, height] = boxOf(answer.faces[k]!);
    const entries = Object.entries(probabilities);
    const shares = entries.map(([name, share]) => [name, Number(short(share, 4))]);
    return {
      ...{ face, box: { x, y, width, height }, confidence: Number(short(confidence, 3)) },
      ...{ group: rest.group, probabilities: Object.fromEntries(shares) },
      ...{ years: years === null ? null : Number(short(years, 1)) },
      ...{ range: rest.range, warnings: rest.warnings },
    };
  });
  return { photo, width, height, faces: rounded };
}

/** Heads of the terminal's table, but for the first column, with the width of each. */
const cells = (names: readonly string[]): [head: string, width: number][] => [
  ["face", 4],
  ["box", 22],
  ["group", 5],
  ...names.map((name): [string, number] => [name, 6]),
  ["years", 5],
];

/** The widest that photos' names are shown. */
const WIDEST = 40;

type TableLayout = ReturnType<typeof layTable>;

/**
 * Lays the terminal's table out before the first answer, so that lines can come one by one.
 *
 * @param coverage the share of cases in which a range holds the truth; null if that is not known
 */
export function layTable(photos: readonly string[], coverage: number | null, groups = NAMES) {
  const longest = max(["photo", ...photos], (name) => visible(name).length)!;
  return { letters: Math.min(longest, WIDEST), groups, coverage };
}

export function tableHead({ letters, groups, coverage }: TableLayout): string {
  const range = coverage === null ? "range" : `in ${10 * coverage} of 10`;
  const heads = cells(groups).map(([head, width]) => head.padStart(width));
  return ["photo".padEnd(letters), ...heads, range.padStart(10), "warnings"].join("  ");
}

/** Lines of the terminal's table: a line a face; one for a photo without faces or that could not be read. */
export function tableLines({ letters, groups }: TableLayout, answer: NamedAnswer): string[] {
  const name = elide(visible(answer.photo), letters).padEnd(letters), widths = cells(groups);
  const tableLine = (values: string[], range: string, remarks: string) => {
    const padded = widths.map(([, width], k) => (values[k] ?? "").padStart(width));
    return [name, ...padded, range.padStart(10), remarks].join("  ").trimEnd();
  };
  const remark = answer.fault === null ? NO_FACE : `cannot be read: ${answer.fault}`;
  if (answer.faces.length === 0) return [tableLine([], "", remark)];
  return answer.faces.map((face) => {
    const [x, y, width, height] = boxOf(face), range = yearRange(face);
    const values = [
      ...[String(face.number), `${width}×${height} at ${x},${y}`, groups[face.group]!],
      ...face.probabilities.map(percent),
      face.years === null ? "–" : face.years.toFixed(0),
    ];
    const words = range ? `${range.from} to ${range.to}` : "–";
    return tableLine(values, words, remarks(face).join("; "));
  });
}

/**
 * Returns the share of cases in which {@linkcode yearRange} holds the truth, from a model's card; null if unknown.
 *
 * @example A network of groups
 * ```ts
 * import { equal } from "node:assert/strict";
 *
 * const answer = { yearRange: null, sets: { coverage: 0.9 } };
 * equal(coverageOf({ answer, output: { kind: "groups" } }), 0.9);
 * ```
 */
export function coverageOf(
  { answer: { yearRange, sets }, output }: {
    output: { kind: "groups" | "years" };
    answer: { yearRange: { coverage: number } | null; sets: { coverage: number } | null };
  },
): number | null {
  return (output.kind === "years" ? yearRange : sets)?.coverage ?? null;
}

/** Place and size of a face in whole pixels. */
function boxOf({ box: { x, y, width, height } }: Pick<Face, "box">): number[] {
  return [x, y, width, height].map((length) => Math.round(length) + 0); // no -0
}

function short(value: number, digits: number): string {
  return String(Number(value.toFixed(digits)));
}
