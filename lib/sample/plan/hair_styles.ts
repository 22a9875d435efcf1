/** Ways to wear hair, as a table: who wears them, and what the drawing needs to know. */
import { follow, rise } from "@/sample/draw/curves.ts";
import tables from "@/sample/plan/hair_styles.json" with { type: "json" };

/** What the drawing needs to know of a style; lengths in units of the face, which is about 200 high. */
interface Look {
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

/** A way to wear hair, and how frequent it is with a person. */
export interface HairStyle extends Look {
  name: string;
  weight: (wearer: Wearer) => number;
}

interface Wearer {
  age: number;
  sex: "f" | "m";
  recession: number;
  tone: number;
}

/** Weights by age, with straight lines between them. */
type Points = [age: number, weight: number][];

/** Frequencies of styles by who wears them. A man who loses hair gives up most; `balding` goes by his recession. */
const WEARERS = {
  woman: (ages: Points, { age, sex }: Wearer) => sex === "f" ? follow(ages, age) : 0,
  man: (ages: Points, { age, sex, recession }: Wearer) =>
    sex === "m" ? follow(ages, age) * (1 - rise(recession, 0.3, 0.7)) : 0,
  any: (ages: Points, wearer: Wearer): number =>
    WEARERS.man(ages, wearer) + WEARERS.woman(ages, wearer),
  balding: ([range]: Points, { recession }: Wearer) => {
    const [from, to] = range!;
    return 6 * rise(recession, from, from + 0.2) * (1 - rise(recession, to, to + 0.2));
  },
};

/** The values of a style whose row says nothing else. */
const PLAIN = { sideburn: 22, length: 0, flare: 0, fringe: 0, curl: 0.1, cover: 1, comb: "aside" };

/** A style: who wears it (`darker`: mostly with dark skin), its ages, and what differs from {@linkcode PLAIN}. */
type Row = [name: string, who: string, ages: string, top: number, side: number, Partial<Look>];

function toStyle([name, who, ages, top, side, different]: Row): HairStyle {
  const points = (tables.ages as Record<string, number[][]>)[ages] as Points;
  const weigh = WEARERS[who.replace("darker ", "") as keyof typeof WEARERS];
  const weight = (wearer: Wearer) =>
    weigh(points, wearer) * (who.startsWith("darker") ? 0.15 + 2 * wearer.tone : 1);
  return { ...PLAIN as Look, name, weight, top, side, ...different };
}

export const HAIR_STYLES: readonly HairStyle[] = (tables.styles as Row[]).map(toStyle);
