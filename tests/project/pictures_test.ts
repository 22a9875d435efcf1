import { deepEqual } from "node:assert/strict";
import { contentOf, picturesOf, strangers } from "@tools/checks/pictures.ts";

const PNG = "iVBORw0KGgo=", OTHER = "iVBORw0KGgoAAA==";
const DRAWING = "<svg><rect/></svg>",
  PHOTOS = `<svg><image href="data:image/png;base64,${PNG}"/></svg>`;

const CELLS = [
  { where: "an output", cell: (png: string) => ({ outputs: [{ data: { "image/png": png } }] }) },
  {
    where: "lines of an output",
    cell: (png: string) => ({ outputs: [{ data: { "image/png": [`${png}\n`] } }] }),
  },
  {
    where: "HTML",
    cell: (png: string) => ({
      outputs: [{ data: { "text/html": [`<img src="data:image/png;base64,${png}">`] } }],
    }),
  },
  {
    where: "a cell's text",
    cell: (png: string) => ({ source: [`![](data:image/png;base64,${png})`] }),
  },
  {
    where: "an attachment",
    cell: (png: string) => ({ attachments: { "a.png": { "image/png": png } } }),
  },
];

for (const { where, cell } of CELLS) {
  Deno.test(`strangers() finds a picture in ${where} that is no figure`, () => {
    const figures = new Set([contentOf("a.png", Uint8Array.fromBase64(PNG))]);
    const found = (png: string) => picturesOf({ source: [], ...cell(png) });
    deepEqual(strangers(found(PNG), figures), []);
    deepEqual(strangers(found(OTHER), figures), [{ type: "image/png", content: OTHER }]);
  });
}

Deno.test("strangers() takes drawings without photos, and those with photos that are a figure", () => {
  const shown = (svg: string) => {
    const html = `<object data="data:image/svg+xml;base64,${btoa(svg)}"></object>`;
    return picturesOf({ source: "", outputs: [{ data: { "text/html": html } }] });
  };
  deepEqual(strangers(shown(DRAWING), new Set()), []);
  deepEqual(strangers(shown(PHOTOS), new Set()), [{ type: "image/svg+xml", content: PHOTOS }]);
  const bytes = new TextEncoder().encode(`${PHOTOS}\n`);
  deepEqual(strangers(shown(PHOTOS), new Set([contentOf("a.svg", bytes)])), []);
});
