import { equal, match } from "node:assert/strict";
import { animationFault, decodingFault, formatFault, imageFormat } from "@/images/image_format.ts";

/** Bytes of a text whose letters stand for one byte each, such as `\xff`. */
function bytes(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

/** The first 30 bytes of a BMP of so many bits a pixel. */
function bmp(depth: number): Uint8Array {
  return bytes("BM" + "\0".repeat(26) + String.fromCharCode(depth) + "\0");
}

/** A TIFF whose list of tags has one entry. */
function tiff(head: string, entry: string): string {
  const [offset, count] = head.startsWith("I")
    ? ["\x08\0\0\0", "\x01\0"]
    : ["\0\0\0\x08", "\0\x01"];
  return head + offset + count + entry;
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
  ["\0\0\0\x18ftypmif1\0\0\0\0mif1heic", "HEIC"],
  ["\0\0\0\x18ftypmsf1\0\0\0\0msf1hevc", "HEIC"],
  ["\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf", "AVIF"],
  ["\0\0\0\x18ftypcrx \0\0\0\x01crx isom", "camera raw"],
  ["\0\0\0\x14ftypqt  \0\0\0\0qt  heic", null], // the box ends before that brand
  ["\0\0\0\x0cjP  \r\n\x87\n", "JPEG 2000"],
  ["\xff\x4f\xff\x51\0", "JPEG 2000"],
  ["\0\0\0\x0cJXL \r\n\x87\n", "JPEG XL"],
  ["\xff\x0a\xfa", "JPEG XL"],
  ["II*\0\x10\0\0\0CR\x02\0", "camera raw"],
  ["FUJIFILMCCD-RAW 0201", "camera raw"],
  [tiff("II*\0", "\xfe\0\x04\0\x01\0\0\0\x01\0\0\0"), "camera raw"], // the first picture is a preview
  [tiff("II*\0", "\xfe\0\x04\0\x01\0\0\0\0\0\0\0"), "TIFF"],
  [tiff("II*\0", "\x03\x01\x03\0\x01\0\0\0\xff\x7f\0\0"), "camera raw"], // compressed as Sony does
  [tiff("MM\0*", "\xc6\x12\0\x01\0\0\0\x04\x01\x04\0\0"), "camera raw"], // a DNG
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

const OTHERS: [start: string, fault: string][] = [
  [
    "version https://git-lfs.github.com/spec/v1\noid",
    "a Git LFS pointer: fetch the file itself: git lfs pull",
  ],
  ["\n<!DOCTYPE html><svg>", "a web page: save the photo on it"],
  ["\xef\xbb\xbf<HTML>", "a web page: save the photo on it"],
  ['<?xml version="1.0"?>\n<svg width="1">', "an SVG: save it as JPEG or PNG"],
  ["%PDF-1.7\n%abc", "a PDF: save its page as JPEG or PNG"],
  ["\0\0\0\x14ftypqt  \0\0\0\0qt  ", "a video: save a frame of it"],
  ["PK\x03\x04", "an archive or document: unpack it, or save the photo in it"],
  ["\0".repeat(64), "zeros: it was not copied whole, so copy it again"],
];

Deno.test("formatFault() names what goes by a picture's name, and what to do", () => {
  for (const [start, fault] of OTHERS) {
    equal(formatFault(bytes(start)), `not an image but ${fault}`);
  }
  const converted = "convert it to JPEG, for instance with ImageMagick: magick mogrify -format jpg";
  equal(formatFault(bytes("\xff\x4f\xff\x51")), `JPEG 2000 image: ${converted} *.jp2`);
  equal(formatFault(bytes("\xff\x0a")), `JPEG XL image: ${converted} *.jxl`);
  match(formatFault(bytes("FUJIFILMCCD-RAW"))!, /^camera raw image: export it as JPEG/);
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

Deno.test("animationFault() tells a WebP of several frames from one with another flag, or none", () => {
  const webp = (kind: string) => bytes(`RIFF\x20\0\0\0WEBP${kind}`);
  match(animationFault(webp("VP8X\x0a\0\0\0\x12"))!, /^animated WebP: save a frame/);
  equal(animationFault(webp("VP8X\x0a\0\0\0\x10")), null);
  equal(animationFault(webp("VP8 \x0a\0\0\0\x12")), null);
});

Deno.test("decodingFault() calls the other kinds damaged", () => {
  equal(decodingFault(bytes("\x89PNG\r\n\x1a\n")), "damaged PNG");
  equal(decodingFault(bytes("GIF89a")), "damaged GIF");
  equal(decodingFault(bytes("BM")), "damaged BMP");
});
