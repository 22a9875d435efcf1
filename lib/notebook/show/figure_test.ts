import { equal, match, ok } from "node:assert/strict";
import { figureHtml, hasPhotos, titleOf, widthOf } from "@/notebook/show/figure.ts";

const BARS = '<svg width="40" height="20" aria-label="Photos per group"><rect/></svg>';
const PHOTOS = BARS.replace("<rect/>", '<image href="data:,"/>');

Deno.test("hasPhotos() finds pictures in a figure", () => {
  equal(hasPhotos(BARS), false);
  equal(hasPhotos(PHOTOS), true);
});

Deno.test("titleOf() and widthOf() read the figure's own, and do without", () => {
  equal(titleOf(BARS), "Photos per group");
  equal(widthOf(BARS), 40);
  equal(titleOf("<svg/>"), "");
  equal(widthOf("<svg/>"), undefined);
});

Deno.test("figureHtml() makes a document of bars, with the image for those who show none", () => {
  const href = "data:image/svg+xml;base64," + btoa(BARS), html = figureHtml(BARS, '"a" & b');
  ok(
    html.startsWith(
      `<object data="${href}" type="image/svg+xml" aria-label="&quot;a&quot; &amp; b"`,
    ),
  );
  ok(html.includes(`<img src="${href}" alt="&quot;a&quot; &amp; b" width="40"`));
});

Deno.test("figureHtml() makes an image of photos", () => {
  match(
    figureHtml(PHOTOS, "four faces"),
    /^<img src="data:[^"]+" alt="four faces" width="40" [^>]+>$/,
  );
});
