/** Tables for the terminal. */
import { written } from "@/base/text.ts";
import { plainTable } from "@/notebook/show/table.ts";

/** Writes rows as plain text, a column below its head: numbers, and texts that begin with one, at the right. */
export function textTable(rows: readonly object[]): string {
  const beginsWithNumber = (value: unknown) => /^-?[\d–]/.test(written(value));
  return plainTable(rows, { atRight: (values) => values.every(beginsWithNumber) });
}
