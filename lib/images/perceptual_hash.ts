/** The perceptual hash of a photo: the hashes of near-duplicates differ in few bits. */
import { range } from "d3";
import { brightness, type Pixels } from "@/base/pixels.ts";
import { createUnion } from "@/base/union.ts";

/** Columns and rows of the small grey picture that the hash is computed from. */
const COLUMNS = 17, ROWS = 16;

/**
 * The difference hash of a photo: 256 bits, each telling whether a place of the photo, made 17 by 16
 * pixels of grey, is darker than the one at its right.
 *
 * Source: N. Krawetz, "Kind of Like That" (2013), here with 16 rows of 16 differences.
 */
export function perceptualHash(photo: Pixels): Uint32Array {
  // whole intensities: noise in flat regions must not change the hash
  const grey = shrinkToGrey(photo).map(Math.round);
  const words = new Uint32Array(8);
  for (let bit = 0; bit < 256; bit++) {
    const place = Math.floor(bit / 16) * COLUMNS + bit % 16;
    if (grey[place]! < grey[place + 1]!) words[bit >> 5]! |= 1 << (bit & 31);
  }
  return words;
}

/**
 * Groups hashes that differ in at most `distance` bits, directly or through others of the group: positions in order, a
 * list for each group of two or more. Two hashes within the distance agree wholly in one of `distance + 1` parts of their
 * bits, so that only those are compared that share a part; each part is strewn over the picture, since photos on one
 * plain background share whole rows.
 */
export function findCloseGroups(hashes: readonly Uint32Array[], distance: number): number[][] {
  const { find, join } = createUnion(hashes.length);
  const bits = hashes.map(toBits);
  const copies = [...Map.groupBy(bits.keys(), (k) => bits[k]).values()];
  for (const [first, ...same] of copies) same.forEach((k) => join(k, first!));
  const firsts = copies.map(([first]) => first!);
  const border = (part: number) => Math.round(part * 256 / (distance + 1));
  for (let part = 0; part <= distance; part++) {
    const partOf = (k: number) => bits[k]!.slice(border(part), border(part + 1));
    for (const alike of Map.groupBy(firsts, partOf).values()) {
      for (const [k, a] of alike.entries()) {
        for (const b of alike.slice(k + 1)) { // those that hang together already need no look
          if (find(a) !== find(b) && isClose(hashes[a]!, hashes[b]!, distance)) join(a, b);
        }
      }
    }
  }
  const groups = Map.groupBy(hashes.keys(), find);
  return [...groups.values()].filter(({ length }) => length > 1);
}

/** The places of the bits in an order in which neighbours lie a row and five columns apart in the picture. */
const STREWN = range(256).map((k) => k * 21 % 256);

function toBits(hash: Uint32Array): string {
  const bits = Array.from(hash, (word) => word.toString(2).padStart(32, "0")).join("");
  return STREWN.map((place) => bits[place]).join("");
}

/** Stops as soon as too many bits differ, for most pairs at the first or second word. */
function isClose(a: Uint32Array, b: Uint32Array, distance: number): boolean {
  let left = distance;
  for (let word = 0; word < 8 && left >= 0; word++) left -= countBits(a[word]! ^ b[word]!);
  return left >= 0;
}

/** Counts the ones among 32 bits (H. Warren, "Hacker's Delight", figure 5-2). */
function countBits(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** Shrinks a photo to a small grey picture, each pixel the mean of the part of the photo that it covers. */
function shrinkToGrey({ width, height, data }: Pixels): Float64Array {
  const rows = boxes(height, ROWS), columns = boxes(width, COLUMNS);
  const sums = new Float64Array(ROWS * COLUMNS);
  for (let y = 0; y < height; y++) {
    const line = shrinkLine(data, y * width * 3, columns);
    for (const { box, weight } of rows[y]!) {
      for (let x = 0; x < COLUMNS; x++) sums[box * COLUMNS + x]! += line[x]! * weight;
    }
  }
  return sums;
}

function shrinkLine(data: Uint8Array, start: number, columns: Share[][]): Float64Array {
  const line = new Float64Array(COLUMNS);
  for (let x = 0, at = start; x < columns.length; x++, at += 3) {
    const grey = brightness(data, at);
    for (const { box, weight } of columns[x]!) line[box]! += grey * weight;
  }
  return line;
}

/** The share of a pixel in the mean of a box. */
interface Share {
  box: number;
  weight: number;
}

/** Divides a line of pixels into boxes of one length; a pixel across a border counts in both. */
function boxes(size: number, count: number): Share[][] {
  const length = size / count;
  return Array.from({ length: size }, (_, pixel) => {
    const first = Math.floor(pixel / length), last = Math.ceil((pixel + 1) / length) - 1;
    const touched = Array.from({ length: last - first + 1 }, (_, k) => first + k);
    return touched.filter((box) => box < count).map((box) => {
      const overlap = Math.min(pixel + 1, (box + 1) * length) - Math.max(pixel, box * length);
      return { box, weight: overlap / length };
    });
  });
}
