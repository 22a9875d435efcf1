import { deepEqual, ok, rejects } from "node:assert/strict";
import { NATIVE, testWith as register } from "@/testing.ts";

let sharp: typeof import("sharp").default,
  { decodeFile, orientationOf } = {} as typeof import("@/images/photo_file.ts");

/** Registers a test that loads the decoder first, which takes permissions. */
function testWith(needs: typeof NATIVE, name: string, body: () => Promise<void>): void {
  register(needs, name, async () => {
    sharp ??= (await import("sharp")).default;
    ({ decodeFile, orientationOf } = await import("@/images/photo_file.ts"));
    await body();
  });
}

const WIDTH = 24, HEIGHT = 16, RED = [200, 40, 40], BLUE = [40, 40, 200];

/** A picture whose left half is red and whose right half is blue; or one of a single colour. */
function picture(left = RED, right = BLUE, alpha?: (x: number) => number) {
  const channels = alpha ? 4 : 3;
  const data = new Uint8Array(WIDTH * HEIGHT * channels);
  for (let k = 0; k < WIDTH * HEIGHT; k++) {
    const x = k % WIDTH, color = x < WIDTH / 2 ? left : right;
    data.set(alpha ? [...color, alpha(x)] : color, k * channels);
  }
  return sharp(data, { raw: { width: WIDTH, height: HEIGHT, channels } });
}

/** The colours in the middles of the four quarters, from the left top by rows; and the size. */
async function quarters(file: Uint8Array) {
  const { pixels: { width, height, data } } = await decodeFile(file);
  const at = (x: number, y: number) => {
    const k = 3 * (Math.floor(y * height) * width + Math.floor(x * width));
    return [...data.subarray(k, k + 3)];
  };
  const [low, high] = [0.25, 0.75];
  return { width, height, colors: [at(low, low), at(high, low), at(low, high), at(high, high)] };
}

/** Requires colours, but for what lossy formats and profiles change. */
async function shows(file: Uint8Array, expected: number[][], size = [WIDTH, HEIGHT], within = 24) {
  const { width, height, colors } = await quarters(file);
  deepEqual([width, height], size);
  for (const [k, color] of expected.entries()) {
    const off = Math.max(...color.map((value, c) => Math.abs(value - colors[k]![c]!)));
    ok(off <= within, `quarter ${k}: ${colors[k]} in place of ${color}`);
  }
}

const HALVES = [RED, BLUE, RED, BLUE], BLACK = [0, 0, 0];
const SKIN = [190, 140, 120], SKY = [120, 140, 160]; // colours that inks have
const TURNED = [RED, RED, BLUE, BLUE]; // by 90 degrees to the right: left is up

/** A GIF whose frame is moved to the right bottom of a canvas of twice its size. */
async function frameOnCanvas(): Promise<Uint8Array> {
  const gif = await picture(RED, RED).gif().toBuffer();
  const palette = 13 + (gif[10]! & 0x80 ? 3 * 2 ** ((gif[10]! & 7) + 1) : 0);
  const frame = gif.indexOf(0x2c, palette);
  for (
    const [at, value] of [[6, 2 * WIDTH], [8, 2 * HEIGHT], [frame + 1, WIDTH], [frame + 3, HEIGHT]]
  ) {
    gif.writeUInt16LE(value!, at);
  }
  return gif;
}

async function animated(): Promise<Uint8Array> {
  const frames = [picture(), picture(BLUE, RED)].map((frame) => frame.png().toBuffer());
  return await sharp(await Promise.all(frames), { join: { animated: true } })
    .webp({ lossless: true, delay: [300, 300] }).toBuffer();
}

const FILES: [
  what: string,
  file: () => Promise<Uint8Array>,
  colors: number[][],
  size?: number[],
][] = [
  ["the first frame of an animated WebP", animated, HALVES],
  [
    "a lossless WebP with opacity, what is transparent as black",
    () => picture(RED, BLUE, (x) => x < WIDTH / 2 ? 255 : 0).webp({ lossless: true }).toBuffer(),
    [RED, BLACK, RED, BLACK],
  ],
  [
    "nothing of a PNG whose person is erased by transparency",
    () => picture(RED, BLUE, () => 0).png().toBuffer(),
    [BLACK, BLACK, BLACK, BLACK],
  ],
  [
    "a GIF's frame on its canvas",
    frameOnCanvas,
    [BLACK, BLACK, BLACK, RED],
    [2 * WIDTH, 2 * HEIGHT],
  ],
  ["AVIF", () => picture().avif({ quality: 90 }).toBuffer(), HALVES],
  ["TIFF", () => picture().tiff().toBuffer(), HALVES],
  [
    "a TIFF of 16 bits",
    () => picture().toColourspace("rgb16").tiff({ compression: "lzw" }).toBuffer(),
    HALVES,
  ],
  [
    "a TIFF of CMYK",
    () => picture(SKIN, SKY).toColourspace("cmyk").tiff().toBuffer(),
    [SKIN, SKY, SKIN, SKY],
  ],
  ["a PNG of 16 bits", () => picture().toColourspace("rgb16").png().toBuffer(), HALVES],
  ...(["webp", "png", "tiff", "jpeg"] as const).map((format): typeof FILES[number] => [
    `EXIF orientation in ${format}`,
    () => picture().withMetadata({ orientation: 6 }).toFormat(format, { quality: 95 }).toBuffer(),
    TURNED,
    [HEIGHT, WIDTH],
  ]),
];

for (const [what, file, colors, size] of FILES) {
  testWith(
    NATIVE,
    `decodeFile() reads ${what}`,
    async () => await shows(await file(), colors, size),
  );
}

for (const profile of ["srgb", "p3"]) {
  testWith(NATIVE, `decodeFile() reads 16 bits with the profile ${profile}`, async () => {
    const file = picture().toColourspace("rgb16").withIccProfile(profile).png().toBuffer();
    await shows(await file, HALVES, [WIDTH, HEIGHT], 2);
  });
}

/** An uncompressed grey TIFF, 8 pixels wide and high (TIFF 6.0, section 4); `kind` is its sample format. */
function greyTiff(values: Uint16Array | Uint32Array | Float32Array, kind: number): Uint8Array {
  const tags = [256, 257, 258, 259, 262, 273, 277, 278, 279, 339], from = 14 + 12 * tags.length;
  const bits = 8 * values.BYTES_PER_ELEMENT;
  const entries = [8, 8, bits, 1, 1, from, 1, 8, values.byteLength, kind].flatMap((value, k) => (
    [tags[k]! | 4 << 16, 1, value] // all of them long
  ));
  const head = [0x2a4949, 8, ...entries, 0].map((value) => Uint32Array.of(value));
  const bytes = head.flatMap((word) => [...new Uint8Array(word.buffer)]);
  bytes.splice(8, 0, tags.length, 0);
  return new Uint8Array([...bytes, ...new Uint8Array(values.buffer)]);
}

testWith(
  NATIVE,
  "decodeFile() reads 16 bits, and refuses values whose white nobody knows",
  async () => {
    const grey = (full: number) => Array.from({ length: 64 }, () => full / 2);
    const { pixels: { data } } = await decodeFile(greyTiff(Uint16Array.from(grey(65535)), 1));
    ok(Math.abs(data[0]! - 127) <= 1);
    const refused = /^picture of (float|uint) values: save it as JPEG or PNG$/;
    await rejects(decodeFile(greyTiff(Float32Array.from(grey(1)), 3)), { message: refused });
    await rejects(decodeFile(greyTiff(Uint32Array.from(grey(2 ** 32)), 1)), { message: refused });
  },
);

testWith(
  NATIVE,
  "orientationOf() says why of a file that has changed since it was read",
  async () => {
    await rejects(orientationOf(new Uint8Array()), { message: "empty file" });
    const cut = (await picture().webp().toBuffer()).subarray(0, 20);
    await rejects(orientationOf(cut), { message: "damaged WebP" });
  },
);

testWith(NATIVE, "decodeFile() says what a file is that it does not read", async () => {
  const pdf = new TextEncoder().encode("%PDF-1.7");
  await rejects(decodeFile(pdf), {
    message: "not an image but a PDF: save its page as JPEG or PNG",
  });
  const cut = (await picture().webp().toBuffer()).subarray(0, 40);
  await rejects(decodeFile(cut), { message: "damaged WebP" });
});
