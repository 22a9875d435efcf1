import { deepEqual, equal, match } from "node:assert/strict";
import { imageSize, reductionOf, sizeFault } from "@/images/image_size.ts";

function png(width: number, height: number): Uint8Array {
  const bytes = new Uint8Array(24), view = new DataView(bytes.buffer);
  bytes.set(Uint8Array.from("\x89PNG\r\n\x1a\n", (c) => c.charCodeAt(0)));
  view.setUint32(16, width);
  view.setUint32(20, height);
  return bytes;
}

/** A JPEG's header: a segment of comments, then the frame. */
function jpeg(width: number, height: number, frame = 0xc0): Uint8Array {
  const size = [height >> 8, height & 255, width >> 8, width & 255];
  return new Uint8Array([
    ...[0xff, 0xd8, 0xff, 0xfe, 0, 4, 1, 2, 0xff, frame, 0, 17, 8],
    ...size,
    ...[3, 1, 0x22, 0],
  ]);
}

Deno.test("imageSize() reads the header of a JPEG, baseline and progressive, of a PNG and of a GIF", () => {
  deepEqual(imageSize(jpeg(640, 480)), { width: 640, height: 480 });
  deepEqual(imageSize(jpeg(640, 480, 0xc2)), { width: 640, height: 480 });
  deepEqual(imageSize(png(7, 5)), { width: 7, height: 5 });
  const gif = new Uint8Array([...new TextEncoder().encode("GIF89a"), 3, 0, 2, 0]);
  deepEqual(imageSize(gif), { width: 3, height: 2 });
});

Deno.test("imageSize() knows no size of a header that is cut off, or of another file", () => {
  equal(imageSize(jpeg(640, 480).subarray(0, 12)), null);
  equal(imageSize(png(7, 5).subarray(0, 20)), null);
  equal(imageSize(new TextEncoder().encode("hello")), null);
});

Deno.test("reductionOf() shrinks a JPEG only as far as it must", () => {
  equal(reductionOf(jpeg(640, 480)), 1);
  equal(reductionOf(jpeg(13_000, 13_000)), 1);
  equal(reductionOf(jpeg(16_320, 12_240)), 2);
  equal(reductionOf(jpeg(65_535, 65_535)), 8);
  equal(reductionOf(png(16_320, 12_240)), 1);
});

Deno.test("sizeFault() names the limit for formats that cannot be shrunk", () => {
  equal(sizeFault(png(640, 480)), null);
  equal(sizeFault(jpeg(16_320, 12_240)), null);
  match(sizeFault(png(16_320, 12_240))!, /more than 178 megapixels. Save it smaller, or as JPEG$/);
});

Deno.test("sizeFault() refuses a JPEG whose decoding would fill the memory", () => {
  equal(sizeFault(jpeg(20_000, 20_000, 0xc2)), null);
  match(sizeFault(jpeg(60_000, 60_000, 0xc2))!, /more than 400 megapixels. Save it smaller$/);
});
