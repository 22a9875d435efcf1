/** Tables as CSV that people open in spreadsheets. */
import { csvFormat } from "d3";

/** What a spreadsheet takes a text for a formula by, also behind apostrophes: so that guarding can be undone. */
const FORMULA = /^'*[=+@\t\r\n-]/;

/** Guards a text that a spreadsheet would take for a formula by an apostrophe before it; numbers stay as they are. */
export function guarded(text: string): string {
  return FORMULA.test(text) && Number.isNaN(Number(text)) ? `'${text}` : text;
}

/** Undoes {@linkcode guarded}. */
export function unguarded(text: string): string {
  return text.startsWith("'") && FORMULA.test(text) ? text.slice(1) : text;
}

/** Writes rows as CSV with a head, every text {@linkcode guarded}; without `columns`, those of the rows. */
export function csvTable(rows: readonly object[], columns?: readonly string[]): string {
  const guard = (value: unknown) => typeof value === "string" ? guarded(value) : value;
  const cells = rows.map((row) => (
    Object.fromEntries(Object.entries(row).map(([name, value]) => [name, guard(value)]))
  ));
  return csvFormat(cells, columns) + "\n";
}
