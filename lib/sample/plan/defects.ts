/** The defects of the sample, made on purpose: those that real photo collections have. */
import { range } from "d3";
import { ageGroup } from "@/dataset/age_group.ts";
import { type Random, shuffle } from "@/base/random.ts";
import { pick } from "@/sample/dice.ts";
import { type Face, imageName } from "@/sample/plan/labels.ts";

/** The defect of a face's file: how it differs from a sound photo of its own. */
export type Fault =
  | { kind: "unreadable"; how: keyof typeof UNREADABLE }
  | { kind: "exact-duplicate"; of: Face }
  | { kind: "near-duplicate"; of: Face; how: (typeof NEAR_DUPLICATES)[number] }
  | { kind: "missing" };

/** Ways in which a near-duplicate differs from its original: saved at a lower quality, or its edges cut off. */
const NEAR_DUPLICATES = ["re-encoded", "cropped"] as const;

export type Defects = ReturnType<typeof planDefects>;

/** Share of the photos with each kind of defect; every kind occurs at least once. */
const SHARES = {
  ...{ unreadable: 0.01, exactDuplicate: 0.015, nearDuplicate: 0.015 },
  ...{ missing: 0.0015, repeatedRows: 0.006 },
};

/** The labels of exact duplicates, in turn: mostly the same as the original's, sometimes contradicting it. */
const COPIED_LABELS = ["same age", "same age", "other age", "same age", "other group"] as const;

export function planDefects(faces: readonly Face[], random: Random) {
  const deck = shuffle(faces, random); // each face is dealt once, so that no face has two defects
  const some = (kind: keyof typeof SHARES, least = 1) =>
    range(Math.max(least, Math.round(SHARES[kind] * faces.length)));
  const faults: [Face, Fault][] = [
    ...some("exactDuplicate", COPIED_LABELS.length).map((i): [Face, Fault] => {
      const [face, of] = drawPair(deck, AGREES[inTurn(COPIED_LABELS, i)]);
      return [face, { kind: "exact-duplicate", of }];
    }),
    ...some("nearDuplicate", NEAR_DUPLICATES.length).map((i): [Face, Fault] => {
      const [face, of] = drawPair(deck, isSamePerson);
      return [face, { kind: "near-duplicate", of, how: inTurn(NEAR_DUPLICATES, i) }];
    }),
    ...some("unreadable", HOWS.length).map((
      i,
    ): [Face, Fault] => [draw(deck), { kind: "unreadable", how: inTurn(HOWS, i) }]),
    ...some("missing").map((): [Face, Fault] => [draw(deck), { kind: "missing" }]),
  ];
  return {
    faults: new Map(faults),
    /** Labels that occur twice in the fold files. */
    repeatedRows: new Set(shuffle(faces, random).slice(0, some("repeatedRows").length)),
    /** Photos that have no label. */
    unlabelled: some("missing").map(() => withoutLabel(faces, random)),
  };
}

function inTurn<Item>(items: readonly Item[], i: number): Item {
  return items[i % items.length]!;
}

/** Takes the first face that fits from a deck, or the first of all if none fits. */
function draw(deck: Face[], fits: (face: Face) => boolean = () => true): Face {
  return deck.splice(Math.max(0, deck.findIndex(fits)), 1)[0]!;
}

/** Takes two faces that fit together from a deck. */
function drawPair(deck: Face[], fits: (a: Face, b: Face) => boolean): [Face, Face] {
  const of = draw(deck, (face) => deck.some((other) => other !== face && fits(face, other)));
  return [draw(deck, (face) => fits(of, face)), of];
}

/** Ways in which the labels of two faces may agree. */
const AGREES: Record<(typeof COPIED_LABELS)[number], (a: Face, b: Face) => boolean> = {
  "same age": isSamePerson,
  "other age": (a, b) => a.age !== b.age && isGrouped(a) && ageGroup(a.age) === ageGroup(b.age),
  "other group": (a, b) => isGrouped(a) && isGrouped(b) && ageGroup(a.age) !== ageGroup(b.age),
};

function isSamePerson(a: Face, b: Face): boolean {
  return a.subject === b.subject && isGrouped(a);
}

function isGrouped({ age }: Face): boolean {
  return ageGroup(age) !== null;
}

/** A photo of someone in the sample under a name that no fold file has. */
function withoutLabel(faces: readonly Face[], random: Random): Face {
  return { ...pick(random, faces), image: imageName(random) };
}

/** Makes unreadable files from the bytes of a sound photo. */
export const UNREADABLE = {
  empty: () => new Uint8Array(),
  truncated: (photo: Uint8Array) => photo.slice(0, Math.round(photo.length * 0.4)),
  "web page": () => new TextEncoder().encode(WEB_PAGE),
  text: () => new TextEncoder().encode("This photo is no longer available.\n"),
  TIFF: () => tiff(24, 24),
} satisfies Record<string, (photo: Uint8Array) => Uint8Array>;

const HOWS = Object.keys(UNREADABLE) as (keyof typeof UNREADABLE)[];

/** The file of a download that was sent to a login page. */
const WEB_PAGE = `<!DOCTYPE html>
<html><head><title>Sign in</title></head>
<body><p>Please sign in to see this photo.</p></body></html>
`;

/**
 * An uncompressed grey TIFF, which is a sound image but no JPEG (TIFF 6.0, section 4: a header of 8
 * bytes, a directory of entries of 12 bytes, the pixels).
 */
function tiff(width: number, height: number): Uint8Array {
  const SHORT = 3, LONG = 4;
  const entries = [
    [256, LONG, width],
    [257, LONG, height],
    [258, SHORT, 8], // bits of a pixel
    [259, SHORT, 1], // no compression
    [262, SHORT, 1], // 0 is black
    [273, LONG, 0], // where the pixels begin, set below
    [277, SHORT, 1], // one value a pixel
    [278, LONG, height], // all rows in one strip
    [279, LONG, width * height],
  ] as const;
  const start = 8 + 2 + entries.length * 12 + 4;
  const view = new DataView(new ArrayBuffer(start + width * height));
  [0x4949, 42, 8, 0, entries.length].forEach((value, i) => view.setUint16(i * 2, value, true));
  entries.forEach(([name, type, value], i) => {
    const at = 10 + i * 12;
    view.setUint16(at, name, true);
    view.setUint16(at + 2, type, true);
    view.setUint32(at + 4, 1, true);
    view.setUint32(at + 8, name === 273 ? start : value, true);
  });
  const pixels = new Uint8Array(view.buffer);
  for (let i = 0; i < width * height; i++) pixels[start + i] = (i * 255) / (width * height);
  return pixels;
}
