/** Photos as a polars frame and back: the one place that knows the columns' types. */
import pl from "nodejs-polars";
import { writeWhole } from "@/base/files.ts";
import type { Photo } from "@/dataset/photo.ts";

/** The common columns with their types, fixed so that a column of nulls has one, too. */
const SCHEMA = {
  ...{ photo: pl.Utf8, age: pl.Utf8, group: pl.Int32, gender: pl.Utf8 },
  ...{ subject: pl.Utf8, album: pl.Utf8, fold: pl.Int32 },
} satisfies Record<Exclude<keyof Photo, "box">, pl.DataType>;

const COLUMNS = Object.keys(SCHEMA) as (keyof typeof SCHEMA)[];

/**
 * Makes a frame of photos: a row a photo, the common columns of text, `group` and `fold` of Int32.
 * Other columns are left out, but for those of text that are named.
 *
 * @example Two photos
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 *
 * const nothing = { gender: null, subject: null, album: null, fold: null };
 * const frame = toFrame([
 *   { photo: "a.jpg", age: "(25, 32)", group: 2, ...nothing },
 *   { photo: "b.jpg", age: null, group: null, ...nothing },
 * ]);
 * deepEqual(frame.shape, { height: 2, width: 7 });
 * ```
 */
export function toFrame(photos: readonly Photo[], others: readonly string[] = []): pl.DataFrame {
  return frameOf(photos, [...COLUMNS, ...others]);
}

/** Writes a frame as a Parquet file, whole or not at all. */
export async function writeParquet(path: string, frame: pl.DataFrame): Promise<void> {
  await writeWhole(path, (part) => Promise.resolve(frame.writeParquet(part)));
}

/** Makes photos from a frame with the common columns; other columns are left out. */
export function fromFrame(frame: pl.DataFrame): Photo[] {
  return frame.select(...COLUMNS).toRecords() as unknown as Photo[];
}

/**
 * Counts the photos of every combination of values of some columns, sorted by these values with missing ones last.
 *
 * @example Photos by gender
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 *
 * const photos = [{ gender: "m" }, { gender: "f" }, { gender: "f" }];
 * deepEqual(countBy(photos, "gender"), [{ gender: "f", photos: 2 }, { gender: "m", photos: 1 }]);
 * ```
 */
export function countBy<P extends object, Column extends keyof P & string>(
  photos: readonly P[],
  ...columns: Column[]
): (Pick<P, Column> & { photos: number })[] {
  const counted = frameOf(photos, columns).groupBy(columns).agg(pl.len().alias("photos"));
  const rows: unknown = counted.sort({ by: columns, nullsLast: true }).toRecords();
  return rows as (Pick<P, Column> & { photos: number })[];
}

/**
 * Sorts rows by the place of a column's value in a list, such as that of the age labels; rows whose
 * value is not in the list come first.
 *
 * @example Labels in the order of age, not of the alphabet
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 *
 * const rows = [{ label: "(15, 20)" }, { label: "(4, 6)" }];
 * deepEqual(inOrder(rows, "label", ["(4, 6)", "(15, 20)"]), [{ label: "(4, 6)" }, { label: "(15, 20)" }]);
 * ```
 */
export function inOrder<Row, Column extends keyof Row>(
  rows: readonly Row[],
  column: Column,
  order: readonly Row[Column][],
): Row[] {
  return rows.toSorted((a, b) => order.indexOf(a[column]) - order.indexOf(b[column]));
}

function frameOf(photos: readonly object[], columns: readonly string[]): pl.DataFrame {
  const types: Record<string, pl.DataType> = SCHEMA;
  const schema = Object.fromEntries(columns.map((column) => [column, types[column] ?? pl.Utf8]));
  // not column by column: a typed Series turns null into 0
  return pl.DataFrame([...photos], { schema });
}
