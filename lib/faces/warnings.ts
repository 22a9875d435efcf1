/** Why the age of a face may be told badly. */
import { brightness, type Pixels } from "@/base/pixels.ts";
import type { Point } from "@/faces/align.ts";
import type { Face, Warning } from "@/faces/face.ts";

/** Pixels that a face is wide, at least, for its age to be told. */
export const SMALLEST_FACE = 24;

/** The greatest distance of the tip of the nose from the middle of the face, in halves of its width: 99% of UTKFace's. */
const LARGEST_TURN = 0.8;

/**
 * How sharp a crop is at least. The median of 150 of UTKFace's crops is 0.19, and 1% are below 0.025; blurred by a
 * Gaussian of 4 of their 200 pixels, the median is 0.012; of 6 pixels, 99% are below 0.013.
 */
export const LEAST_SHARPNESS = 0.02;

/** Side in pixels of the crops whose sharpness is measured: about what networks see. */
export const SHARPNESS_SIDE = 96;

/** The part of a crop that all faces fill, in shares of its side. */
const INSIDE = { from: 0.2, to: 0.8 };

/**
 * The least light on a face, 0 to 255. Below, the age of a brightened crop is off by more than two years in every sixth
 * photo; UTKFace has hardly a crop with less.
 */
const LEAST_LIGHT = 40;

/** What is not searched for, in words: in whole, and where a photo is looked at once. */
export const MISSED = {
  whole:
    "Faces narrower than an eightieth of a photo may be missed; beside a face that fills a third of it, " +
    "those narrower than a twentieth.",
  quick: "Looked at quickly: faces narrower than a tenth of a photo may be missed.",
};

export interface Measured {
  box: Face["box"];
  turn: number;
  sharpness: number;
  /** As `lightOf()` measures it. */
  light: number;
  /** True if the photo may stand on its head. */
  isDoubtful?: boolean;
}

/** Returns all warnings about a face. */
export function warningsOf({ box, turn, sharpness, light, isDoubtful }: Measured): Warning[] {
  const width = Math.round(Math.min(box.width, box.height));
  const warnings: (Warning | false | undefined)[] = [
    width < SMALLEST_FACE &&
    { kind: "tiny", text: `the face is only ${width} pixels wide, below ${SMALLEST_FACE}` },
    turn > LARGEST_TURN && { kind: "turned", text: "the face is turned away" },
    sharpness < LEAST_SHARPNESS && { kind: "blurred", text: "the face is blurred" },
    light < LEAST_LIGHT && { kind: "dark", text: "there is little light on the face" },
    isDoubtful && { kind: "lying", text: "the photo may stand on its head" },
  ];
  return warnings.filter((warning) => !!warning);
}

/**
 * Tells how far a face is turned to the side: where the tip of the nose is between the cheeks, 0 in the middle, 1 at
 * one of them.
 *
 * @param landmarks 468 places, as Face Mesh numbers them
 */
export function turnOf(landmarks: readonly Point[]): number {
  const [nose, left, right] = [1, 234, 454].map((number) => landmarks[number]!);
  const dx = right![0] - left![0], dy = right![1] - left![1];
  const along = (nose![0] - left![0]) * dx + (nose![1] - left![1]) * dy;
  return Math.abs(2 * along / (dx ** 2 + dy ** 2) - 1);
}

/**
 * Tells how sharp a crop is: the variance of the Laplacian of its brightness, over the variance of the brightness
 * itself, so that dark and pale photos count as others do. 0 where all is one colour.
 *
 * Source: Pech-Pacheco et al., "Diatom autofocusing in brightfield microscopy" (2000).
 */
export function sharpnessOf({ width, data }: Pixels): number {
  const at = (x: number, y: number) => brightness(data, 3 * (y * width + x));
  const laplacians = valuesInside(width, (x, y) => (
    at(x - 1, y) + at(x + 1, y) + at(x, y - 1) + at(x, y + 1) - 4 * at(x, y)
  ));
  return varianceOf(laplacians) / Math.max(varianceOf(valuesInside(width, at)), 1e-6);
}

/** Tells how bright the part of a crop is that all faces fill: the mean brightness there, 0 for black to 1 for white. */
export function brightnessOf(crop: Pixels): number {
  const values = brightnessesIn(crop);
  return values.reduce((sum, value) => sum + value, 0) / (values.length * 255);
}

/** Measures the light on a face: the brightness that few of the pixels inside its crop exceed, 0 to 255. */
export function lightOf(crop: Pixels): number {
  const values = brightnessesIn(crop).sort((a, b) => b - a);
  return values[Math.floor(BRIGHTER * values.length)]!;
}

function brightnessesIn({ width, data }: Pixels): number[] {
  return valuesInside(width, (x, y) => brightness(data, 3 * (y * width + x)));
}

/** Computes a value at each pixel in the part of a crop that all faces fill. */
function valuesInside(width: number, valueAt: (x: number, y: number) => number): number[] {
  const from = Math.ceil(INSIDE.from * width), to = Math.floor(INSIDE.to * width);
  const values: number[] = [];
  for (let y = from; y < to; y++) {
    for (let x = from; x < to; x++) values.push(valueAt(x, y));
  }
  return values;
}

/** The share of a crop's inside that may be brighter than its light: catchlights, teeth, glasses. */
const BRIGHTER = 0.02;

function varianceOf(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
}
