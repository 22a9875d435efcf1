import { deepEqual, ok } from "node:assert/strict";
import { join } from "node:path";

const ROOT = join(import.meta.dirname!, "..", "..");

const PAGE = Deno.readTextFileSync(join(ROOT, "docs", "refusals.md"));

/** A row of the tables: the sentence, and the file that says it. */
const ROWS = [...PAGE.matchAll(/^\| (.+?) +\| .+ \| \[.+\]\(\.\.\/(.+)\) +\|$/gm)]
  .map(([, sentence, file]) => ({ sentence: sentence!, file: file! }));

/** A program's text with its literals joined, spaces and breaks as one space. */
function wordsOf(file: string): string {
  return Deno.readTextFileSync(join(ROOT, file))
    .replace(/(["'`])\s*\+\s*["'`]/g, "")
    .replaceAll("\\n", " ").replaceAll("\\", "").replace(/\s+/g, " ");
}

/** The parts of a sentence that are the same each time. */
function fixedParts(sentence: string): string[] {
  return sentence.split("…").map((part) => part.trim()).filter((part) => part.length > 1);
}

Deno.test("every refusal that the documents list is said by the file beside it", () => {
  ok(ROWS.length > 100, `${ROWS.length} rows`);
  const stale = ROWS.flatMap(({ sentence, file }) => {
    const words = wordsOf(file);
    return fixedParts(sentence).filter((part) => !words.includes(part))
      .map((part) => `${file}: ${part}`);
  });
  deepEqual(stale, []);
});
