/** Changes from photo to photo: the direction of the gaze, the expression, the clothes, the light, and the camera. */
import type { Random } from "@/base/random.ts";
import { bell, between, chance, pick } from "@/sample/dice.ts";
import { clamp, follow, rise } from "@/sample/draw/curves.ts";
import type { Point } from "@/sample/draw/svg.ts";
import type { Person } from "@/sample/plan/traits.ts";

/** One photo of a person, before it is drawn. */
export type Shot = ReturnType<typeof createShot>;

export type Light = ReturnType<typeof createLight>;

/** The camera's settings for one photograph. */
export type Camera = ReturnType<typeof createCamera>;

/** Draws how a person appears in one photo; `yaw` in degrees as the label tells it. */
export function createShot(person: Person, yaw: number, random: Random) {
  const smile = chance(random, 0.6) ? between(random, 0.35, 1) : between(random, -0.35, 0.4);
  const turned = clamp(yaw * 0.6 + 5 * bell(random), -28, 28) * Math.PI / 180;
  const wander = chance(random, 0.6) ? 0 : bell(random);
  return {
    /** Radians: turned to the right of the picture, nodding down. */
    yaw: turned,
    pitch: 0.1 * bell(random),
    /** Degrees: leaning clockwise. */
    tilt: clamp(7 * bell(random), -25, 25),
    /** Size of the head: at 1 it takes three quarters of the shorter side. */
    scale: between(random, 0.75, 1.15),
    /** The middle of the picture, from the middle of the face. */
    offset: [5 * bell(random), 5 * bell(random)] as Point,
    /** -0.4 sulks, 0 is calm, 1 laughs. */
    smile,
    /** Opening of mouth and eyes, 0 to 1, and the direction of the eyes, mostly into the camera. */
    mouth: chance(random, 0.4) ? between(random, 0.15, 1) : 0,
    eyes: chance(random, 0.03) ? 0 : between(random, 0.8, 1.15) - 0.16 * rise(smile, 0.3, 1),
    gaze: [0.3 * wander - 0.45 * Math.sin(turned), 0.08 * wander] as Point,
    /** Height of the brows, -1 to 1. */
    brows: 0.5 * bell(random),
    clothes: pick(random, person.wardrobe),
    hat: chance(random, 0.35) ? person.hat : null,
    glasses: pickGlasses(person, random),
  };
}

/** Share of photos in which a person of an age wears sunglasses. */
const SUNGLASSES_BY_AGE = [[2, 0.01], [15, 0.04], [30, 0.06], [60, 0.04]] as const;

function pickGlasses(
  { age, spectacles }: Person,
  random: Random,
): "spectacles" | "sunglasses" | null {
  if (chance(random, follow(SUNGLASSES_BY_AGE, age))) return "sunglasses";
  return spectacles && chance(random, 0.88) ? "spectacles" : null;
}

/** Daylight, lamps, noon, shade, leaves, dusk: the gains of red, green and blue. */
const CASTS = [
  ...[[1, 1, 1], [1.06, 1, 0.88], [1.1, 0.98, 0.76]],
  ...[[0.94, 1, 1.08], [0.96, 1.03, 0.96], [1.03, 0.96, 1.02]],
];

export function createLight(random: Random) {
  const strength = random(), gain = pick(random, CASTS);
  return {
    /** Its direction, -1 (left) to 1 (right) and -1 (above) to 1 (below). */
    from: [between(random, -1, 1), between(random, -1, 0.3)] as Point,
    /** 0 is soft, 1 is hard. */
    hardness: between(random, 0.1, 1),
    /** Gain of red, green and blue. */
    cast: gain.map((value) => 1 + (value - 1) * strength),
  };
}

export function createCamera(random: Random) {
  return {
    /** Gain of all colours; 1 is correct. */
    exposure: Math.exp(0.11 * bell(random)),
    contrast: between(random, 0.86, 1.12),
    /** Standard deviation of the blur in thousandths of the longer side. */
    blur: chance(random, 0.2) ? between(random, 3, 9) : between(random, 0, 3),
    /** Standard deviation of the sensor's noise in intensities. */
    noise: between(random, 0.5, 3) + (chance(random, 0.2) ? between(random, 2, 6) : 0),
    /** Quality of the saved JPEG, 1 to 100. */
    quality: Math.round(between(random, 68, 95)),
  };
}
