import { deepEqual, equal, rejects } from "node:assert/strict";
import { pngHref } from "@/figures/shared/picture.ts";
import { testWith } from "@/testing.ts";

const PIXELS = { width: 2, height: 1, data: new Uint8Array([255, 0, 0, 1, 2, 3]) };

testWith(["read"], "pngHref() keeps every pixel, row by row", async () => {
  const { Image } = await import("imagescript");
  const [head, body] = (await pngHref(PIXELS)).split(",");
  equal(head, "data:image/png;base64");
  const image = await Image.decode(Uint8Array.fromBase64(body!));
  deepEqual([image.width, image.height], [2, 1]);
  deepEqual([...image.bitmap], [255, 0, 0, 255, 1, 2, 3, 255]);
});

testWith(["read"], "pngHref() writes the same text at any time of day", async () => {
  const now = Date.now, today = await pngHref(PIXELS);
  try {
    Date.now = () => 0;
    equal(await pngHref(PIXELS), today);
  } finally {
    Date.now = now;
  }
});

Deno.test("pngHref() refuses bytes that do not match the size", async () => {
  await rejects(pngHref({ ...PIXELS, width: 3 }), {
    name: "RangeError",
    message: /6 bytes as a picture of 3 by 1 pixels: it takes 9/,
  });
});
