/** The perceptual hash of a photo: the hashes of near-duplicates differ in few bits. */
import { brightness, type Pixels } from "@/base/pixels.ts";

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
 * bits, so that only those are compared that share a part.
 */
export function findCloseGroups(hashes: readonly Uint32Array[], distance: number): number[][] {
  const words = new Int32Array(hashes.length * 8);
  hashes.forEach((hash, k) => words.set(hash, k * 8));
  const { find, join } = createUnion(hashes.length);
  const firsts = distinct(words, hashes.length, join);
  for (const [from, to] of partsOfBits(distance + 1)) {
    for (const alike of Map.groupBy(firsts, (k) => bitsOf(words, k * 8, from, to)).values()) {
      for (const [one, a] of alike.entries()) {
        for (let other = one + 1; other < alike.length; other++) {
          const b = alike[other]!;
          if (find(a) !== find(b) && isClose(words, a * 8, b * 8, distance)) join(a, b);
        }
      }
    }
  }
  const groups = Map.groupBy(hashes.keys(), find);
  return [...groups.values()].filter(({ length }) => length > 1);
}

/** The first position of each different hash; equal ones are joined with it. */
function distinct(
  words: Int32Array,
  count: number,
  join: (one: number, other: number) => void,
): number[] {
  const firsts = new Map<string, number>();
  for (let k = 0; k < count; k++) {
    const key = words.subarray(k * 8, k * 8 + 8).join();
    const first = firsts.get(key);
    if (first === undefined) firsts.set(key, k);
    else join(k, first);
  }
  return [...firsts.values()];
}

/** Divides 256 bits into parts of nearly one length: the first bit of each, and the one behind it. */
function partsOfBits(count: number): [from: number, to: number][] {
  const border = (part: number) => Math.round(part * 256 / count);
  return Array.from({ length: count }, (_, part) => [border(part), border(part + 1)]);
}

/** Some bits of a hash as a number: 32 at most, which lie in two words at most. */
function bitsOf(words: Int32Array, start: number, from: number, to: number): string {
  const first = from >> 5, last = (to - 1) >> 5, low = from & 31;
  const head = words[start + first]! >>> low;
  const length = to - from;
  const mask = length >= 32 ? -1 : (1 << length) - 1;
  if (first === last) return String(head & mask);
  const tail = words[start + last]! & ((1 << (((to - 1) & 31) + 1)) - 1);
  return `${head},${tail}`;
}

/** Opens a union-find over positions: what is joined, directly or through others, finds the same root. */
function createUnion(count: number) {
  const parents = Int32Array.from({ length: count }, (_, k) => k);
  function find(item: number): number {
    while (parents[item] !== item) item = parents[item] = parents[parents[item]!]!;
    return item;
  }
  function join(one: number, other: number): void {
    parents[find(one)] = find(other);
  }
  return { find, join };
}

/** Stops as soon as too many bits differ, for most pairs at the first or second word. */
function isClose(words: Int32Array, a: number, b: number, distance: number): boolean {
  let left = distance;
  for (let word = 0; word < 8 && left >= 0; word++) {
    left -= countBits(words[a + word]! ^ words[b + word]!);
  }
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
