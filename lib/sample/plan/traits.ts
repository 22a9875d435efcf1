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
import { type Clothes, createClothes, createHat, type Hat } from "@/sample/plan/outfit.ts";
import { HAIR_STYLES, type HairStyle } from "@/sample/plan/hair_styles.ts";

/** All that stays the same in a person's photos. */
export interface Person {
  /** Seed for details that are too fine to be traits, such as single strands of hair. */
  seed: number;
  /** Age in years, with a fraction. */
  age: number;
  sex: Sex;
  /** Sizes and places in units of the face, which is about 200 high: from -100 at the top. */
  shape: Record<keyof typeof SHAPE, number>;
  /** Strength of each mark of age, 0 to 1. */
  marks: Record<keyof typeof MARKS, number>;
  skin: Skin;
  hair: Hair;
  eyes: { iris: Color; lid: number };
  beard: { kind: BeardKind; color: Color } | null;
  /** Make-up of lips, lids and cheeks, 0 to 1. */
  makeUp: number;
  spectacles: Spectacles | null;
  /** Density of freckles, 0 to 1. */
  freckles: number;
  wardrobe: Clothes[];
  hat: Hat | null;
}

/** The sex, as far as it shows: girls and women, boys and men. */
export type Sex = "f" | "m";

/** Colours of the skin, from where light falls on it to where none does. */
export interface Skin {
  light: Color;
  base: Color;
  shade: Color;
  deep: Color;
  blush: Color;
  lip: Color;
  /** 0 is the lightest skin, 1 the darkest. */
  tone: number;
}

export interface Hair {
  style: HairStyle;
  color: Color;
  dark: Color;
  light: Color;
  /** The share of grey hair, 0 to 1. */
  grey: number;
  /** Recession of the hairline, 0 to 1. */
  recession: number;
  /** Density of the hair: 0.3 lets the skin through, 1 does not. */
  density: number;
  /** The side of the parting, -1 to 1. */
  parting: number;
}

export type BeardKind = "stubble" | "moustache" | "goatee" | "full" | "long";

export interface Spectacles {
  shape: "round" | "square" | "wide" | "half";
  color: Color;
  weight: number;
}

/** A size in a newborn, in a grown woman and in old age; the difference of a man; the error. */
type Growth = [baby: number, grown: number, old: number, man: number, error: number];

/** Sizes and places on a face whose skull begins at -100; where they end by age. */
const SHAPE = {
  headWidth: [88, 68, 70, 2.5, 2],
  templeWidth: [0.97, 0.95, 0.93, 0, 0.015],
  cheekWidth: [0.99, 0.88, 0.88, 0.02, 0.025],
  jawWidth: [0.88, 0.65, 0.75, 0.08, 0.035],
  chinWidth: [0.42, 0.3, 0.36, 0.06, 0.03],
  chinHeight: [86, 99, 104, 4, 2.2],
  jawHeight: [66, 70, 76, 1, 2.5],
  eyeHeight: [24, 2, 1, 0, 1.8],
  eyeDistance: [0.46, 0.44, 0.44, 0, 0.015],
  eyeSize: [19, 14, 12.8, -0.4, 0.6],
  eyeOpenness: [0.74, 0.56, 0.42, -0.05, 0.04],
  eyeTilt: [0, 1.2, -1.2, -0.4, 1.2],
  irisSize: [0.56, 0.47, 0.45, 0, 0.02],
  browDistance: [19, 16.5, 15, -1.5, 1.2],
  browWeight: [2, 3.8, 3.6, 2.2, 0.7],
  browArch: [3, 4.6, 2.6, -1.8, 1.2],
  noseLength: [24, 41, 47, 2, 2],
  noseWidth: [12, 13.5, 16, 2, 1.5],
  noseBridge: [0.05, 0.6, 0.75, 0.15, 0.12],
  mouthHeight: [64, 66, 69, 1, 1.6],
  mouthWidth: [18, 25, 26.5, 1.5, 1.8],
  upperLip: [4.2, 5, 2.6, -1, 0.7],
  lowerLip: [6, 7, 4.4, -0.8, 0.8],
  earSize: [19, 22, 28, 1.5, 1.6],
  neckWidth: [34, 34, 36, 10, 2.5],
  shoulderWidth: [84, 134, 130, 26, 5],
  neckLength: [-17, 0, -2, 2, 2.5],
  hairline: [-62, -66, -68, -2, 4],
} satisfies Record<string, Growth>;

/** The strength of each mark of age in a newborn, in a grown woman, in old age. */
const MARKS = {
  forehead: [0, 0.06, 0.85, 0.08, 0.14],
  frown: [0, 0.05, 0.7, 0.08, 0.14],
  crowsFeet: [0, 0.06, 0.95, 0, 0.14],
  nasolabial: [0.02, 0.2, 0.95, 0.04, 0.13],
  marionette: [0, 0.04, 0.8, 0, 0.14],
  bags: [0.06, 0.16, 0.85, 0.05, 0.15],
  jowls: [0, 0.04, 0.85, 0, 0.14],
  lidFold: [0, 0.12, 0.85, 0.05, 0.14],
  blotches: [0.02, 0.1, 0.7, 0.05, 0.12],
  spots: [0, 0.02, 0.75, 0, 0.14],
  neckLines: [0, 0.06, 0.8, 0, 0.12],
  roundCheeks: [0.95, 0.14, 0.03, -0.05, 0.1],
  rosyCheeks: [0.6, 0.24, 0.26, -0.04, 0.14],
} satisfies Record<string, Growth>;

/** The error of a cue of age: its standard deviation as a share of the age. */
const CUE_ERROR = 0.07;

export function createPerson(age: number, sex: Sex, random: Random): Person {
  const grow = (growth: Growth) => grown(growth, cueAge(age, random), sex, bell(random));
  const mark = (growth: Growth) => marked(growth, cueAge(age, random), sex, bell(random));
  const skin = createSkin(cueAge(age, random), random);
  const hair = createHair(age, sex, skin.tone, random);
  return {
    seed: Math.floor(random() * 2 ** 31),
    age,
    sex,
    shape: mapValues(SHAPE, grow),
    marks: mapValues(MARKS, mark),
    skin,
    hair,
    eyes: { iris: pickIris(skin.tone, random), lid: random() },
    beard: createBeard(age, sex, hair.color, random),
    makeUp: createMakeUp(age, sex, random),
    spectacles: chance(random, follow(SPECTACLES_BY_AGE, age)) ? createSpectacles(random) : null,
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

/** Draws the apparent age of one cue. */
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

function mapValues<K extends string, V, W>(table: Record<K, V>, change: (value: V) => W) {
  const changed = Object.entries<V>(table).map(([key, value]) => [key, change(value)]);
  return Object.fromEntries(changed) as Record<K, W>;
}

/** Skin from the lightest to the darkest, at equal distances, so that all tones are as frequent. */
const SKIN_TONES = [
  ...["#f9e0d0", "#f3cdb4", "#e8b894", "#d9a076", "#c48659"],
  ...["#a66a42", "#855031", "#653b25", "#4a2b1d"],
];

function createSkin(age: number, random: Random): Skin {
  const tone = random();
  const warmth = pick(random, ["#f0a878", "#e8a0a0", "#d8b078"]); // golden, rosy, olive
  const born = mix(ramp(SKIN_TONES, tone), warmth, 0.09 * random());
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

/** Colours of hair, and how frequent they are with the lightest and with the darkest skin. */
const HAIR_COLORS: [color: Color, light: number, dark: number][] = [
  ["#1a1412", 1, 10],
  ["#2e1f17", 2, 6],
  ["#4a2f1e", 3, 1.5],
  ["#6b4428", 3, 0.4],
  ["#8a5c34", 2, 0.1],
  ["#b58a52", 2, 0],
  ["#d6b67c", 1.5, 0],
  ["#8f3f1f", 0.9, 0],
  ["#b4602c", 0.5, 0],
];

function createHair(age: number, sex: Sex, tone: number, random: Random): Hair {
  const grey = greyness(age, sex, random);
  const [born] = pickWeighted(random, HAIR_COLORS, ([, light, dark]) => lerp(light, dark, tone));
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
    density: clamp(lerp(1, 0.55, oldAge(age)) - childhood(age) * 0.5 + 0.1 * bell(random), 0.3, 1),
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

/** Colours of irises and how frequent they are with the lightest skin; with the darkest all are brown. */
const IRISES: [color: Color, light: number, dark: number][] = [
  ["#4a2c17", 3, 8],
  ["#2e1a10", 1, 8],
  ["#76502c", 2, 1],
  ["#6f7d45", 1.2, 0],
  ["#5b83a8", 2.4, 0],
  ["#7f93a0", 1.2, 0],
];

function pickIris(tone: number, random: Random): Color {
  return pickWeighted(random, IRISES, ([, light, dark]) => lerp(light, dark, Math.sqrt(tone)))[0];
}

const BEARDS: [kind: BeardKind | null, weight: number][] = [
  [null, 9],
  ["stubble", 4],
  ["moustache", 1.5],
  ["goatee", 1.5],
  ["full", 3],
  ["long", 0.7],
];

function createBeard(age: number, sex: Sex, hair: Color, random: Random): Person["beard"] {
  const [kind] = pickWeighted(random, BEARDS, ([, weight]) => weight);
  const grows = chance(random, rise(age, 15, 22));
  const grey = rise(age, 36 + 8 * bell(random), 66);
  const color = mix(mix(hair, "#2a1a12", 0.2), "#d9d7d4", grey * 0.8);
  return kind && grows && sex === "m" ? { kind, color } : null;
}

function createMakeUp(age: number, sex: Sex, random: Random): number {
  const strength = between(random, 0.3, 1) * follow([[13, 0], [19, 1], [50, 0.9], [80, 0.5]], age);
  return chance(random, 0.55) && sex === "f" ? strength : 0;
}

/** Share of people who wear spectacles. */
const SPECTACLES_BY_AGE = [
  ...[[2, 0], [8, 0.1], [18, 0.18], [40, 0.26], [55, 0.45], [75, 0.6]] as const,
];

const FRAMES = ["#1c1a1a", "#3a2a20", "#6b4a2c", "#8b8d90", "#b08a4a", "#7a1f2b", "#24324f"];

function createSpectacles(random: Random): Spectacles {
  return {
    shape: pick(random, ["round", "square", "wide", "half"]),
    color: pick(random, FRAMES),
    weight: between(random, 1.2, 3.4),
  };
}
