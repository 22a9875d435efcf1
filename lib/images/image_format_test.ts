import { equal } from "node:assert/strict";
import { decodingFault, formatFault, imageFormat } from "@/images/image_format.ts";

/** Bytes of a text whose letters stand for one byte each, such as `\xff`. */
function bytes(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

/** The first 30 bytes of a BMP of so many bits a pixel. */
function bmp(depth: number): Uint8Array {
  return bytes("BM" + "\0".repeat(26) + String.fromCharCode(depth) + "\0");
}

const STARTS: [start: string, format: string | null][] = [
  ["\xff\xd8\xff\xe1", "JPEG"],
  ["\x89PNG\r\n\x1a\n", "PNG"],
  ["GIF87a", "GIF"],
  ["GIF89a", "GIF"],
  ["BM\x76\x02", "BMP"],
  ["II*\0\x08\0", "TIFF"],
  ["MM\0*\0\0", "TIFF"],
  ["RIFF\x40\0\0\0WEBPVP8 ", "WebP"],
  ["\0\0\0\x18ftypheic", "HEIC"],
  ["\0\0\0\x18ftypmif1", "HEIC"],
  ["\0\0\0\x1cftypavif", "AVIF"],
  ["RIFF\x40\0\0\0WAVEfmt ", null],
  ["<!DOCTYPE html>", null],
  ["\xff\xd8", null],
  ["", null],
];

for (const [start, format] of STARTS) {
  Deno.test(`imageFormat() tells ${JSON.stringify(start)}: ${format}`, () => {
    equal(imageFormat(bytes(start)), format);
  });
}

Deno.test("formatFault() names what is wrong with a file that cannot be read", () => {
  equal(formatFault(bytes("")), "empty file");
  equal(formatFault(bytes("hello")), "not an image");
  equal(formatFault(bytes("II*\0")), "TIFF image: save it as JPEG or PNG");
  equal(formatFault(bytes("\0\0\0\x18ftypheic"))!.startsWith("HEIC image: convert it"), true);
});

Deno.test("formatFault() has nothing against the kinds that are read", () => {
  for (const start of ["\xff\xd8\xff", "\x89PNG\r\n\x1a\n", "GIF89a", "RIFF....WEBP"]) {
    equal(formatFault(bytes(start)), null);
  }
});

Deno.test("formatFault() has nothing against a BMP of colours, and refuses one with a palette", () => {
  equal(formatFault(bmp(24)), null);
  equal(formatFault(bmp(32)), null);
  for (const depth of [1, 4, 8, 16]) {
    equal(formatFault(bmp(depth)), "BMP image of too few bits: save it as PNG");
  }
});

Deno.test("formatFault() leaves a BMP that is cut off before its depth to the decoder", () => {
  equal(formatFault(bmp(8).subarray(0, 29)), null);
});

Deno.test("decodingFault() distinguishes a JPEG that is cut off from one that is damaged", () => {
  equal(decodingFault(bytes("\xff\xd8\xff\xe0 and then nothing")), "truncated JPEG");
  equal(decodingFault(bytes("\xff\xd8\xff\xe0 nonsense \xff\xd9")), "damaged JPEG");
  equal(decodingFault(bytes("\xff\xd8\xff\xe0 nonsense \xff\xd9\0\0\0")), "damaged JPEG");
  equal(decodingFault(bytes("\xff\xd8\xff\0\0\0")), "truncated JPEG");
});

Deno.test("decodingFault() calls the other kinds damaged", () => {
  equal(decodingFault(bytes("\x89PNG\r\n\x1a\n")), "damaged PNG");
  equal(decodingFault(bytes("GIF89a")), "damaged GIF");
  equal(decodingFault(bytes("BM")), "damaged BMP");
});
