/** Ways to wear hair, as a table: who wears them, and what the drawing needs to know. */
import { follow, rise } from "@/sample/draw/curves.ts";

/** A way to wear hair; lengths in units of the face, which is about 200 high. */
export interface HairStyle {
  name: string;
  /** Frequency of the style with a person. */
  weight: (wearer: Wearer) => number;
  /** Distance of the hair from the skull, at the top and at the sides. */
  top: number;
  side: number;
  /** Lower end of the hair before the ears. */
  sideburn: number;
  /** Lower end of the hair at the back, from the middle of the face; 0 hangs nowhere. */
  length: number;
  /** Distance of the ends from the head. */
  flare: number;
  /** Reach of the fringe from the hairline towards the brows, 0 to 1. */
  fringe: number;
  /** Strength of the curls: 0 straight, 0.5 wavy, 1 tight curls. */
  curl: number;
  /** Cover of the skin, 0 to 1. */
  cover: number;
  /** Direction: aside from the parting, back from the forehead, or down from the crown. */
  comb: "aside" | "back" | "down";
  /** Tails or knots that hang from the head. */
  extra?: "pigtails" | "bun" | "ponytail" | "topknot" | "braids";
}

export interface Wearer {
  age: number;
  sex: "f" | "m";
  recession: number;
  tone: number;
}

/** Frequency of a style by age: straight lines between points. */
type ByAge = readonly (readonly [age: number, weight: number])[];

const woman = (ages: ByAge) => ({ age, sex }: Wearer) => sex === "f" ? follow(ages, age) : 0;
const man = (ages: ByAge) => ({ age, sex, recession }: Wearer) =>
  sex === "m" ? follow(ages, age) * (1 - rise(recession, 0.3, 0.7)) : 0;
const any = (ages: ByAge) => (wearer: Wearer) => man(ages)(wearer) + woman(ages)(wearer);
const balding = (from: number, to: number) => ({ recession }: Wearer) =>
  6 * rise(recession, from, from + 0.2) * (1 - rise(recession, to, to + 0.2));
const darker = (weight: (wearer: Wearer) => number) => (wearer: Wearer) =>
  weight(wearer) * (0.15 + 2 * wearer.tone);

const INFANT: ByAge = [[0.8, 8], [3, 0]];
const TODDLER: ByAge = [[0, 1], [1.5, 5], [4, 1.5], [7, 0]];
const CHILD: ByAge = [[1.5, 0], [4, 3], [11, 2.5], [17, 0.3], [24, 0]];
const YOUNG: ByAge = [[4, 0], [12, 2], [20, 3], [45, 1.5], [70, 0.3]];
const GROWN: ByAge = [[2, 0], [12, 1], [25, 3], [60, 2.5], [90, 1.5]];
const SENIOR: ByAge = [[38, 0], [60, 2.5], [75, 4]];

/** The values of a style whose row says nothing else. */
const PLAIN = {
  ...{ sideburn: 22, length: 0, flare: 0, fringe: 0, curl: 0.1, cover: 1 },
  comb: "aside" as const,
};

type Weight = (wearer: Wearer) => number;
type Different = Partial<HairStyle>;
type Row = readonly [name: string, weight: Weight, top: number, side: number, Different?];

const PONYTAIL = { comb: "back", extra: "ponytail" } as const;

/** The styles: their names and weights, how far the hair stands off, and what differs from {@linkcode PLAIN}. */
const ROWS: readonly Row[] = [
  ["bald infant", any(INFANT), 2, 1, { sideburn: -12, cover: 0.28 }],
  ["fuzz", any(TODDLER), 4, 1.5, { sideburn: 0, cover: 0.6, comb: "down" }],
  ["tuft", any(TODDLER), 9, 1, { sideburn: -6, cover: 0.75, fringe: 0.25, curl: 0.4 }],
  ["bowl", man(CHILD), 11, 8, { sideburn: 30, fringe: 0.75, comb: "down" }],
  ["boy's crop", man(CHILD), 9, 3, { fringe: 0.4, comb: "down" }],
  ["crop", man(GROWN), 10, 2.5],
  ["buzz", any([[2, 0], [6, 0.5], [30, 0.5], [80, 0.3]]), 3, 1.5, {
    ...{ sideburn: 16, cover: 0.72, comb: "back" },
  }],
  ["quiff", man(YOUNG), 22, 2, { comb: "back" }],
  ["side parting", man(GROWN), 15, 4, { sideburn: 26 }],
  ["messy", man(YOUNG), 18, 8, { fringe: 0.45, curl: 0.5, sideburn: 28 }],
  ["man's locks", man([[14, 0], [22, 0.8], [60, 0.4]]), 12, 9, {
    ...{ length: 88, flare: 6, curl: 0.4, sideburn: 40 },
  }],
  ["afro", darker(any([[3, 0.2], [15, 0.9], [60, 0.5], [80, 0.2]])), 34, 30, {
    ...{ sideburn: 26, curl: 1, comb: "back" },
  }],
  ["tight crop", darker(man(YOUNG)), 6, 3, { curl: 1, comb: "back" }],
  ["curly mop", any([[2, 0], [5, 0.8], [20, 0.8], [60, 0.3]]), 24, 15, {
    ...{ sideburn: 30, fringe: 0.4, curl: 1, comb: "down" },
  }],
  ["pigtails", woman(CHILD), 7, 2, { fringe: 0.5, extra: "pigtails" }],
  ["girl's fringe", woman(CHILD), 10, 8, {
    ...{ length: 74, flare: 4, fringe: 0.8, comb: "down", sideburn: 40 },
  }],
  ["braids", woman([[3, 0], [7, 1.2], [14, 0.8], [22, 0.2], [30, 0]]), 7, 3, { extra: "braids" }],
  ["ponytail", woman([[3, 0], [8, 2], [25, 1.6], [60, 0.5]]), 8, 2, PONYTAIL],
  ["topknot", woman([[12, 0], [22, 1], [50, 0.3]]), 8, 2, { comb: "back", extra: "topknot" }],
  ["long straight", woman([[5, 0], [12, 3], [25, 4], [50, 1.2], [75, 0.1]]), 12, 9, {
    ...{ length: 165, flare: 10, sideburn: 46 },
  }],
  ["long waves", woman([[5, 0], [14, 2], [28, 3.4], [55, 1.4], [80, 0.1]]), 15, 14, {
    ...{ length: 150, flare: 22, curl: 0.6, sideburn: 46 },
  }],
  ["long fringe", woman([[6, 0], [13, 2], [25, 1.6], [45, 0.6], [60, 0]]), 13, 10, {
    ...{ length: 150, flare: 8, fringe: 0.85, comb: "down", sideburn: 46 },
  }],
  ["bob", woman([[3, 0], [10, 1], [30, 1.6], [60, 2], [80, 1.2]]), 14, 13, {
    ...{ length: 76, flare: 8, sideburn: 44 },
  }],
  ["shoulder length", woman(GROWN), 14, 11, { length: 112, flare: 16, curl: 0.35, sideburn: 44 }],
  ["long curls", darker(woman(YOUNG)), 22, 26, { length: 120, flare: 26, curl: 1, sideburn: 40 }],
  ["pixie", woman([[10, 0], [25, 0.7], [60, 1.6], [80, 1.6]]), 15, 5, {
    ...{ fringe: 0.5, sideburn: 30 },
  }],
  ["perm", woman(SENIOR), 20, 17, {
    ...{ length: 34, sideburn: 34, curl: 0.9, comb: "back", fringe: 0.2 },
  }],
  ["set hair", woman(SENIOR), 18, 11, { length: 44, flare: 4, sideburn: 36, curl: 0.5 }],
  ["bun", woman([[18, 0], [30, 0.5], [60, 1], [80, 2]]), 9, 3, { comb: "back", extra: "bun" }],
  ["receding", balding(0.25, 0.6), 9, 4, { comb: "back" }],
  ["horseshoe", balding(0.6, 2), 1, 6, { sideburn: 28, cover: 0.92, comb: "down" }],
  ["shaven", balding(0.35, 2), 0, 0, { sideburn: 6, cover: 0.16 }],
];

export const HAIR_STYLES: readonly HairStyle[] = ROWS.map((
  [name, weight, top, side, different],
) => (
  { ...PLAIN, name, weight, top, side, ...different }
));
