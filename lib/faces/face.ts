/** What is told about a face in a photo. */
import type { Box } from "@/base/pixels.ts";
import type { Eyes, Similarity } from "@/faces/align.ts";
import type { Cutter } from "@/faces/cut_square.ts";
import type { WARNINGS } from "@/metrics/photo_kinds.ts";

export type { Box };

/** Why the age of a face may be told badly. */
export interface Warning {
  kind: typeof WARNINGS[number];
  /** The same as a sentence for people. */
  text: string;
}

/** A face found in a photo; places and sizes in pixels of the photo. */
export interface Face {
  /** 1 for the largest face of the photo, 2 for the next. */
  number: number;
  /** Around brows, cheeks and chin. */
  box: Box;
  eyes: Eyes;
  /** The confidence that this is a face, 0 to 1. */
  confidence: number;
  warnings: Warning[];
  /** Leads from the face's crop, taken as a square of side 1, to the photo. */
  transform: Similarity;
  /** True if the photo is cropped to this face already, as UTKFace's are, and goes in as it is. */
  isWhole: boolean;
}

/** A network that faces are read with, on whatever engine. */
export interface FaceNetwork {
  /**
   * Runs the network on one picture.
   *
   * @param colors red, green and blue of each pixel, `[side, side, 3]`, in the network's own range
   * @param outputs names of the results that are wanted
   * @returns the values of each result, in the order of the names
   */
  run(colors: Float32Array, side: number, outputs: readonly string[]): Promise<Float32Array[]>;
  /** Frees the memory of its weights. */
  dispose(): void;
}

/** The networks that faces are read with. */
export interface FaceNetworks {
  /** BlazeFace: finds faces. */
  detector: FaceNetwork;
  /** Face Mesh: places 468 landmarks on a face. */
  mesh: FaceNetwork;
  /** Functions that cut photos; TypeScript's own if left out. */
  cutter?: Cutter;
}

/**
 * The files of the networks in the folder `models` of the npm package `@vladmandic/human`: each is a
 * `.json`, with its weights in the `.bin` of the same name. A page serves both side by side and gives the address
 * of the first to `tf.loadGraphModel()`.
 */
export const NETWORK_FILES: Record<"detector" | "mesh", string> = {
  detector: "blazeface",
  mesh: "facemesh",
};
