import { equal } from "node:assert/strict";
import { elide, escapeHtml, percent, sentence, visible, written } from "@/base/text.ts";

Deno.test("percent() writes one decimal, and a dash for what is unknown", () => {
  equal(percent(0.3071), "30.7%");
  equal(percent(0.6741), "67.4%");
  equal(percent(0.0001), "0.0%");
  equal(percent(0), "0.0%");
  equal(percent(1), "100.0%");
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

Deno.test("visible() shows as codes what a terminal would obey, and all other letters", () => {
  equal(visible("a\x1b[31m\n\u202egpj.é😀"), "a\\u001b[31m\\u000a\\u202egpj.é😀");
  equal(visible("a\nb\x07", "\n"), "a\nb\\u0007");
});

Deno.test("escapeHtml() shows tags and entities as they are", () => {
  equal(escapeHtml("<b> & &lt;"), "&lt;b&gt; &amp; &amp;lt;");
});
