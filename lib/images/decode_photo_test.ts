import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import type { Pixels } from "@/base/pixels.ts";
import { UnreadablePhoto } from "@/images/unreadable_photo.ts";
import { NATIVE, testWith, withFolder } from "@/testing.ts";

/** The decoder, loaded where native code is allowed. */
async function load() {
  return { ...await import("@/images/decode_photo.ts"), UnreadablePhoto };
}

/** Reads one of the pictures made for tests; `testdata/README.md` tells what they show. */
async function read(name: string): Promise<Uint8Array> {
  return await Deno.readFile(new URL(`../testdata/${name}`, import.meta.url));
}

async function decode(name: string): Promise<Pixels> {
  return await (await load()).decodePhoto(await read(name));
}

function equals(bytes: Uint8Array, values: number[]): boolean {
  return values.every((value, k) => bytes[k] === value);
}

type Color = [red: number, green: number, blue: number];

function colorAt({ width, data }: Pixels, x: number, y: number): Color {
  const [red, green, blue] = data.subarray((y * width + x) * 3);
  return [red!, green!, blue!];
}

/** The colours of the four corners and of one place inside: top left and right, bottom left and right. */
function colors(photo: Pixels): Color[] {
  const right = photo.width - 1, bottom = photo.height - 1;
  const places = [[0, 0], [right, 0], [0, bottom], [right, bottom], [5, 7]] as const;
  return places.map(([x, y]) => colorAt(photo, x, y));
}

function assertNear(actual: Color[], expected: Color[], most: number): void {
  const differences = actual.flat().map((value, k) => Math.abs(value - expected.flat()[k]!));
  ok(
    Math.max(...differences) <= most,
    `${JSON.stringify(actual)}, not ${JSON.stringify(expected)}`,
  );
}

// as Pillow 12.3 reads the files
const EXACT: Color[] = [
  [10, 10, 20],
  [235, 10, 140],
  [10, 230, 108],
  [235, 230, 228],
  [85, 150, 116],
];
const JPEG: Color[] = [
  [9, 11, 23],
  [235, 10, 140],
  [10, 228, 108],
  [233, 229, 226],
  [84, 151, 116],
];
const CMYK: Color[] = [
  [10, 10, 20],
  [235, 10, 140],
  [10, 232, 107],
  [235, 232, 227],
  [84, 150, 116],
];
const WEBP: Color[] = [
  [8, 14, 19],
  [222, 19, 136],
  [18, 222, 119],
  [233, 228, 229],
  [89, 146, 116],
];
const PALETTE: Color[] = [
  [25, 20, 32],
  [220, 20, 136],
  [25, 210, 108],
  [220, 220, 216],
  [78, 140, 108],
];
const grey = (...levels: number[]): Color[] => levels.map((level) => [level, level, level]);

const KINDS: [what: string, file: string, expected: Color[], most: number][] = [
  ["a JPEG", "rgb.jpg", JPEG, 1],
  ["a progressive JPEG", "progressive.jpg", JPEG, 1],
  ["a grey JPEG", "grey.jpg", grey(12, 92, 149, 230, 127), 1],
  ["a JPEG of four printing colours", "cmyk.jpg", CMYK, 3],
  ["a PNG", "rgb.png", EXACT, 0],
  ["a grey PNG", "grey.png", grey(11, 92, 150, 231, 127), 0],
  ["a PNG with a palette", "palette.png", PALETTE, 0],
  ["a PNG with transparency, as if it were opaque", "alpha.png", EXACT, 0],
  ["a PNG of 16 bits, their upper halves", "rgb_16_bit.png", EXACT, 0],
  ["a grey PNG of 16 bits", "grey_16_bit.png", grey(10, 10, 230, 230, 150), 0],
  ["a GIF", "palette.gif", PALETTE, 0],
  ["a BMP of 24 bits", "24_bit.bmp", EXACT, 0],
  ["a BMP of 32 bits", "32_bit.bmp", EXACT, 0],
  ["a WebP", "rgb.webp", WEBP, 3],
];

for (const [what, file, expected, most] of KINDS) {
  testWith(NATIVE, `decodePhoto() reads ${what}`, async () => {
    const photo = await decode(file);
    deepEqual([photo.width, photo.height, photo.data.length], [16, 12, 16 * 12 * 3]);
    assertNear(colors(photo), expected, most);
  });
}

testWith(
  NATIVE,
  "decodePhoto() reads a WebP with transparency as if it were opaque, and no animated one",
  async () => {
    const { default: sharp } = await import("sharp"), { decodePhoto } = await load();
    const half = sharp(await read("rgb.png")).ensureAlpha(0.5);
    assertNear(colors(await decodePhoto(await half.webp({ lossless: true }).toBuffer())), EXACT, 0);
    const film = await sharp([await half.png().toBuffer(), await read("rgb.png")], {
      join: { animated: true },
    }).webp().toBuffer();
    await rejects(decodePhoto(film), /^UnreadablePhoto: animated WebP/);
  },
);

testWith(NATIVE, "decodePhoto() reads a BMP with something behind its pixels", async () => {
  const { decodePhoto } = await load();
  const file = [...await read("24_bit.bmp"), ...Array(30).fill(7)];
  assertNear(colors(await decodePhoto(new Uint8Array(file))), EXACT, 0);
});

const [A, B, C, D] = JPEG as [Color, Color, Color, Color];

/** For each orientation: width, height and corners after Pillow's `ImageOps.exif_transpose`. */
const UPRIGHT: [width: number, height: number, ...corners: Color[]][] = [
  [16, 12, A, B, C, D],
  [16, 12, B, A, D, C],
  [16, 12, D, C, B, A],
  [16, 12, C, D, A, B],
  [12, 16, A, C, B, D],
  [12, 16, C, A, D, B],
  [12, 16, D, B, C, A],
  [12, 16, B, D, A, C],
];

for (const [k, [width, height, ...corners]] of UPRIGHT.entries()) {
  testWith(NATIVE, `decodePhoto() turns orientation ${k + 1} upright`, async () => {
    const photo = await decode(`orientation_${k + 1}.jpg`);
    deepEqual([photo.width, photo.height], [width, height]);
    assertNear(colors(photo).slice(0, 4), corners, 1);
  });
}

testWith(NATIVE, "decodePhoto() turns a PNG upright, too", async () => {
  const photo = await decode("orientation_6.png");
  deepEqual([photo.width, photo.height], [12, 16]);
  assertNear(colors(photo).slice(0, 4), [[10, 230, 108], [10, 10, 20], [235, 230, 228], B], 0);
});

/** A chunk of a WebP. */
function webpChunk(name: string, content: Uint8Array): number[] {
  const length = new Uint8Array(new Uint32Array([content.length]).buffer);
  return [
    ...new TextEncoder().encode(name),
    ...length,
    ...content,
    ...content.length % 2 ? [0] : [],
  ];
}

for (const [where, head] of [["in a chunk", ""], ["behind a JPEG's mark", "Exif\0\0"]] as const) {
  testWith(NATIVE, `decodePhoto() turns a WebP upright, its EXIF ${where}`, async () => {
    const { decodePhoto } = await load();
    const jpeg = await read("orientation_6.jpg"), webp = await read("rgb.webp");
    const from = jpeg.findIndex((_, k) => equals(jpeg.subarray(k, k + 4), [0x4d, 0x4d, 0, 42]));
    const exif = new Uint8Array([
      ...new TextEncoder().encode(head),
      ...jpeg.subarray(from, from + 40),
    ]);
    const file = [...webp, ...webpChunk("odd!", new Uint8Array(3)), ...webpChunk("EXIF", exif)];
    const { width, height } = await decodePhoto(new Uint8Array(file));
    deepEqual([width, height], [12, 16]);
  });
}

testWith(NATIVE, "decodePhoto() treats an unknown orientation as upright", async () => {
  const { decodePhoto } = await load();
  const bytes = await read("orientation_6.jpg");
  const tag = bytes.findIndex((_, k) => equals(bytes.subarray(k, k + 4), [1, 0x12, 0, 3]));
  equal(bytes[tag + 9], 6);
  bytes[tag + 9] = 9;
  const { width } = await decodePhoto(bytes);
  equal(width, 16);
});

testWith(NATIVE, "decodePhoto() reads a file from within a longer row of bytes", async () => {
  const { decodePhoto } = await load();
  const file = await read("orientation_6.jpg");
  const within = new Uint8Array([7, 7, 7, ...file, 7]).subarray(3, 3 + file.length);
  deepEqual(await decodePhoto(within), await decodePhoto(file));
});

const BROKEN: [what: string, file: () => Promise<Uint8Array>, fault: string][] = [
  ["an empty file", async () => (await read("rgb.jpg")).subarray(0, 0), "empty file"],
  ["a JPEG cut off in its head", () => start("rgb.jpg", 100), "truncated JPEG"],
  ["a JPEG cut off in its pixels", () => start("rgb.jpg", 320), "truncated JPEG"],
  ["a progressive JPEG cut off", () => start("progressive.jpg", 400), "truncated JPEG"],
  ["a JPEG without its middle", damagedJpeg, "damaged JPEG"],
  ["a PNG cut off", () => start("rgb.png", 70), "damaged PNG"],
  ["a GIF cut off", () => start("palette.gif", 200), "damaged GIF"],
  ["a BMP cut off", () => start("24_bit.bmp", 300), "damaged BMP"],
  ["a BMP cut off in its head", () => start("24_bit.bmp", 20), "damaged BMP"],
  ["a BMP with a palette", () => read("8_bit.bmp"), "BMP image of too few bits: save it as PNG"],
  ["a TIFF", () => read("rgb.tif"), "TIFF image: save it as JPEG or PNG"],
  ["a WebP cut off", () => start("rgb.webp", 60), "damaged WebP"],
  ["a text", () => read("README.md"), "not an image"],
];

async function start(name: string, length: number): Promise<Uint8Array> {
  return (await read(name)).subarray(0, length);
}

async function damagedJpeg(): Promise<Uint8Array> {
  const bytes = await read("rgb.jpg");
  return new Uint8Array([...bytes.subarray(0, 100), ...bytes.subarray(-2)]);
}

for (const [what, file, fault] of BROKEN) {
  testWith(NATIVE, `decodePhoto() refuses ${what}: ${fault}`, async () => {
    const { decodePhoto, UnreadablePhoto } = await load();
    await rejects(decodePhoto(await file()), (error: Error) => {
      ok(error instanceof UnreadablePhoto);
      equal(error.message, fault);
      return true;
    });
  });
}

/** Writes a side of 60,000 pixels into a file's head: two numbers of so many bytes at the place. */
function enlarge(bytes: Uint8Array, place: number, size: 2 | 4, littleEndian: boolean): Uint8Array {
  const view = new DataView(bytes.buffer);
  for (const at of [place, place + size]) {
    if (size === 2) view.setUint16(at, 60_000, littleEndian);
    else view.setUint32(at, 60_000, littleEndian);
  }
  return bytes;
}

/** The place of a JPEG's height: five bytes after the mark of a frame, 0xffc0 or, progressive, 0xffc2. */
function heightOfJpeg(bytes: Uint8Array): number {
  return bytes.findIndex((byte, k) => byte === 0xff && [0xc0, 0xc2].includes(bytes[k + 1]!)) + 5;
}

const HUGE: [what: string, file: string, (bytes: Uint8Array) => Uint8Array][] = [
  ["a JPEG", "rgb.jpg", (bytes) => enlarge(bytes, heightOfJpeg(bytes), 2, false)],
  [
    "a progressive JPEG",
    "progressive.jpg",
    (bytes) => enlarge(bytes, heightOfJpeg(bytes), 2, false),
  ],
  ["a PNG", "rgb.png", (bytes) => withChecksum(enlarge(bytes, 16, 4, false))],
  ["a GIF", "palette.gif", (bytes) => enlarge(bytes, bytes.lastIndexOf(0x2c, 130) + 5, 2, true)],
  ["a BMP", "24_bit.bmp", (bytes) => enlarge(bytes, 18, 4, true)],
];

/** Puts right the checksum (CRC-32) of a PNG's head. */
function withChecksum(bytes: Uint8Array): Uint8Array {
  let rest = ~0;
  for (const byte of bytes.subarray(12, 29)) {
    rest ^= byte;
    for (let bit = 0; bit < 8; bit++) rest = (rest >>> 1) ^ (rest & 1 ? 0xedb88320 : 0);
  }
  new DataView(bytes.buffer).setUint32(29, ~rest);
  return bytes;
}

for (const [what, file, change] of HUGE) {
  testWith(
    NATIVE,
    `decodePhoto() refuses ${what} that claims 60,000 by 60,000 pixels`,
    async () => {
      const { decodePhoto, UnreadablePhoto } = await load();
      const bytes = change(await read(file));
      const before = Deno.memoryUsage().rss;
      await rejects(decodePhoto(bytes), UnreadablePhoto);
      ok(Deno.memoryUsage().rss - before < 1e9, "takes memory for what is not there");
    },
  );
}

/** A JPEG of one colour. */
async function plain(width: number, height: number): Promise<Uint8Array> {
  const { Image } = await import("imagescript");
  return await new Image(width, height).fill(0xc86432ff).encodeJPEG(90);
}

for (const [width, height] of [[1, 1], [2, 1], [20_000, 20], [20, 20_000]] as const) {
  testWith(NATIVE, `decodePhoto() reads ${width} by ${height} pixels`, async () => {
    const { decodePhoto } = await load();
    const photo = await decodePhoto(await plain(width, height));
    deepEqual([photo.width, photo.height], [width, height]);
    equal(photo.data.length, width * height * 3);
    assertNear([colorAt(photo, width - 1, height - 1)], [[0xc8, 0x64, 0x32]], 3);
  });
}

testWith(
  NATIVE,
  "decodePhoto() leaves no tensor behind, of readable files and others",
  async () => {
    const { decodePhoto } = await load();
    const { tf } = await import("@/native/tensorflow.ts");
    const before = tf.memory().numTensors;
    for (const name of ["rgb.jpg", "orientation_7.jpg", "palette.gif", "rgb.webp"]) {
      await decodePhoto(await read(name)).catch(() => {});
    }
    await decodePhoto(await start("rgb.jpg", 320)).catch(() => {});
    await decodePhoto(await start("rgb.png", 70)).catch(() => {});
    equal(tf.memory().numTensors, before);
  },
);

testWith([...NATIVE, "write"], "readPhoto() reads by content, whatever the name says", async () => {
  const { readPhoto } = await load();
  await withFolder(async (folder) => {
    await Deno.mkdir(`${folder}/älbum 1`);
    await Deno.writeFile(`${folder}/älbum 1/a PNG.jpg`, await read("rgb.png"));
    assertNear(colors(await readPhoto(folder, "älbum 1/a PNG.jpg")), EXACT, 0);
  });
});

testWith(
  [...NATIVE, "write"],
  "readPhoto() names the photo that it cannot read, and why",
  async () => {
    const { readPhoto, UnreadablePhoto } = await load();
    await withFolder(async (folder) => {
      await Deno.writeFile(`${folder}/a.jpg`, await read("rgb.tif"));
      const message =
        `Cannot read the photo a.jpg in ${folder}: TIFF image: save it as JPEG or PNG`;
      await rejects(readPhoto(folder, "a.jpg"), { message });
      await rejects(readPhoto(folder, "b.jpg"), (error: Error) => {
        ok(error instanceof UnreadablePhoto);
        return /photo b\.jpg in .*os error 2/.test(error.message);
      });
    });
  },
);
