/** NumPy's `.npy` files of bytes, as of NumPy Enhancement Proposal 1, version 1.0. */

const MAGIC = "\x93NUMPY\x01\x00";

/** The fields of a header, in the order in which NumPy writes them. */
const ENTRIES = /^\{'descr': '\|u1', 'fortran_order': False, 'shape': \(([\d, ]+)\)/;

/** The header is padded to a multiple of this many bytes, so that the data are aligned. */
const ALIGNMENT = 64;

/** Writes the header of a `.npy` file of unsigned bytes of this shape, last axis fastest. */
export function npyHeader(shape: readonly number[]): Uint8Array {
  const axes = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const text = `{'descr': '|u1', 'fortran_order': False, 'shape': (${axes}), }`;
  const length = Math.ceil((MAGIC.length + 2 + text.length + 1) / ALIGNMENT) * ALIGNMENT;
  const rest = length - MAGIC.length - 2;
  const size = String.fromCharCode(rest & 255, rest >> 8);
  const head = MAGIC + size + text.padEnd(rest - 1) + "\n";
  return Uint8Array.from(head, (letter) => letter.charCodeAt(0));
}

/**
 * Reads the header of a `.npy` file of bytes: the shape, and the offset of the data.
 *
 * @throws {TypeError} if they are no such header
 */
export function parseNpyHeader(bytes: Uint8Array): { shape: number[]; offset: number } {
  const text = String.fromCharCode(...bytes.subarray(0, 256));
  const match = text.slice(MAGIC.length + 2).match(ENTRIES);
  if (!text.startsWith(MAGIC) || !match) {
    throw new TypeError("This is no .npy file of bytes (version 1.0, |u1, last axis fastest)");
  }
  const shape = match[1]!.split(",").filter((axis) => axis.trim()).map(Number);
  const [low, high] = bytes.subarray(MAGIC.length);
  return { shape, offset: MAGIC.length + 2 + low! + high! * 256 };
}
