import { deepEqual, equal, ok } from "node:assert/strict";
import { findCloseGroups, perceptualHash } from "@/images/perceptual_hash.ts";
import { createRandom, type Random } from "@/base/random.ts";

/** A grey photo, its levels (0 to 255) given by place, 0 to 1 from left to right and top to bottom. */
function paint(width: number, height: number, level: (x: number, y: number) => number) {
  const data = new Uint8Array(width * height * 3);
  for (let k = 0; k < width * height; k++) {
    const x = (k % width + 0.5) / width, y = (Math.floor(k / width) + 0.5) / height;
    data.fill(level(x, y), k * 3, k * 3 + 3);
  }
  return { width, height, data };
}

const wave = (x: number, y: number) =>
  128 + 60 * Math.sin(9 * x + 4 * y) + 40 * Math.sin(5 * y * x);

/** The photo with each value moved by up to `most`, as saving it anew would. */
function noisy(photo: ReturnType<typeof paint>, most: number, random: Random) {
  const move = () => Math.round((2 * random() - 1) * most);
  return { ...photo, data: photo.data.map((value) => value + move()) };
}

/** Counts the bits in which two hashes differ, 0 to 256 (Hamming distance). */
function hashDistance(a: Uint32Array, b: Uint32Array): number {
  const bits = [...a].map((word, k) => ((word ^ b[k]!) >>> 0).toString(2)).join("");
  return bits.replaceAll("0", "").length;
}

const ones = (hash: Uint32Array) => hashDistance(hash, new Uint32Array(8));

Deno.test("perceptualHash() has 256 bits, one for each place darker than its right neighbour", () => {
  const brighter = perceptualHash(paint(170, 160, (x) => 255 * x));
  equal(brighter.length, 8);
  equal(ones(brighter), 256);
  equal(ones(perceptualHash(paint(170, 160, (x) => 255 * (1 - x)))), 0);
});

Deno.test("perceptualHash() sets the first bits of the first word for the top row", () => {
  const hash = perceptualHash(paint(170, 160, (x, y) => y < 1 / 16 ? 255 * x : 0));
  deepEqual([...hash], [0xffff, 0, 0, 0, 0, 0, 0, 0]);
});

Deno.test("perceptualHash() hardly changes when a photo is saved anew", () => {
  const photo = paint(120, 150, wave);
  const distance = hashDistance(
    perceptualHash(photo),
    perceptualHash(noisy(photo, 6, createRandom(7, "noise"))),
  );
  ok(distance <= 6, `${distance} bits`);
});

Deno.test("perceptualHash() hardly changes when a photo is made smaller", () => {
  const distance = hashDistance(
    perceptualHash(paint(340, 320, wave)),
    perceptualHash(paint(101, 97, wave)),
  );
  ok(distance <= 6, `${distance} bits`);
});

Deno.test("perceptualHash() distinguishes a photo from its mirror image", () => {
  const mirrored = paint(120, 150, (x, y) => wave(1 - x, y));
  ok(hashDistance(perceptualHash(paint(120, 150, wave)), perceptualHash(mirrored)) > 60);
});

Deno.test("perceptualHash() of flat pictures has no bit, whatever their colour and size", () => {
  for (const [width, height] of [[1, 1], [2, 3], [17, 16], [50, 33], [1, 400], [400, 1]] as const) {
    for (const level of [0, 77, 255]) {
      equal(ones(perceptualHash(paint(width, height, () => level))), 0, `${width} by ${height}`);
    }
  }
});

Deno.test("perceptualHash() takes sizes that 17 and 16 do not divide, and smaller ones", () => {
  // a border between two columns lies within a place: one step up to it, one from it
  const sizes = [[1, 9, 0], [2, 2, 2], [5, 3, 8], [16, 15, 16], [18, 17, 16], [
    100,
    7,
    16,
  ]] as const;
  for (const [width, height, steps] of sizes) {
    const slope = perceptualHash(paint(width, height, (x) => 255 * x));
    equal(ones(slope), steps * 16, `${width} by ${height}`);
  }
});

Deno.test("perceptualHash() sees no step of less than a grey level", () => {
  // of 20 rows a place, the brighter ones are more to the right: from 100.00 to 100.45 on average
  const rising = paint(340, 320, (x, y) => 100 + Number(y * 320 % 20 < 9 * x));
  equal(ones(perceptualHash(rising)), 0);
});

Deno.test("perceptualHash() weighs the colours as the eye does", () => {
  const data = new Uint8Array(34 * 16 * 3);
  // blue at the left is darker than green at the right
  for (let k = 0; k < 34 * 16; k++) data[k * 3 + (k % 34 < 17 ? 2 : 1)] = 255;
  const rising = perceptualHash({ width: 34, height: 16, data });
  equal(ones(rising), 2 * 16); // the border lies within the middle place: one step to it, one from it
});

Deno.test("findCloseGroups() counts the bits that differ, the top one too", () => {
  const none = new Uint32Array(8), some = new Uint32Array([0x80000001, 0, 0, 0, 0, 0, 0, 0xf]);
  const isClose = (a: Uint32Array, b: Uint32Array, distance: number) =>
    findCloseGroups([a, b], distance).length === 1;
  deepEqual([isClose(none, some, 6), isClose(none, some, 5)], [true, false]);
  equal(isClose(some, some, 0), true);
  equal(isClose(none, new Uint32Array(8).fill(0xffffffff), 255), false);
});

/** The number of ones, read from the binary digits. */
function naiveDistance(a: Uint32Array, b: Uint32Array): number {
  return [...a].map((word, k) => (word ^ b[k]!) >>> 0)
    .join(" ").split(" ").map((word) => Number(word).toString(2).replaceAll("0", "").length)
    .reduce((sum, count) => sum + count, 0);
}

/** The groups that comparing each with each finds. */
function naiveGroups(hashes: Uint32Array[], distance: number): number[][] {
  let groups = hashes.map((_, k) => [k]);
  hashes.forEach((a, i) =>
    hashes.forEach((b, j) => {
      if (i >= j || naiveDistance(a, b) > distance) return;
      const both = groups.filter((group) => group.includes(i) || group.includes(j));
      groups = [...groups.filter((group) => !both.includes(group)), [...new Set(both.flat())]];
    })
  );
  return groups.filter(({ length }) => length > 1).map((group) => group.sort((a, b) => a - b))
    .sort(([a], [b]) => a! - b!);
}

Deno.test("findCloseGroups() finds the groups that comparing each with each finds", () => {
  const random = createRandom(7, "codes");
  const word = () => Math.floor(random() * 2 ** 32);
  const flip = (hash: Uint32Array) =>
    hash.map((word) => (word ^ (1 << Math.floor(random() * 32))) >>> 0);
  const codes = Array.from({ length: 30 }, () => Uint32Array.from({ length: 8 }, word));
  const hashes = codes.flatMap((code) => [code, flip(code), flip(flip(code))]);
  for (const distance of [0, 7, 8, 20, 31]) {
    deepEqual(findCloseGroups(hashes, distance), naiveGroups(hashes, distance), `${distance}`);
  }
  ok(naiveGroups(hashes, 8).length >= 20);
});

Deno.test("findCloseGroups() counts a distance at the border, and nothing beyond", () => {
  const pair = [new Uint32Array(8), new Uint32Array([0, 0, 0, 0, 0, 0, 0x1ffff, 0x7])];
  deepEqual(findCloseGroups(pair, 20), [[0, 1]]);
  deepEqual(findCloseGroups(pair, 19), []);
});

Deno.test("findCloseGroups() joins through others", () => {
  const hashes = [0, 0x3ff, 0xfffff].map((word) => new Uint32Array([word, ...Array(7).fill(0)]));
  deepEqual(findCloseGroups(hashes, 10), [[0, 1, 2]]);
});

Deno.test("findCloseGroups() finds none among no codes, or one", () => {
  deepEqual(findCloseGroups([], 20), []);
  deepEqual(findCloseGroups([new Uint32Array(8)], 20), []);
});

Deno.test("findCloseGroups() takes 100,000 copies of one picture", () => {
  const hashes = Array.from({ length: 100_000 }, () => new Uint32Array(8).fill(5));
  equal(findCloseGroups(hashes, 20)[0]!.length, 100_000);
});

Deno.test("findCloseGroups() compares few photos that share a plain background", () => {
  const random = createRandom(7, "plain");
  let looks = 0;
  const hashes = Array.from({ length: 500 }, () => {
    const words = Uint32Array.from({ length: 8 }, (_, k) => k < 4 ? 0 : random() * 2 ** 32);
    const get = (_: unknown, key: string | symbol) => (
      looks++, key === "length" ? words.length : words[Number(String(key))]
    );
    return new Proxy({}, { get }) as unknown as Uint32Array;
  });
  deepEqual(findCloseGroups(hashes, 20), []);
  ok(looks < 2e6, `${looks} looks at words`);
});
