/**
 * Ways to wear hair, as a table: who wears them, and what the drawing needs to know.
 *
 * @module
 */
import { follow, rise } from "@/sample/draw/curves.ts";

/** A way to wear hair; lengths in units of the face, which is about 200 high. */
export interface HairStyle {
  name: string;
  /** How frequent the style is with a person. */
  weight: (wearer: Wearer) => number;
  /** How far the hair stands off the skull, at the top and at the sides. */
  top: number;
  side: number;
  /** How far down the hair grows before the ears. */
  sideburn: number;
  /** How far down the hair hangs at the back, from the middle of the face; 0 hangs nowhere. */
  length: number;
  /** How far the ends stand out from the head. */
  flare: number;
  /** How far the fringe hangs from the hairline towards the brows, 0 to 1. */
  fringe: number;
  /** How strongly it curls: 0 straight, 0.5 wavy, 1 tight curls. */
  curl: number;
  /** How well it covers the skin, 0 to 1. */
  cover: number;
  /** Whether it lies aside from the parting, back from the forehead, or down from the crown. */
  comb: "aside" | "back" | "down";
  /** Tails or knots that hang from the head. */
  extra?: "pigtails" | "bun" | "ponytail" | "topknot" | "braids";
}

/** What a style depends on. */
export interface Wearer {
  age: number;
  sex: "f" | "m";
  recession: number;
  tone: number;
}

/** How frequent a style is at an age: straight lines between points. */
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

const PLAIN = {
  top: 12,
  side: 4,
  sideburn: 22,
  length: 0,
  flare: 0,
  fringe: 0,
  curl: 0.1,
  cover: 1,
  comb: "aside",
} satisfies Partial<HairStyle>;

/** All styles; a style that is close to another is written as what is different. */
export const HAIR_STYLES: readonly HairStyle[] = [
  {
    ...PLAIN,
    name: "bald infant",
    weight: any(INFANT),
    top: 2,
    side: 1,
    sideburn: -12,
    cover: 0.28,
  },
  {
    ...PLAIN,
    name: "fuzz",
    weight: any(TODDLER),
    top: 4,
    side: 1.5,
    sideburn: 0,
    cover: 0.6,
    comb: "down",
  },
  {
    ...PLAIN,
    name: "tuft",
    weight: any(TODDLER),
    top: 9,
    side: 1,
    sideburn: -6,
    cover: 0.75,
    fringe: 0.25,
    curl: 0.4,
  },
  {
    ...PLAIN,
    name: "bowl",
    weight: man(CHILD),
    top: 11,
    side: 8,
    sideburn: 30,
    fringe: 0.75,
    comb: "down",
  },
  { ...PLAIN, name: "boy's crop", weight: man(CHILD), top: 9, side: 3, fringe: 0.4, comb: "down" },
  { ...PLAIN, name: "crop", weight: man(GROWN), top: 10, side: 2.5 },
  {
    ...PLAIN,
    name: "buzz",
    weight: any([[2, 0], [6, 0.5], [30, 0.5], [80, 0.3]]),
    top: 3,
    side: 1.5,
    sideburn: 16,
    cover: 0.72,
    comb: "back",
  },
  { ...PLAIN, name: "quiff", weight: man(YOUNG), top: 22, side: 2, comb: "back" },
  { ...PLAIN, name: "side parting", weight: man(GROWN), top: 15, side: 4, sideburn: 26 },
  {
    ...PLAIN,
    name: "messy",
    weight: man(YOUNG),
    top: 18,
    side: 8,
    fringe: 0.45,
    curl: 0.5,
    sideburn: 28,
  },
  {
    ...PLAIN,
    name: "man's locks",
    weight: man([[14, 0], [22, 0.8], [60, 0.4]]),
    top: 12,
    side: 9,
    length: 88,
    flare: 6,
    curl: 0.4,
    sideburn: 40,
  },
  {
    ...PLAIN,
    name: "afro",
    weight: darker(any([[3, 0.2], [15, 0.9], [60, 0.5], [80, 0.2]])),
    top: 34,
    side: 30,
    sideburn: 26,
    curl: 1,
    comb: "back",
  },
  {
    ...PLAIN,
    name: "tight crop",
    weight: darker(man(YOUNG)),
    top: 6,
    side: 3,
    curl: 1,
    comb: "back",
  },
  {
    ...PLAIN,
    name: "curly mop",
    weight: any([[2, 0], [5, 0.8], [20, 0.8], [60, 0.3]]),
    top: 24,
    side: 15,
    sideburn: 30,
    fringe: 0.4,
    curl: 1,
    comb: "down",
  },
  {
    ...PLAIN,
    name: "pigtails",
    weight: woman(CHILD),
    top: 7,
    side: 2,
    fringe: 0.5,
    extra: "pigtails",
  },
  {
    ...PLAIN,
    name: "girl's fringe",
    weight: woman(CHILD),
    top: 10,
    side: 8,
    length: 74,
    flare: 4,
    fringe: 0.8,
    comb: "down",
    sideburn: 40,
  },
  {
    ...PLAIN,
    name: "braids",
    weight: woman([[3, 0], [7, 1.2], [14, 0.8], [22, 0.2], [30, 0]]),
    top: 7,
    side: 3,
    extra: "braids",
  },
  {
    ...PLAIN,
    name: "ponytail",
    weight: woman([[3, 0], [8, 2], [25, 1.6], [60, 0.5]]),
    top: 8,
    side: 2,
    comb: "back",
    extra: "ponytail",
  },
  {
    ...PLAIN,
    name: "topknot",
    weight: woman([[12, 0], [22, 1], [50, 0.3]]),
    top: 8,
    side: 2,
    comb: "back",
    extra: "topknot",
  },
  {
    ...PLAIN,
    name: "long straight",
    weight: woman([[5, 0], [12, 3], [25, 4], [50, 1.2], [75, 0.1]]),
    top: 12,
    side: 9,
    length: 165,
    flare: 10,
    sideburn: 46,
  },
  {
    ...PLAIN,
    name: "long waves",
    weight: woman([[5, 0], [14, 2], [28, 3.4], [55, 1.4], [80, 0.1]]),
    top: 15,
    side: 14,
    length: 150,
    flare: 22,
    curl: 0.6,
    sideburn: 46,
  },
  {
    ...PLAIN,
    name: "long fringe",
    weight: woman([[6, 0], [13, 2], [25, 1.6], [45, 0.6], [60, 0]]),
    top: 13,
    side: 10,
    length: 150,
    flare: 8,
    fringe: 0.85,
    comb: "down",
    sideburn: 46,
  },
  {
    ...PLAIN,
    name: "bob",
    weight: woman([[3, 0], [10, 1], [30, 1.6], [60, 2], [80, 1.2]]),
    top: 14,
    side: 13,
    length: 76,
    flare: 8,
    sideburn: 44,
  },
  {
    ...PLAIN,
    name: "shoulder length",
    weight: woman(GROWN),
    top: 14,
    side: 11,
    length: 112,
    flare: 16,
    curl: 0.35,
    sideburn: 44,
  },
  {
    ...PLAIN,
    name: "long curls",
    weight: darker(woman(YOUNG)),
    top: 22,
    side: 26,
    length: 120,
    flare: 26,
    curl: 1,
    sideburn: 40,
  },
  {
    ...PLAIN,
    name: "pixie",
    weight: woman([[10, 0], [25, 0.7], [60, 1.6], [80, 1.6]]),
    top: 15,
    side: 5,
    fringe: 0.5,
    sideburn: 30,
  },
  {
    ...PLAIN,
    name: "perm",
    weight: woman(SENIOR),
    top: 20,
    side: 17,
    length: 34,
    sideburn: 34,
    curl: 0.9,
    comb: "back",
    fringe: 0.2,
  },
  {
    ...PLAIN,
    name: "set hair",
    weight: woman(SENIOR),
    top: 18,
    side: 11,
    length: 44,
    flare: 4,
    sideburn: 36,
    curl: 0.5,
  },
  {
    ...PLAIN,
    name: "bun",
    weight: woman([[18, 0], [30, 0.5], [60, 1], [80, 2]]),
    top: 9,
    side: 3,
    comb: "back",
    extra: "bun",
  },
  { ...PLAIN, name: "receding", weight: balding(0.25, 0.6), top: 9, side: 4, comb: "back" },
  {
    ...PLAIN,
    name: "horseshoe",
    weight: balding(0.6, 2),
    top: 1,
    side: 6,
    sideburn: 28,
    cover: 0.92,
    comb: "down",
  },
  { ...PLAIN, name: "shaven", weight: balding(0.35, 2), top: 0, side: 0, sideburn: 6, cover: 0.16 },
];
