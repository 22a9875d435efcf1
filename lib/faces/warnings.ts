/**
 * Why the age of a face may be told badly.
 *
 * @module
 */
import type { Face, Warning } from "@/faces/face.ts";

/** Pixels that a face is wide, at least, for its age to be told. */
export const SMALLEST_FACE = 24;

/** Returns all warnings about a face. */
export function warningsOf({ box }: Pick<Face, "box">): Warning[] {
  const width = Math.round(Math.min(box.width, box.height));
  if (width >= SMALLEST_FACE) return [];
  return [{ kind: "tiny", text: `the face is only ${width} pixels wide, below ${SMALLEST_FACE}` }];
}
