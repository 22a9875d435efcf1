import { deepEqual, equal, match } from "node:assert/strict";
import { NATIVE, outputOf, program, testWith, withFolder } from "@/testing.ts";

/** What is tested, loaded where native code is allowed. */
async function load() {
  return await import("@/native/resize_ffi.ts");
}

async function read(name: string): Promise<Uint8Array> {
  return await Deno.readFile(new URL(`../testdata/${name}`, import.meta.url));
}

for (const name of ["rgb.jpg", "grey.jpg", "cmyk.jpg", "progressive.jpg"]) {
  testWith(NATIVE, `jpegToSquare() makes of ${name} what resizeBicubic() makes of it`, async () => {
    const { jpegToSquare, resizeBicubic } = await load();
    const { decodePhoto } = await import("@/images/decode_photo.ts");
    const bytes = await read(name), photo = await decodePhoto(bytes);
    for (const side of [1, 7, 16, 33]) {
      deepEqual(await jpegToSquare(bytes, side), resizeBicubic(photo, side));
    }
  });
}

testWith(NATIVE, "jpegToSquare() makes many squares at a time, each its own", async () => {
  const { jpegToSquare } = await load();
  const files = await Promise.all(["rgb.jpg", "grey.jpg", "progressive.jpg"].map(read));
  const alone = await Promise.all(files.map((bytes) => jpegToSquare(bytes, 40)));
  const many = await Promise.all(
    Array.from({ length: 60 }, (_, k) => jpegToSquare(files[k % 3]!, 40)),
  );
  many.forEach((square, k) => deepEqual(square, alone[k % 3]));
});

testWith(NATIVE, "jpegToSquare() gives null for what is no whole JPEG", async () => {
  const { jpegToSquare } = await load();
  const jpeg = await read("rgb.jpg");
  for (const bytes of [jpeg.subarray(0, 320), await read("rgb.png"), new Uint8Array(3)]) {
    equal(await jpegToSquare(bytes, 8), null);
  }
});

/** Opens every library but that of squares. */
const WITHOUT = `
  const { dlopen } = Deno;
  Deno.dlopen = (path, symbols) => {
    if (path.endsWith("square.so")) throw new Error("no such file");
    return dlopen(path, symbols);
  };
  await import("@/native/resize_ffi.ts");`;

testWith(
  [...NATIVE, "write", "run"],
  "loading names the set-up task where the library of squares is missing",
  async () => {
    await withFolder(async (work) => {
      const { success, text } = await outputOf(program(WITHOUT, work));
      equal(success, false);
      match(text, /Cannot load .*square\.so\. Run `deno task setup` in the project folder/);
      match(text, /restart the kernel afterwards/);
    });
  },
);
