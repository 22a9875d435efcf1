/**
 * Changes from photo to photo: the direction of the gaze, the expression, the clothes, the light,
 * and the camera.
 */
import type { Random } from "@/base/random.ts";
import { bell, between, chance, pick } from "@/sample/dice.ts";
import { clamp, follow, rise } from "@/sample/draw/curves.ts";
import type { Clothes, Hat } from "@/sample/plan/outfit.ts";
import type { Person } from "@/sample/plan/traits.ts";

/** One photo of a person, before it is drawn. */
export interface Shot {
  /** Radians: turned to the right of the picture, nodding down. */
  yaw: number;
  pitch: number;
  /** Degrees: leaning clockwise. */
  tilt: number;
  /** Size of the head: at 1 it takes three quarters of the shorter side. */
  scale: number;
  /** The middle of the picture, from the middle of the face. */
  offset: readonly [x: number, y: number];
  /** -0.4 sulks, 0 is calm, 1 laughs. */
  smile: number;
  /** Opening of mouth and eyes, 0 to 1, and the direction of the eyes. */
  mouth: number;
  eyes: number;
  gaze: readonly [x: number, y: number];
  /** Height of the brows, -1 to 1. */
  brows: number;
  clothes: Clothes;
  hat: Hat | null;
  glasses: "spectacles" | "sunglasses" | null;
}

export interface Light {
  /** Its direction, -1 (left) to 1 (right) and -1 (above) to 1 (below). */
  from: readonly [x: number, y: number];
  /** 0 is soft, 1 is hard. */
  hardness: number;
  /** Gain of red, green and blue. */
  cast: readonly [red: number, green: number, blue: number];
}

/** The camera's settings for one photograph. */
export interface Camera {
  /** Gain of all colours; 1 is correct. */
  exposure: number;
  contrast: number;
  /** Standard deviation of the blur in thousandths of the longer side. */
  blur: number;
  /** Standard deviation of the sensor's noise in intensities. */
  noise: number;
  /** Quality of the saved JPEG, 1 to 100. */
  quality: number;
}

/** Draws how a person appears in one photo; `yaw` in degrees as the label tells it. */
export function createShot(person: Person, yaw: number, random: Random): Shot {
  const smile = chance(random, 0.6) ? between(random, 0.35, 1) : between(random, -0.35, 0.4);
  const turned = clamp(yaw * 0.6 + 5 * bell(random), -28, 28) * Math.PI / 180;
  const wander = chance(random, 0.6) ? 0 : bell(random);
  return {
    yaw: turned,
    pitch: 0.1 * bell(random),
    tilt: clamp(7 * bell(random), -25, 25),
    scale: between(random, 0.75, 1.15),
    offset: [5 * bell(random), 5 * bell(random)],
    smile,
    mouth: chance(random, 0.4) ? between(random, 0.15, 1) : 0,
    eyes: chance(random, 0.03) ? 0 : between(random, 0.8, 1.15) - 0.16 * rise(smile, 0.3, 1),
    gaze: [0.3 * wander - 0.45 * Math.sin(turned), 0.08 * wander], // mostly into the camera
    brows: 0.5 * bell(random),
    clothes: pick(random, person.wardrobe),
    hat: chance(random, 0.35) ? person.hat : null,
    glasses: pickGlasses(person, random),
  };
}

/** Share of photos in which a person of an age wears sunglasses. */
const SUNGLASSES_BY_AGE = [[2, 0.01], [15, 0.04], [30, 0.06], [60, 0.04]] as const;

function pickGlasses({ age, spectacles }: Person, random: Random): Shot["glasses"] {
  if (chance(random, follow(SUNGLASSES_BY_AGE, age))) return "sunglasses";
  return spectacles && chance(random, 0.88) ? "spectacles" : null;
}

/** Daylight, lamps, noon, shade, leaves, dusk: the gains of red, green and blue. */
const CASTS: Light["cast"][] = [
  [1, 1, 1],
  [1.06, 1, 0.88],
  [1.1, 0.98, 0.76],
  [0.94, 1, 1.08],
  [0.96, 1.03, 0.96],
  [1.03, 0.96, 1.02],
];

export function createLight(random: Random): Light {
  const strength = random(), gain = pick(random, CASTS);
  return {
    from: [between(random, -1, 1), between(random, -1, 0.3)],
    hardness: between(random, 0.1, 1),
    cast: gain.map((value) => 1 + (value - 1) * strength) as [number, number, number],
  };
}

export function createCamera(random: Random): Camera {
  return {
    exposure: Math.exp(0.11 * bell(random)),
    contrast: between(random, 0.86, 1.12),
    blur: chance(random, 0.2) ? between(random, 3, 9) : between(random, 0, 3),
    noise: between(random, 0.5, 3) + (chance(random, 0.2) ? between(random, 2, 6) : 0),
    quality: Math.round(between(random, 68, 95)),
  };
}
