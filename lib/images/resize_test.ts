import { deepEqual, equal, ok, rejects, throws } from "node:assert/strict";
import type { Interpolation } from "@/images/resize.ts";
import { NATIVE, testWith } from "@/testing.ts";

/** The module under test, loaded where native code is allowed. */
async function load() {
  return await import("@/images/resize.ts");
}

/** A photo of hard contrasts: the value at place k of the data is (37 k + 11 k²) mod 256. */
function contrasts(width: number, height: number) {
  const value = (_: unknown, k: number) => 37 * k + 11 * k * k;
  return { width, height, data: Uint8Array.from({ length: width * height * 3 }, value) };
}

interface Case {
  what: string;
  width: number;
  height: number;
  side: number;
  how?: Interpolation;
  /** Rows of the square, each byte as two hexadecimal digits. */
  rows: string[];
}

/** Squares as Pillow 12.3 makes them: `new`, `paste` at the rounded-down middle, `resize`. */
const CASES: Case[] = [
  {
    what: "enlarges a tall photo",
    width: 2,
    height: 3,
    side: 5,
    rows: [
      "0030674e3797d33bcc54154b000000",
      "1c24a16649bace74ca502c49000000",
      "6312ea945fe7c8beca4a4a46000000",
      "c21a9cd147bed17cd84a304e000000",
      "f82260f5349ed748e24a1b54000000",
    ],
  },
  {
    what: "enlarges a wide photo",
    width: 4,
    height: 3,
    side: 6,
    rows: [
      "003070613c9cd13ed57318f3936de8cbc5d4",
      "7a2467ae36a9d740d986218ab1876cebe967",
      "e62c7ad947b1b860c07a4f31b5a90ff7f719",
      "5471d555959d47c06912c38e5db6a1afa9a7",
      "103b6b124d420f622100664c1c525c423f5e",
      "000000000000000000000000000000000000",
    ],
  },
  {
    what: "shrinks a wide photo",
    width: 9,
    height: 4,
    side: 4,
    rows: [
      "10011e1e0f2122090f181d09",
      "529e8cbc6e9abc7d988f858e",
      "588a2244666355439076417c",
      "000000000000000000000000",
    ],
  },
  {
    what: "shrinks a tall photo",
    width: 4,
    height: 11,
    side: 5,
    rows: [
      "000000522662a376962a2c16000000",
      "0000006d3e528bba851f221d000000",
      "0000004d4b5e95a6a1202a14000000",
      "000000584965898cad150f14000000",
      "0000005d3c4fa39197161d1a000000",
    ],
  },
  {
    what: "keeps a photo of that side",
    width: 3,
    height: 2,
    side: 3,
    rows: [
      "003076d244cc6a1ee8",
      "c8becaec2472d650e0",
      "000000000000000000",
    ],
  },
  {
    what: "shrinks a photo to one pixel",
    width: 5,
    height: 3,
    side: 1,
    rows: [
      "6a505b",
    ],
  },
  {
    what: "enlarges a single pixel",
    width: 1,
    height: 1,
    side: 3,
    rows: [
      "003076003076003076",
      "003076003076003076",
      "003076003076003076",
    ],
  },
  {
    what: "enlarges by the nearest pixel",
    width: 2,
    height: 3,
    side: 5,
    how: "nearest",
    rows: [
      "003076003076d244cc000000000000",
      "003076003076d244cc000000000000",
      "6a1ee86a1ee8c8beca000000000000",
      "ec2472ec2472d650e0000000000000",
      "ec2472ec2472d650e0000000000000",
    ],
  },
  {
    what: "shrinks by the nearest pixel",
    width: 9,
    height: 4,
    side: 4,
    how: "nearest",
    rows: [
      "000000000000000000000000",
      "02c6a0e42c8adeaa8cf040a6",
      "54bc3a0efafce050d6cabec8",
      "000000000000000000000000",
    ],
  },
];

for (const { what, width, height, side, how, rows } of CASES) {
  testWith(NATIVE, `resizeToSquare() ${what}, as Pillow does`, async () => {
    const { resizeToSquare } = await load();
    const square = resizeToSquare(contrasts(width, height), side, how);
    deepEqual([square.width, square.height], [side, side]);
    const expected = Uint8Array.fromHex(rows.join(""));
    equal(square.data.length, expected.length);
    equal(square.data.toHex(), expected.toHex());
  });
}

async function read(name: string): Promise<Uint8Array> {
  return await Deno.readFile(new URL(`../testdata/${name}`, import.meta.url));
}

testWith(
  NATIVE,
  "fileToSquare() makes of a file what resizeToSquare() makes of its pixels",
  async () => {
    const { fileToSquare, resizeToSquare } = await load();
    const { decodePhoto } = await import("@/images/decode_photo.ts");
    for (const name of ["rgb.jpg", "orientation_6.jpg", "grey.png"]) {
      const bytes = await read(name), photo = await decodePhoto(bytes);
      for (const [side, how] of [[8, "bicubic"], [40, "bicubic"], [16, "nearest"]] as const) {
        deepEqual(await fileToSquare(bytes, side, how), resizeToSquare(photo, side, how));
      }
    }
  },
);

testWith(NATIVE, "fileToSquare() at the photo's own side only adds the bars", async () => {
  const { fileToSquare } = await load();
  const { padToSquare } = await import("@/images/padding.ts");
  const { decodePhoto } = await import("@/images/decode_photo.ts");
  const bytes = await read("orientation_6.jpg");
  const padded = padToSquare(await decodePhoto(bytes));
  deepEqual(await fileToSquare(bytes, 16), padded);
  deepEqual(await fileToSquare(bytes, 16, "nearest"), padded);
});

for (const [width, height] of [[20_000, 20], [20, 20_000]] as const) {
  testWith(
    NATIVE,
    `fileToSquare() shrinks ${width} by ${height} pixels without much memory`,
    async () => {
      const { fileToSquare } = await load();
      const { Image } = await import("imagescript");
      const bytes = await new Image(width, height).fill(0xc86432ff).encodeJPEG(90);
      const before = Deno.memoryUsage().rss;
      const { data } = await fileToSquare(bytes, 100);
      ok(Deno.memoryUsage().rss - before < 600e6, "as much as the whole square takes, 1.2 GB");
      // 20 of 20,000 are a tenth of one row of 100: only the two rows in the middle are not black
      const lit = Array.from(
        { length: 100 },
        (_, k) => width > height ? data[k * 300 + 150]! : data[15_000 + k * 3]!,
      );
      deepEqual(lit.map((red, k) => red > 2 ? k : -1).filter((k) => k >= 0), [49, 50]);
    },
  );
}

for (const side of [0, -1, 2.5, NaN, Infinity]) {
  testWith(NATIVE, `fileToSquare() and resizeToSquare() refuse a side of ${side}`, async () => {
    const { fileToSquare, resizeToSquare } = await load();
    const bytes = await read("rgb.png");
    await rejects(fileToSquare(bytes, side), RangeError);
    throws(() => resizeToSquare(contrasts(2, 3), side), RangeError);
  });
}

testWith(NATIVE, "no tensor is left behind, of squares made and of those refused", async () => {
  const { fileToSquare, resizeToSquare } = await load();
  const { tf } = await import("@/native/tensorflow.ts");
  const before = tf.memory().numTensors;
  for (const name of ["orientation_5.jpg", "rgb.png", "rgb.tif", "8_bit.bmp", "README.md"]) {
    for (const side of [4, 30, 0]) await fileToSquare(await read(name), side).catch(() => {});
  }
  await fileToSquare((await read("rgb.jpg")).subarray(0, 320), 8).catch(() => {});
  resizeToSquare(contrasts(5, 3), 7);
  resizeToSquare(contrasts(5, 3), 7, "nearest");
  throws(() => resizeToSquare(contrasts(5, 3), 2.5));
  equal(tf.memory().numTensors, before);
});
