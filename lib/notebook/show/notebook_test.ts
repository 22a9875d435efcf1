import { deepEqual, equal, match, ok } from "node:assert/strict";
import { existsSync } from "node:fs";
import { NATIVE, shown, testWith, withWork } from "@/testing.ts";

let loaded: ReturnType<typeof loadOnce> | undefined;

/** The module under test, with a work folder of its own, loaded where native code is allowed. */
function load() {
  return loaded ??= loadOnce();
}

function loadOnce() {
  return withWork(() => import("@/notebook/show/notebook.ts"));
}

const ALL = [...NATIVE, "write"] as Deno.PermissionName[];

testWith(ALL, "say() shows a sentence in Markdown, numbers as people write them", async () => {
  const { say } = (await load()).module;
  const [message, ...more] = await shown(() =>
    say`The table has **${19370}** photos, ${null} albums.`
  );
  deepEqual([message!.type, message!.data, more], [
    "display_data",
    { "text/markdown": "The table has **19,370** photos, – albums." },
    [],
  ]);
});

testWith(ALL, "showTable() shows 20 rows, or as many as wanted", async () => {
  const { showTable } = (await load()).module;
  const rows = Array.from({ length: 25 }, (_, n) => ({ n }));
  const messages = await shown(async () => {
    await showTable(rows);
    await showTable(rows, { most: 2 });
  });
  const html = messages.map(({ data }) => data["text/html"]!);
  deepEqual(html.map((text) => text.match(/<tr>/g)!.length), [21, 3]);
  deepEqual(html.map((text) => text.match(/and \d+ more/)![0]), ["and 5 more", "and 23 more"]);
});

const SVG = `<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20">
  <rect width="30" height="9"/></svg>`;

testWith(
  ALL,
  "showFigure() saves a figure of real photos in the work folder, and shows it at its width",
  async () => {
    const { work, module: { showFigure } } = await load();
    const [message] = await shown(() => showFigure({ name: "real-1a2b3c4d" }, "figure_x", SVG));
    const path = `${work}/figures/real-1a2b3c4d/figure_x`;
    equal(await Deno.readTextFile(`${path}.svg`), SVG);
    const png = await Deno.readFile(`${path}.png`);
    equal(message!.data["image/png"], png.toBase64());
    equal(message!.data["text/plain"], "figure_x");
    deepEqual(message!.metadata, { "image/png": { width: 40 } });
    equal(new DataView(png.buffer).getUint32(16), 80); // two pixels for one
    ok(!existsSync(new URL("../../figures/figure_x.svg", import.meta.url)));
  },
);

testWith(ALL, "showFigure() draws as many pixels as wanted", async () => {
  const { work, module: { showFigure } } = await load();
  await shown(() => showFigure({ name: "real-1a2b3c4d" }, "figure_y", SVG, { scale: 1 }));
  const png = await Deno.readFile(`${work}/figures/real-1a2b3c4d/figure_y.png`);
  equal(new DataView(png.buffer).getUint32(16), 40);
});

const HREF = "data:image/svg+xml;base64," + btoa(SVG);

testWith(
  ALL,
  "showFigure() shows a figure that can be pointed at, and its image elsewhere",
  async () => {
    const { module: { showFigure } } = await load();
    const options = { alt: 'Bars of "a" & b' };
    const [message] = await shown(() => showFigure({ name: "real" }, "figure_z", SVG, options));
    const html = message!.data["text/html"]!;
    ok(html.startsWith(`<object data="${HREF}" type="image/svg+xml"`));
    match(
      html,
      /<img src="[^"]+" alt="Bars of &quot;a&quot; &amp; b" width="40" style="max-width: 100%/,
    );
  },
);

const PHOTOS = SVG.replace("<rect", '<image href="data:,"/><rect').replace(
  "<svg",
  '<svg aria-label="Photos of each group"',
);

testWith(
  ALL,
  "showFigure() refuses to show people in a notebook under version control",
  async () => {
    const { work, module: { showFigure } } = await load();
    const [message] = await shown(() => showFigure({ name: "real" }, "figure_p", PHOTOS));
    deepEqual(Object.keys(message!.data), ["text/markdown"]);
    match(message!.data["text/markdown"]!, /under version control.*figures\/real\/figure_p\.png/);
    ok(existsSync(`${work}/figures/real/figure_p.png`));
  },
);

testWith(ALL, "showPublishedFigure() shows a figure that comes with the project", async () => {
  const { module: { showPublishedFigure } } = await load();
  const name = "utkface/search/figure_model_search";
  const [message] = await shown(() => showPublishedFigure(name, { alt: "All models" }));
  deepEqual(Object.keys(message!.data).sort(), ["image/png", "text/html", "text/plain"]);
  equal(message!.data["text/plain"], "figure_model_search");
  match(
    message!.data["text/html"]!,
    /^<object data="[^"]+" type="image\/svg\+xml" aria-label="All models"/,
  );
});
