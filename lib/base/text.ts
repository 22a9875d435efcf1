/** Numbers and sentences as people write them. */

/**
 * Writes a share, 0 to 1, as a percentage with one decimal, such as `67.4%`; an unknown share as a dash.
 * Without a space, no line breaks between the number and its sign.
 *
 * @example Seven of a thousand
 * ```ts
 * import { equal } from "node:assert/strict";
 *
 * equal(percent(0.007), "0.7%");
 * ```
 */
export function percent(share: number | null): string {
  return share === null ? "–" : `${(share * 100).toFixed(1)}%`;
}

/** Writes a share with its 95% interval: `70.4% (68.0% to 72.0%)`. */
export function withInterval(value: number, low: number, high: number): string {
  return `${percent(value)} (${percent(low)} to ${percent(high)})`;
}

/** Writes a value: numbers with thousands separators and at most three decimals, null as a dash. */
export function written(value: unknown): string {
  if (value === null || value === undefined) return "–";
  if (Array.isArray(value)) return value.map(written).join(", ");
  if (typeof value !== "number") return String(value);
  return value.toLocaleString("en", { maximumFractionDigits: 3 });
}

/**
 * Fills a template with values, numbers as people write them.
 *
 * @example The tag of a template
 * ```ts
 * import { equal } from "node:assert/strict";
 *
 * equal(sentence`The table has ${1234} photos.`, "The table has 1,234 photos.");
 * ```
 */
export function sentence(strings: TemplateStringsArray, ...values: unknown[]): string {
  return String.raw({ raw: strings }, ...values.map(written));
}

/** What a terminal would obey in place of showing it: control characters, and marks that turn what follows around. */
const OBEYED = /[\p{Cc}\u2028-\u202e\u2066-\u2069]/gu;

/** Shows characters that a terminal would obey as their codes, such as `\u001b`, `allowed` ones apart. */
export function visible(text: string, allowed = ""): string {
  return text.replaceAll(OBEYED, (letter) => (
    allowed.includes(letter) ? letter : `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`
  ));
}

/** Length of the longest text that a cell shows in full. */
const LONGEST = 64;

/** Shortens a long text, such as a path, by leaving out its middle. */
export function elide(text: string, longest = LONGEST): string {
  if (text.length <= longest) return text;
  const end = Math.ceil((longest - 1) / 2);
  return `${text.slice(0, longest - 1 - end)}…${text.slice(-end)}`;
}

export function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** What to do with a file or folder whose name {@linkcode isMisnamed}. */
export const MISNAMED = "its name is not UTF-8: rename it";

/** Tells names in another encoding, such as from an old archive: they come with signs in place of letters. */
export function isMisnamed(text: string): boolean {
  return text.includes("\uFFFD");
}
