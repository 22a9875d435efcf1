import * as Plot from "@observablehq/plot";
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { drawPage } from "@/figures/shared/document.ts";
import { textsOf } from "@/figures/shared/testing.ts";

const small = { width: 200, height: 100 };

Deno.test("drawPage() writes a standalone SVG on a white ground", () => {
  const svg = drawPage({ title: "Title", plots: [small] });
  match(svg, /^<svg [^>]*xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
  const [, width, height] = svg.match(/viewBox="0 0 (\S+) (\S+)"/)!;
  ok(svg.includes(` width="${width}"`) && svg.includes(` height="${height}"`));
  match(svg, /<rect [^>]*fill="white"/);
  ok(svg.includes("font-family=") && !svg.includes("<style"));
});

Deno.test("drawPage() draws title, subtitle, key and caption around the plots", () => {
  const key = [{ name: "training", color: "blue", sign: "—" }, {
    name: "validation",
    color: "red",
  }];
  const marks = [Plot.text(["plot"], { frameAnchor: "middle" })];
  const page = { title: "T", subtitle: "S", key, caption: "C", plots: [{ ...small, marks }] };
  deepEqual(textsOf(drawPage(page)), ["T", "S", "—", "training", "■", "validation", "plot", "C"]);
});

Deno.test("drawPage() breaks a long key into lines", () => {
  const key = Array.from(
    { length: 12 },
    (_, i) => ({ name: `batch normalisation ${i}`, color: "red" }),
  );
  const svg = drawPage({ title: "T", key, plots: [{}] });
  const lines = [...svg.matchAll(/<text [^>]*y="([\d.]+)"[^>]*><tspan/g)].map(([, y]) => Number(y));
  ok(lines.length > 2 && lines.every((y, i) => i === 0 || y === lines[i - 1]! + 22));
  for (const { name } of key) ok(textsOf(svg).includes(name), name);
});

Deno.test("drawPage() breaks long texts into lines that fit the page", () => {
  const words = Array(60).fill("word");
  const texts = textsOf(drawPage({ title: "T", caption: words.join(" "), plots: [{}] })).slice(1);
  deepEqual(texts.join(" ").split(" "), words);
  ok(texts.length > 1 && texts.every((line) => line.length < 100));
});

Deno.test("drawPage() places plots beside and under each other", () => {
  const page = { title: "T", columns: 2, plots: [small, { ...small, height: 150 }, small] };
  const places = [...drawPage(page).matchAll(/<g [^>]*transform="translate\((\d+),(\d+)\)"/g)]
    .map(([, x, y]) => [Number(x), Number(y)]);
  const top = places[0]![1]!;
  deepEqual(places, [[0, top], [200, top], [0, top + 150]]);
});

Deno.test("drawPage() says why there is nothing to see", () => {
  deepEqual(textsOf(drawPage({ title: "T", subtitle: "S", empty: "No photos", plots: [{}] })), [
    "T",
    "No photos",
  ]);
});

Deno.test("drawPage() draws the same text twice, clip paths too", () => {
  const draw = () =>
    drawPage({
      title: "Two clips",
      plots: [1, 2].map((x) => ({ marks: [Plot.dot([[x, x]], { clip: true })] })),
    });
  const svg = draw();
  equal(svg, draw());
  deepEqual(svg.match(/ id="[^"]*"/g), [' id="two-clips-1"', ' id="two-clips-2"']);
  deepEqual(svg.match(/url\(#[^)]*\)/g), ["url(#two-clips-1)", "url(#two-clips-2)"]);
});

Deno.test("drawPage() escapes what XML reserves", () => {
  const svg = drawPage({ title: `a < b & "c"`, plots: [small] });
  ok(svg.includes('aria-label="a &lt; b &amp; &quot;c&quot;"'));
  ok(svg.includes(`>a &lt; b &amp; "c"</text>`));
});
