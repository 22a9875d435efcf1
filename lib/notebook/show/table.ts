/** Tables below a cell, in two forms: HTML, and plain text for those who show none. */
import { max } from "d3";
import { elide, escapeHtml, written } from "@/base/text.ts";

/** Writes rows as an HTML table, numbers at the right; says how many rows it leaves out. */
export function htmlTable(records: readonly object[], most: number): string {
  if (records.length === 0) return "<p>none</p>";
  const columns = toColumns(records, most, isNumeric);
  const head = columns.map((column) => cell("th", [column.head], column)).join("");
  const body = columns[0]!.texts.map((_, row) =>
    `<tr>${columns.map((column) => cell("td", column.texts[row]!, column)).join("")}</tr>`
  );
  const rest = left(records, most, (text) => `<p>${text}</p>`);
  return `<table><thead><tr>${head}</tr></thead><tbody>${body.join("")}</tbody></table>${rest}`;
}

/**
 * Writes the same rows as plain text; says how many rows it leaves out.
 *
 * @param options `atRight` tells which columns stand at the right, by their values: numbers unless told
 */
export function plainTable(
  records: readonly object[],
  { most = Infinity, atRight = isNumeric }: { most?: number; atRight?: typeof isNumeric } = {},
): string {
  if (records.length === 0) return "none";
  const columns = toColumns(records, most, atRight).map(({ head, texts, numeric }) => {
    const cells = [head, ...texts.map((lines) => lines.join(" "))];
    const width = max(cells, ({ length }) => length)!;
    return cells.map((text) => numeric ? text.padStart(width) : text.padEnd(width));
  });
  const lines = columns[0]!.map((_, row) =>
    columns.map((cells) => cells[row]).join("  ").trimEnd()
  );
  return lines.join("\n") + left(records, most, (text) => `\n${text}`);
}

function left(records: readonly object[], most: number, write: (text: string) => string): string {
  return records.length > most ? write(`and ${written(records.length - most)} more`) : "";
}

type Column = ReturnType<typeof toColumns>[number];

/** Columns: their heads, the texts below, each in as many lines as it has items, and whether they stand at the right. */
function toColumns(records: readonly object[], most: number, atRight: typeof isNumeric) {
  const rows = records as readonly Record<string, unknown>[];
  return Object.keys(rows[0]!).map((head) => {
    const values = rows.map((row) => row[head]), numeric = atRight(values);
    const texts = values.slice(0, most).map((value) => [value].flat().map(written));
    return { head, texts: numeric ? alignDecimals(texts) : texts, numeric };
  });
}

/** A number, a percentage, or from one percentage to another. */
const NUMBER = /^(–|[\d.,]+%( to [\d.,]+%)?)$/;

function isNumeric(values: readonly unknown[]): boolean {
  return values.every((value) => typeof value === "number" || value === null) ||
    values.every((value) => NUMBER.test(written(value)));
}

/** Spaces as wide as a point and as a digit. */
const POINT = "\u2008", DIGIT = "\u2007";

/** Gives all numbers of a column the same decimals, a whole one room in their place. */
function alignDecimals(texts: readonly string[][]): string[][] {
  const decimals = (text: string) => text.match(/^[-\d,]+\.(\d+)$/)?.[1]?.length ?? 0;
  const most = max(texts.flat(), decimals) ?? 0;
  const fill = (text: string) => {
    const own = decimals(text);
    if (own === most || text.endsWith("%")) return text;
    return own > 0 ? text + "0".repeat(most - own) : text + POINT + DIGIT.repeat(most);
  };
  return texts.map((lines) => lines.map(fill));
}

function cell(tag: "th" | "td", lines: readonly string[], { numeric }: Column): string {
  const style = numeric ? "text-align: right; white-space: nowrap" : "text-align: left";
  const text = lines.map((line) => escapeHtml(elide(line))).join("<br>");
  return `<${tag} style="${style}">${text}</${tag}>`;
}
