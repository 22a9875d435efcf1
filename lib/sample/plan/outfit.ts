/** The wardrobe of a person: clothes and hats. */
import type { Random } from "@/base/random.ts";
import { between, chance, pick, pickWeighted } from "@/sample/dice.ts";
import { rise } from "@/sample/draw/curves.ts";
import { type Color, hsl, mix } from "@/sample/draw/color.ts";

/** Clothes and how frequent they are: with children, with women, with men. */
const CLOTHES = [
  ...[["crew", 6, 4, 4], ["vneck", 0.5, 3, 1.5], ["shirt", 2, 1.5, 4]] as const,
  ...[["suit", 0, 0.7, 1.6], ["hood", 2, 0.8, 1.2], ["straps", 1, 2, 0.2]] as const,
  ["turtleneck", 0.4, 1, 0.6],
] as const;

const PATTERNS = [["plain", 7], ["stripes", 1], ["dots", 1], ["checks", 1]] as const;

export type Clothes = ReturnType<typeof createClothes>;

export function createClothes(age: number, sex: "f" | "m", random: Random) {
  const grownUp = rise(age, 8, 20);
  const [kind] = pickWeighted(random, CLOTHES, ([, child, woman, man]) => {
    return child * (1 - grownUp) + (sex === "f" ? woman : man) * grownUp;
  });
  const [pattern] = pickWeighted(random, PATTERNS, ([, weight]) => weight);
  return { kind, color: cloth(age, random), second: cloth(age, random), pattern };
}

export type Hat = NonNullable<ReturnType<typeof createHat>>;

export function createHat(age: number, sex: "f" | "m", random: Random) {
  const grown = ["beanie", "cap", "brim", sex === "f" ? "scarf" : "cap"] as const;
  const kinds = age < 6 ? ["beanie", "brim"] as const : grown;
  const hat = { kind: pick(random, kinds), color: cloth(age, random), second: cloth(age, random) };
  return chance(random, 0.25) ? hat : null;
}

/** A colour of cloth: mostly muted, sometimes bright, of children more often. */
function cloth(age: number, random: Random): Color {
  const muted = 0.7 + 1.3 * rise(age, 6, 24);
  return hsl(between(random, 0, 360), random() ** muted * 0.75, between(random, 0.12, 0.88));
}

/** The darker side of a colour of cloth. */
export function folded(color: Color): Color {
  return mix(color, "#0c0a14", 0.35);
}
