/**
 * The photos that a network has learned from or was chosen by, known by their content: in whatever folder, under
 * whatever name, and as near-duplicates too. A network that ships carries their hashes, no photo and no name.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { range } from "d3";
import { parseHash } from "@/images/integrity.ts";
import type { PhotoContent } from "@/images/square_store.ts";
import { MODEL_FILES } from "@/model/model_card.ts";

/** Hexadecimal digits of each MD5 that are kept: 64 bits, so that two of a million photos agree by chance once in 10^7. */
const DIGITS = 16;

/** Bytes of a perceptual hash, which is kept whole: near-duplicates differ in some of its bits. */
const HASH_BYTES = 32;

export interface SeenPhotos {
  /** Tells whether a file of this MD5 is one of them. */
  isFile(md5: string): boolean;
  /** Their perceptual hashes, in any order; null if they are not known. */
  hashes: readonly Uint32Array[] | null;
}

/** The photos that a network has seen, as the files of its folder hold them. */
export interface SeenFiles {
  /** Eight bytes of each MD5, sorted. */
  md5s: Uint8Array;
  /** The perceptual hashes, 32 bytes each, sorted: their order does not tell which MD5 each belongs to. */
  hashes: Uint8Array | null;
}

export function seenPhotos(photos: readonly PhotoContent[]): SeenPhotos {
  const files = new Set(photos.map(({ md5 }) => md5));
  return {
    isFile: (md5) => files.has(md5),
    hashes: photos.map(({ hash }) => parseHash(hash!)),
  };
}

/** The files of a model's folder that know the photos which its network has seen. */
export function seenFiles(photos: readonly PhotoContent[]): Record<string, Uint8Array> {
  const { md5s, hashes } = toSeen(photos);
  return { [MODEL_FILES.seen]: md5s, [MODEL_FILES.seenHashes]: hashes! };
}

/** Writes the contents of photos as a folder keeps them. */
export function toSeen(photos: readonly PhotoContent[]): SeenFiles {
  return {
    md5s: sortedBytes(photos.map(({ md5 }) => md5.slice(0, DIGITS))),
    hashes: sortedBytes(photos.map(({ hash }) => hash!)),
  };
}

/** Texts of hexadecimal digits as bytes, each once, in the order of the texts. */
function sortedBytes(texts: readonly string[]): Uint8Array {
  return Uint8Array.fromHex([...new Set(texts)].sort().join(""));
}

/** Reads what {@linkcode toSeen} wrote; throws a `TypeError` if the bytes are not 8 and 32 a photo. */
export function fromSeen({ md5s, hashes }: SeenFiles): SeenPhotos {
  const files = new Set(textsOf(md5s, DIGITS / 2));
  return {
    isFile: (md5) => files.has(md5.slice(0, DIGITS)),
    hashes: hashes && textsOf(hashes, HASH_BYTES).map(parseHash),
  };
}

/** Reads the photos that a model has seen from its folder and its network's; one shipped earlier lacks their look. */
export async function readSeen(folders: readonly string[]): Promise<SeenPhotos> {
  const all = await Promise.all(folders.map(async (folder) => {
    const path = join(folder, MODEL_FILES.seenHashes);
    return fromSeen({
      md5s: await Deno.readFile(join(folder, MODEL_FILES.seen)),
      hashes: existsSync(path) ? await Deno.readFile(path) : null,
    });
  }));
  const hashes = all.flatMap(({ hashes }) => hashes ?? []);
  return {
    isFile: (md5) => all.some(({ isFile }) => isFile(md5)),
    hashes: all.some(({ hashes }) => hashes === null) ? null : hashes,
  };
}

/** Bytes as texts of hexadecimal digits, so many bytes each. */
function textsOf(bytes: Uint8Array, size: number): string[] {
  if (bytes.length % size !== 0) {
    throw new TypeError(`${bytes.length} bytes are no list of photos: each has ${size}`);
  }
  return range(0, bytes.length, size).map((at) => bytes.subarray(at, at + size).toHex());
}
