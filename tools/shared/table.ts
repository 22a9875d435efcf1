/**
 * Tables for the terminal.
 *
 * @module
 */
import { written } from "@/base/text.ts";
import { alignDecimals } from "@/notebook/show/table.ts";

/** A row of a table: column heads and what stands under them. */
type TableRow = Record<string, unknown>;

/** Writes rows as plain text, a column below its head: numbers, and texts that begin with one, at the right. */
export function textTable(rows: readonly Record<string, unknown>[]): string {
  const heads = Object.keys(rows[0] ?? {});
  const columns = heads.map((head) =>
    alignColumn([head, ...alignDecimals(rows.map((row) => [written(row[head])])).flat()])
  );
  return [0, ...rows.keys().map((k) => k + 1)]
    .map((line) => columns.map((column) => column[line]).join("  ").trimEnd())
    .join("\n");
}

function alignColumn(cells: string[]): string[] {
  const width = Math.max(...cells.map((cell) => cell.length));
  const number = cells.slice(1).every((cell) => /^[\d–]/.test(cell));
  return cells.map((cell) => number ? cell.padStart(width) : cell.padEnd(width));
}
