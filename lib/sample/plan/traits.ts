/**
 * The traits of a synthetic person: what stays the same from photo to photo, drawn from age, sex and chance.
 *
 * Each cue of age is drawn with its own error, as in life: one person is grey at thirty, another has a
 * smooth face at sixty. Averaged over many people, every cue follows age.
 */
import type { Random } from "@/base/random.ts";
import { bell, between, chance, pick, pickWeighted } from "@/sample/dice.ts";
import { clamp, follow, lerp, rise } from "@/sample/draw/curves.ts";
import { type Color, mix, ramp } from "@/sample/draw/color.ts";
import { createClothes, createHat } from "@/sample/plan/outfit.ts";
import { HAIR_STYLES } from "@/sample/plan/hair_styles.ts";
import tables from "@/sample/plan/traits.json" with { type: "json" };

/** The sex, as far as it shows: girls and women, boys and men. */
export type Sex = "f" | "m";

/** All that stays the same in a person's photos. */
export type Person = ReturnType<typeof createPerson>;

/** A size in a newborn, in a grown woman and in old age; the difference of a man; the error. */
type Growth = [baby: number, grown: number, old: number, man: number, error: number];

/** The error of a cue of age: its standard deviation as a share of the age. */
const CUE_ERROR = 0.07;

/** Draws a person of an age in years. */
export function createPerson(age: number, sex: Sex, random: Random) {
  const grow = (growth: Growth) => grown(growth, cueAge(age, random), sex, bell(random));
  const mark = (growth: Growth) => marked(growth, cueAge(age, random), sex, bell(random));
  const skin = createSkin(cueAge(age, random), random);
  const hair = createHair(age, sex, skin.tone, random);
  return {
    /** For details that are too fine to be traits, such as single strands of hair. */
    seed: Math.floor(random() * 2 ** 31),
    /** In years, with a fraction. */
    age,
    sex,
    /** Sizes and places in units of the face, which is about 200 high: from -100 at the top. */
    shape: mapValues(tables.shape, grow),
    /** Strength of each mark of age, 0 to 1. */
    marks: mapValues(tables.marks, mark),
    skin,
    hair,
    eyes: { iris: pickColor(random, tables.irises, Math.sqrt(skin.tone)), lid: random() },
    beard: createBeard(age, sex, hair.color, random),
    /** Make-up of lips, lids and cheeks, 0 to 1. */
    makeUp: createMakeUp(age, sex, random),
    spectacles: chance(random, follow(SPECTACLES_BY_AGE, age)) ? createSpectacles(random) : null,
    /** Density of freckles, 0 to 1. */
    freckles: skin.tone < 0.45 && chance(random, 0.18) ? between(random, 0.3, 1) : 0,
    wardrobe: [1, 2].map(() => createClothes(age, sex, random)),
    hat: createHat(age, sex, random),
  };
}

/** Returns how childlike a face is at an age: 1 at birth, a third at ten, 0 at 26. */
export function childhood(age: number): number {
  return Math.exp(-age / 9.5) * (1 - rise(age, 14, 26));
}

/** Returns how old a face is at an age: 0 at 22, a half at 49, 1 at 76. */
export function oldAge(age: number): number {
  return clamp((age - 22) / 54);
}

function cueAge(age: number, random: Random): number {
  return Math.max(0, age * (1 + CUE_ERROR * bell(random)) + 0.6 * bell(random));
}

/** Computes a size at an age; `chance` comes from a bell curve. */
function grown([baby, adult, old, man, error]: Growth, age: number, sex: Sex, chance: number) {
  const young = childhood(age), aged = oldAge(age);
  const mean = adult + (baby - adult) * young + (old - adult) * aged;
  const manly = sex === "m" ? man * rise(age, 9, 20) : 0;
  return mean + manly + error * chance;
}

/** Computes a mark at an age. Its error is proportional to it, so that no child has wrinkles by chance. */
function marked([baby, adult, old, man, error]: Growth, age: number, sex: Sex, chance: number) {
  const mean = grown([baby, adult, old, man, 0], age, sex, 0);
  return clamp(mean * (1 + 2.4 * error * chance));
}

function mapValues<K extends string>(table: Record<K, number[]>, change: (row: Growth) => number) {
  const rows = Object.entries<number[]>(table).map(([key, row]) => [key, change(row as Growth)]);
  return Object.fromEntries(rows) as Record<K, number>;
}

/** Draws a colour by its weights: with the lightest skin and with the darkest. */
function pickColor(random: Random, colors: unknown[][], tone: number): Color {
  const weighted = colors as [color: Color, light: number, dark: number][];
  return pickWeighted(random, weighted, ([, light, dark]) => lerp(light, dark, tone))[0];
}

/** Colours of the skin, from where light falls on it to where none does; a tone of 0 is the lightest, 1 the darkest. */
function createSkin(age: number, random: Random) {
  const tone = random();
  const warmth = pick(random, ["#f0a878", "#e8a0a0", "#d8b078"]); // golden, rosy, olive
  const born = mix(ramp(tables.skinTones, tone), warmth, 0.09 * random());
  const young = mix(born, "#ffb0a0", 0.12 * childhood(age));
  const base = mix(young, "#a89c88", 0.28 * oldAge(age));
  return {
    tone,
    base,
    light: mix(base, "#fff2e2", lerp(0.42, 0.26, tone)),
    shade: mix(base, mix("#6a2a1c", "#22100a", tone), lerp(0.3, 0.42, tone)),
    deep: mix(base, "#2e100a", lerp(0.5, 0.62, tone)),
    blush: mix(base, "#d8404a", lerp(0.34, 0.26, tone)),
    lip: mix(base, mix("#c04a50", "#5e2028", tone), lerp(0.5, 0.55, random())),
  };
}

function createHair(age: number, sex: Sex, tone: number, random: Random) {
  const grey = greyness(age, sex, random);
  const born = pickColor(random, tables.hairColors, tone);
  const lightened = mix(born, "#d2b48c", childhood(age) * 0.4 * (1 - tone));
  const color = mix(lightened, pick(random, ["#c9c7c4", "#e6e4e0", "#a9a7a6"]), grey);
  const recession = baldness(age, sex, random);
  const style = pickWeighted(random, HAIR_STYLES, (s) => s.weight({ age, sex, recession, tone }));
  return {
    style,
    color,
    dark: mix(color, "#120a08", 0.45),
    light: mix(color, "#fff0d8", 0.3),
    grey,
    recession,
    /** 0.3 lets the skin through, 1 does not. */
    density: clamp(lerp(1, 0.55, oldAge(age)) - childhood(age) * 0.5 + 0.1 * bell(random), 0.3, 1),
    /** The side of the parting, -1 to 1. */
    parting: between(random, -0.7, 0.7),
  };
}

/** Hair turns grey around 50, give or take ten years; many women hide it. */
function greyness(age: number, sex: Sex, random: Random): number {
  const onset = 48 + 8 * bell(random);
  const dyed = sex === "f" && chance(random, 0.4);
  return rise(age, onset - 10, onset + 16) * (dyed ? 0.15 : 1);
}

/** Two men in three lose hair, beginning somewhere between twenty and seventy. */
function baldness(age: number, sex: Sex, random: Random): number {
  const onset = 43 + 13 * bell(random);
  const prone = chance(random, 0.65);
  return prone && sex === "m" ? rise(age, onset - 8, onset + 34) : 0;
}

export type BeardKind = "stubble" | "moustache" | "goatee" | "full" | "long";

function createBeard(age: number, sex: Sex, hair: Color, random: Random) {
  const beards = tables.beards as [BeardKind | null, number][];
  const [kind] = pickWeighted(random, beards, ([, weight]) => weight);
  const grows = chance(random, rise(age, 15, 22));
  const grey = rise(age, 36 + 8 * bell(random), 66);
  const color = mix(mix(hair, "#2a1a12", 0.2), "#d9d7d4", grey * 0.8);
  return kind && grows && sex === "m" ? { kind, color } : null;
}

function createMakeUp(age: number, sex: Sex, random: Random): number {
  const strength = between(random, 0.3, 1) * follow([[13, 0], [19, 1], [50, 0.9], [80, 0.5]], age);
  return chance(random, 0.55) && sex === "f" ? strength : 0;
}

const SPECTACLES_BY_AGE = [
  ...[[2, 0], [8, 0.1], [18, 0.18], [40, 0.26], [55, 0.45], [75, 0.6]] as const,
];

function createSpectacles(random: Random) {
  return {
    shape: pick(random, ["round", "square", "wide", "half"] as const),
    color: pick(random, tables.frames),
    weight: between(random, 1.2, 3.4),
  };
}
