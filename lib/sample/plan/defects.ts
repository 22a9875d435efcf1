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
  const faults = new Map<Face, Fault>([
    ...some("exactDuplicate", COPIED_LABELS.length).map((i) => {
      const [face, of] = drawPair(deck, AGREES[inTurn(COPIED_LABELS, i)]);
      return [face, { kind: "exact-duplicate", of }] as const;
    }),
    ...some("nearDuplicate", NEAR_DUPLICATES.length).map((i) => {
      const [face, of] = drawPair(deck, isSamePerson);
      return [face, { kind: "near-duplicate", of, how: inTurn(NEAR_DUPLICATES, i) }] as const;
    }),
    ...some("unreadable", HOWS.length)
      .map((i) => [draw(deck), { kind: "unreadable", how: inTurn(HOWS, i) }] as const),
    ...some("missing").map(() => [draw(deck), { kind: "missing" }] as const),
  ]);
  return {
    faults,
    /** Labels that occur twice in the fold files. */
    repeatedRows: new Set(shuffle(faces, random).slice(0, some("repeatedRows").length)),
    /** Photos of people in the sample under names that no fold file has. */
    unlabelled: some("missing").map(() => ({ ...pick(random, faces), image: imageName(random) })),
  };
}

function inTurn<Item>(items: readonly Item[], i: number): Item {
  return items[i % items.length]!;
}

/** Takes the first face that fits from a deck, or the first of all if none fits. */
function draw(deck: Face[], fits: (face: Face) => boolean = () => true): Face {
  return deck.splice(Math.max(0, deck.findIndex(fits)), 1)[0]!;
}

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

/** Makes unreadable files from the bytes of a sound photo. */
export const UNREADABLE = {
  empty: () => new Uint8Array(),
  truncated: (photo: Uint8Array) => photo.slice(0, Math.round(photo.length * 0.4)),
  "web page": () => new TextEncoder().encode(WEB_PAGE),
  text: () => new TextEncoder().encode("This photo is no longer available.\n"),
  TIFF: () => Uint8Array.from([...Uint8Array.fromHex(TIFF_HEAD), ...TIFF_PIXELS]),
} satisfies Record<string, (photo: Uint8Array) => Uint8Array>;

const HOWS = Object.keys(UNREADABLE) as (keyof typeof UNREADABLE)[];

/** The file of a download that was sent to a login page. */
const WEB_PAGE = `<!DOCTYPE html>
<html><head><title>Sign in</title></head>
<body><p>Please sign in to see this photo.</p></body></html>
`;

/** A grey TIFF of 24 by 24 pixels, uncompressed: a sound image but no JPEG (TIFF 6.0, section 4). */
const TIFF_HEAD =
  "49492a000800000009000001040001000000180000000101040001000000180000000201030001000000" +
  "0800000003010300010000000100000006010300010000000100000011010400010000007a0000001501" +
  "0300010000000100000016010400010000001800000017010400010000004002000000000000";
const TIFF_PIXELS = range(24 * 24).map((i) => (i * 255) / (24 * 24));
