import { equal } from "node:assert/strict";
import { elide, escapeHtml, htmlTable, percent, sentence, written } from "@/base/text.ts";

Deno.test("percent() writes one decimal, and a dash for what is unknown", () => {
  equal(percent(0.3071), "30.7 %");
  equal(percent(0), "0.0 %");
  equal(percent(1), "100.0 %");
  equal(percent(null), "–");
});

Deno.test("written() writes numbers with thousands separators and at most three decimals", () => {
  equal(written(19370), "19,370");
  equal(written(0.12345), "0.123");
  equal(written(2), "2");
  equal(written(-1234.5), "-1,234.5");
});

Deno.test("written() writes what is missing as a dash, lists with commas, the rest as it is", () => {
  equal(written(null), "–");
  equal(written(undefined), "–");
  equal(written([1200, null, "a"]), "1,200, –, a");
  equal(written("(25, 32)"), "(25, 32)");
  equal(written(false), "false");
  equal(written(""), "");
});

Deno.test("sentence() fills in values as written, and keeps the text's own letters", () => {
  equal(
    sentence`${1234} photos, \n${null} albums\n`,
    "1,234 photos, \\n– albums\\n".replaceAll("\\n", "\n"),
  );
});

Deno.test("elide() leaves out the middle of a text that is too long", () => {
  equal(elide("abcdefghij", 10), "abcdefghij");
  equal(elide("abcdefghijk", 10), "abcd…ghijk");
  equal(elide("abcdefghijk", 3), "a…k");
  equal(elide("x".repeat(64)).length, 64);
  equal(elide("x".repeat(65)).length, 64);
});

Deno.test("escapeHtml() shows tags and entities as they are", () => {
  equal(escapeHtml("<b> & &lt;"), "&lt;b&gt; &amp; &amp;lt;");
});

const right = (tag: string, text: string) => `<${tag} style="text-align: right">${text}</${tag}>`;
const left = (tag: string, text: string) => `<${tag} style="text-align: left">${text}</${tag}>`;

/** The table of these heads and rows of cells. */
function table(heads: string[], ...rows: string[][]): string {
  const body = rows.map((cells) => `<tr>${cells.join("")}</tr>`).join("");
  return `<table><thead><tr>${heads.join("")}</tr></thead><tbody>${body}</tbody></table>`;
}

Deno.test("htmlTable() sets words at the left and numbers at the right, heads too", () => {
  equal(
    htmlTable([{ group: "0-6", photos: 1234 }, { group: "7-20", photos: null }], 20),
    table([left("th", "group"), right("th", "photos")], [left("td", "0-6"), right("td", "1,234")], [
      left("td", "7-20"),
      right("td", "–"),
    ]),
  );
});

Deno.test("htmlTable() sets percentages at the right, one that is unknown too", () => {
  equal(
    htmlTable([{ share: percent(0.25) }, { share: percent(null) }], 20),
    table([right("th", "share")], [right("td", "25.0 %")], [right("td", "–")]),
  );
});

Deno.test("htmlTable() sets a column of words and numbers at the left", () => {
  equal(
    htmlTable([{ age: 26 }, { age: "(25, 32)" }], 20),
    table([left("th", "age")], [left("td", "26")], [left("td", "(25, 32)")]),
  );
});

Deno.test("htmlTable() escapes heads and cells, and writes each of a list on its own line", () => {
  equal(
    htmlTable([{ "a<b": ["x & y", "<i>"] }], 20),
    table([left("th", "a&lt;b")], [left("td", "x &amp; y<br>&lt;i&gt;")]),
  );
});

Deno.test("htmlTable() elides a long text before it escapes it", () => {
  const path = "&".repeat(70);
  equal(
    htmlTable([{ path }], 20),
    table([left("th", "path")], [left("td", `${"&amp;".repeat(31)}…${"&amp;".repeat(32)}`)]),
  );
});

Deno.test("htmlTable() shows so many rows, and says how many more there are", () => {
  const rows = Array.from({ length: 1503 }, (_, n) => ({ n }));
  const shown = table([right("th", "n")], [right("td", "0")], [right("td", "1")], [
    right("td", "2"),
  ]);
  equal(htmlTable(rows, 3), `${shown}<p>and 1,500 more</p>`);
  equal(htmlTable(rows.slice(0, 3), 3), shown);
});

Deno.test("htmlTable() says that there are no rows", () => {
  equal(htmlTable([], 20), "<p>none</p>");
});
