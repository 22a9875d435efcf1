/** A table of labels as people and spreadsheets save it: its separator, its column heads, its rows. */
import { dsvFormat, greatest } from "d3";
import { readCommas } from "@/dataset/readers/decimal_comma.ts";
import type { Attempt } from "@/dataset/readers/faults.ts";
import type { Table } from "@/dataset/readers/reader.ts";

export const COLUMNS = [
  ...["photo", "age", "group", "gender", "subject", "album", "fold"] as const,
  ...["x", "y", "width", "height"] as const,
] as const;

type Column = typeof COLUMNS[number];

/** The cells of a row, by column, and where the row stands. */
export interface Row {
  where: string;
  cells: Partial<Record<Column, string>>;
}

const SEPARATORS = [",", ";", "\t"];

/** Other heads that mean a column, in small letters. */
const HEADS: Partial<Record<Column, string[]>> = {
  photo: [
    ...["file", "file name", "filename", "image", "path"],
    ...["foto", "datei", "fichier", "archivo"],
  ],
  age: ["alter", "âge", "edad", "age (years)", "age in years"],
  group: ["age group", "altersgruppe"],
  gender: ["sex", "geschlecht"],
  subject: ["person"],
};

/**
 * Reads a table: cells separated by commas, semicolons or tabs, whichever the first line shows; heads
 * in small or capital letters; cells in quotation marks where they hold a separator.
 *
 * A row that cannot be read is noted as a fault and left out.
 */
export function* readRows(table: Table, attempt: Attempt): Generator<Row> {
  const { file } = table, { first, text } = withoutSeparatorLine(table.text);
  const head = attempt(`${file}, line ${first}`, () => readHead(text));
  if (!head) return;
  const [header = [], ...rows] = dsvFormat(head.separator).parseRows(text);
  const at = head.columns.indexOf("age"), ages = rows.map((cells) => cells[at] ?? "");
  const withPoint = readCommas(ages, head.separator);
  let line = first + breaksIn(header);
  for (const cells of rows) {
    const where = `${file}, line ${line += 1}`;
    line += breaksIn(cells);
    if (cells.every((cell) => cell.trim() === "")) continue;
    const row = attempt(where, () => {
      const { age, ...others } = toCells(cells, head);
      return { ...others, ...age !== undefined && { age: withPoint(age) } };
    });
    if (row) yield { where, cells: row };
  }
}

/** The text without the line `sep=;` of spreadsheets, and the number of its first line. */
function withoutSeparatorLine(text: string): { first: number; text: string } {
  const rest = text.replace(/^"?sep=.?"?(\r\n|\r|\n)/i, "");
  return { first: rest === text ? 1 : 2, text: rest };
}

/** Counts the line breaks inside quoted cells, to turn a row's number into a line's. */
function breaksIn(cells: readonly string[]): number {
  return cells.join("").split("\n").length - 1;
}

/** The first line: what separates its cells, and the column that each means; null is none of ours. */
interface Head {
  separator: string;
  columns: (Column | null)[];
}

function readHead(text: string): Head {
  const heads = SEPARATORS.map((separator) => {
    const [names = []] = dsvFormat(separator).parseRows(text.split(/\r\n|\r|\n/, 1)[0]!);
    return { separator, names, columns: names.map(columnOf) };
  });
  const fitting = heads.find(({ columns }) => (
    columns.includes("photo") && (columns.includes("age") || columns.includes("group"))
  ));
  const { names, columns, separator } = fitting ?? greatest(heads, ({ names }) => names.length)!;
  if (!fitting) {
    throw new Error(
      `found the columns ${quote(names, ", ")}. Needed are photo, and ` +
        `age or group, separated by commas, semicolons or tabs; known are ${COLUMNS.join(", ")}`,
    );
  }
  const twice = COLUMNS.find((column) => columns.indexOf(column) !== columns.lastIndexOf(column));
  if (twice) {
    const both = quote(names.filter((_, k) => columns[k] === twice), " and ");
    throw new Error(`${both} both mean the column ${twice}. Rename or remove all but one`);
  }
  return { separator, columns };
}

/** The column that a head means: `Photo`, `AGE`, `File name`. */
function columnOf(name: string): Column | null {
  const plain = name.normalize("NFC").trim().toLowerCase().replace(/[\s_-]+/g, " ");
  return COLUMNS.find((name) => name === plain || HEADS[name]?.includes(plain)) ?? null;
}

function quote(names: readonly string[], mark: string): string {
  return names.map((name) => `"${name.trim()}"`).join(mark);
}

/** The known cells of a row; empty ones that a spreadsheet adds at the end do not count. */
function toCells(cells: readonly string[], { columns, separator }: Head): Row["cells"] {
  const surplus = cells.slice(columns.length);
  if (cells.length < columns.length || surplus.some((cell) => cell.trim() !== "")) {
    throw new Error(
      `found ${cells.length} cells under ${columns.length} columns. Complete the row, and put ` +
        `quotation marks around a cell that holds ${nameOf(separator)}${otherSeparator(cells)}`,
    );
  }
  const entries = columns.flatMap((column, k) => column ? [[column, cells[k]!.trim()]] : []);
  return Object.fromEntries(entries);
}

function nameOf(separator: string): string {
  return { ",": "a comma", ";": "a semicolon", "\t": "a tab" }[separator]!;
}

/** A hint where a row goes on below its line, or one of one cell seems to be separated in another way than the first line. */
function otherSeparator(cells: readonly string[]): string {
  if (cells.at(-1)!.includes("\n")) return "; a quotation mark seems to be open in it";
  const other = cells.length === 1 && SEPARATORS.find((separator) => cells[0]!.includes(separator));
  return other ? `; this row seems to be separated by ${nameOf(other)}, unlike the first line` : "";
}
