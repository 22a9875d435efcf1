/**
 * The photos that a network that ships has learned from or was chosen by, known by their content: in whatever
 * folder, under whatever name.
 *
 * @module
 */

/** Hexadecimal digits of each MD5 that are kept: 64 bits, so that two of a million photos agree by chance once in 10^7. */
const DIGITS = 16;

/** Writes the MD5s of photos, in hexadecimal digits, as 8 bytes each, sorted. */
export function toSeen(md5s: readonly string[]): Uint8Array {
  const kept = [...new Set(md5s.map((md5) => md5.slice(0, DIGITS)))].sort();
  return Uint8Array.from(kept.flatMap((digits) => [...Uint8Array.fromHex(digits)]));
}

/**
 * Reads what {@linkcode toSeen} wrote, as a test for the MD5 of a photo.
 *
 * @throws {TypeError} if the bytes are not 8 a photo
 *
 * @example A photo that was seen, and another
 * ```ts
 * import { fromSeen, toSeen } from "@/evaluation/seen.ts";
 * import { deepEqual } from "node:assert/strict";
 *
 * const one = "6d783798f69900110fb3c576ac01e547", other = "d41d8cd98f00b204e9800998ecf8427e";
 * const isSeen = fromSeen(toSeen([one]));
 * deepEqual([isSeen(one), isSeen(other)], [true, false]);
 * ```
 */
export function fromSeen(bytes: Uint8Array): (md5: string) => boolean {
  const size = DIGITS / 2;
  if (bytes.length % size !== 0) {
    throw new TypeError(`${bytes.length} bytes are no list of photos: each has ${size}`);
  }
  const all = bytes.toHex(), seen = new Set<string>();
  for (let at = 0; at < all.length; at += DIGITS) seen.add(all.slice(at, at + DIGITS));
  return (md5) => seen.has(md5.slice(0, DIGITS));
}
