import { deepEqual, equal, throws } from "node:assert/strict";
import { npyHeader, parseNpyHeader } from "@/images/npy.ts";

const text = (head: Uint8Array) => String.fromCharCode(...head);
const head = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

/** The head that NumPy 2.2 itself writes: `np.save(path, np.zeros((2, 4, 4, 3), np.uint8))`. */
const NUMPY =
  "\x93NUMPY\x01\x00v\x00{'descr': '|u1', 'fortran_order': False, 'shape': (2, 4, 4, 3), }" +
  " ".repeat(52) + "\n";

Deno.test("npyHeader() writes what NumPy writes", () => {
  equal(text(npyHeader([2, 4, 4, 3])), NUMPY);
});

for (const shape of [[0, 8, 8, 3], [19370, 256, 256, 3], [5], [1, 2, 3, 4, 5, 6, 7, 8]]) {
  Deno.test(`npyHeader() of the shape ${shape.join(" x ")} reads back, its length a multiple of 64`, () => {
    const bytes = npyHeader(shape);
    equal(bytes.length % 64, 0);
    equal(bytes.at(-1), 10); // a line feed closes it
    deepEqual(parseNpyHeader(bytes), { shape, offset: bytes.length });
  });
}

Deno.test("npyHeader() writes one axis as Python writes a tuple of one", () => {
  equal(text(npyHeader([5])).includes("'shape': (5,), }"), true);
});

Deno.test("npyHeader() keeps the length of the head when the shape needs a second block", () => {
  const shape = Array.from({ length: 30 }, () => 123456);
  const bytes = npyHeader(shape);
  equal(bytes.length, 320);
  equal(bytes[8]! + bytes[9]! * 256, 320 - 10);
});

Deno.test("parseNpyHeader() does not mind the data that follows", () => {
  const file = new Uint8Array([...npyHeader([1, 1, 1, 3]), 1, 2, 3]);
  deepEqual(parseNpyHeader(file), { shape: [1, 1, 1, 3], offset: 128 });
});

for (
  const [what, wrong] of [
    ["an empty file", ""],
    ["a bad magic", NUMPY.replace("NUMPY", "NUMPI")],
    ["another version", NUMPY.replace("\x01\x00v", "\x02\x00v")],
    ["numbers of four bytes", NUMPY.replace("|u1", "<f4")],
    ["the first axis fastest", NUMPY.replace("False", "True")],
  ] as const
) {
  Deno.test(`parseNpyHeader() refuses ${what}`, () => {
    throws(() => parseNpyHeader(head(wrong)), TypeError);
  });
}
