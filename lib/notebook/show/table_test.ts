import { equal } from "node:assert/strict";
import { htmlTable, plainTable } from "@/notebook/show/table.ts";
import { percent } from "@/base/text.ts";

const right = (tag: string, text: string) =>
  `<${tag} style="text-align: right; white-space: nowrap">${text}</${tag}>`;
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
    table([right("th", "share")], [right("td", "25.0%")], [right("td", "–")]),
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

Deno.test("htmlTable() sets the decimals of a column below each other", () => {
  const shown = ["0.123", "1,234.500", "2\u2008\u2007\u2007\u2007", "–\u2008\u2007\u2007\u2007"];
  equal(
    htmlTable([{ n: 0.1234 }, { n: 1234.5 }, { n: 2 }, { n: null }], 20),
    table([right("th", "n")], ...shown.map((text) => [right("td", text)])),
  );
});

Deno.test("htmlTable() sets intervals at the right, and breaks no number", () => {
  const interval = `${percent(0.25)} to ${percent(0.5)}`;
  equal(
    htmlTable([{ interval }], 20),
    table([right("th", "interval")], [right("td", interval)]),
  );
});

Deno.test("plainTable() writes the same rows as text, a column below its head", () => {
  const rows = [{ group: "0-6", photos: 1234, of: ["a", "b"] }, {
    ...{ group: "7-20", photos: 9.5, of: null },
  }, { group: "60+", photos: 1, of: [] }];
  equal(
    plainTable(rows, { most: 2 }),
    "group   photos  of\n0-6    1,234\u2008\u2007  a b\n7-20       9.5  –\nand 1 more",
  );
  equal(plainTable([]), "none");
});
