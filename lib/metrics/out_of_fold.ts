/** Out-of-fold predictions: for every photo, that of a network neither trained on it nor chosen by it. */
import { csvParse, type DSVRowString, mean } from "d3";
import { csvTable, unguarded } from "@/base/csv.ts";
import { AGE_GROUPS, type AgeGroup } from "@/dataset/age_group.ts";
import type { Photo } from "@/dataset/photo.ts";
import { predictedGroup } from "@/metrics/metrics.ts";

/** The prediction of one fold's network, of one seed, for a photo of that fold. */
export interface OutOfFold extends Pick<Photo, "photo" | "subject" | "age"> {
  group: AgeGroup;
  fold: number;
  seed: number;
  probabilities: readonly number[];
  /** The predicted age in years; null if the network tells groups alone. */
  years: number | null;
}

/** The columns before the five probabilities, which stand under the groups' names. */
const COLUMNS = ["photo", "subject", "age", "true", "predicted", "fold", "seed"] as const;

const NAMES: readonly string[] = AGE_GROUPS.map(({ name }) => name);

/**
 * Writes out-of-fold predictions as CSV: `photo`, `subject`, `age`, `true` and `predicted` (the groups' names),
 * `fold`, `seed`, a column of probabilities for each group, and `years`. What is not known is left empty.
 */
export function outOfFoldText(rows: readonly OutOfFold[]): string {
  const cells = rows.map(({ group, probabilities, ...row }) => ({
    ...row,
    "true": NAMES[group],
    predicted: NAMES[predictedGroup(probabilities)],
    ...Object.fromEntries(NAMES.map((name, k) => [name, probabilities[k]])),
  }));
  return csvTable(cells, [...COLUMNS, ...NAMES, "years"]);
}

/**
 * Reads what {@linkcode outOfFoldText} wrote.
 *
 * @throws {Error} if a column is missing or a cell cannot be read, saying which
 */
export function parseOutOfFold(text: string, path: string): OutOfFold[] {
  const rows = csvParse(text.replace(/^\uFEFF/, "")); // a spreadsheet may have saved it
  const missing = [...COLUMNS, ...NAMES, "years"].filter((name) => !rows.columns.includes(name));
  if (missing.length > 0) {
    throw new Error(
      `Cannot read ${path}: the columns ${missing.join(", ")} are missing. It is not a table of ` +
        "out-of-fold predictions; `deno task cross-validate` writes one",
    );
  }
  return rows.map((row, k) => toRow(row, `${path}, line ${k + 2}`));
}

function toRow(row: DSVRowString, where: string): OutOfFold {
  const group = NAMES.indexOf(row.true!) as AgeGroup | -1;
  if (group === -1) throw new Error(`Cannot read ${where}: found the group "${row.true}"`);
  const number = (column: string) => toNumber(row[column]!, `${where}, ${column}`);
  return {
    photo: unguarded(row.photo!),
    subject: unguarded(row.subject!) || null,
    age: unguarded(row.age!) || null,
    group,
    fold: number("fold"),
    seed: number("seed"),
    probabilities: NAMES.map(number),
    years: row.years === "" ? null : number("years"),
  };
}

function toNumber(text: string, where: string): number {
  const number = Number(text);
  if (text !== "" && Number.isFinite(number)) return number;
  throw new Error(`Cannot read ${where}: found "${text}" in place of a number`);
}

/** Averages the probabilities and years of the seeds: a row a photo, in the order of the first seed. */
export function averageSeeds(rows: readonly OutOfFold[]): Omit<OutOfFold, "seed">[] {
  return [...Map.groupBy(rows, ({ photo }) => photo).values()].map((own) => {
    const { seed: _, ...first } = own[0]!;
    const probabilities = NAMES.map((_, k) => mean(own, (row) => row.probabilities[k])!);
    return { ...first, probabilities, years: mean(own, ({ years }) => years) ?? null };
  });
}
