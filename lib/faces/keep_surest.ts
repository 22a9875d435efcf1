/** Each face once, though it was seen several times. */
import type { Box } from "@/faces/face.ts";

/** The least share of the smaller of two faces that they have in common to be the same face. */
const SAME = 0.4;

/** Tells whether two boxes are of the same face: one within the other, or nearly so. */
export function isSameFace(a: Box, b: Box): boolean {
  return overlapOf(a, b) > SAME;
}

/** Keeps, of boxes of the same face, the surest. */
export function keepSurest<Found extends { box: Box; score: number }>(
  faces: readonly Found[],
): Found[] {
  const kept: Found[] = [];
  for (const face of faces.toSorted((a, b) => b.score - a.score)) {
    if (!kept.some((other) => isSameFace(face.box, other.box))) kept.push(face);
  }
  return kept;
}

/** The lead in score of a face over one from another side, below which either may be right. */
const LEAD = 0.05;

/**
 * Chooses, of what is seen of a photo by turns, in quarters, that with the surest face; most photos stand, so another turn
 * has to lead. It is doubtful if a face is nearly as sure from the opposite side.
 */
export function surestTurn<Seen extends { quarters: number; found: readonly { score: number }[] }>(
  seen: readonly Seen[],
): Seen & { isDoubtful: boolean } {
  const scoreOf = ({ found }: Seen) => Math.max(0, ...found.map(({ score }) => score));
  const standing = (one: Seen) => scoreOf(one) + (one.quarters === 0 ? LEAD : 0);
  const best = seen.reduce((best, one) => standing(one) > standing(best) ? one : best);
  const opposite = seen.filter(({ quarters }) => quarters === (best.quarters + 2) % 4);
  const isDoubtful = scoreOf(best) - Math.max(0, ...opposite.map(scoreOf)) < LEAD;
  return { ...best, isDoubtful };
}

/** The common part of two boxes as a share of the smaller one. */
function overlapOf(a: Box, b: Box): number {
  return commonArea(a, b) / Math.min(a.width * a.height, b.width * b.height);
}

/** The area that two boxes have in common. */
export function commonArea(a: Box, b: Box): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return Math.max(0, width) * Math.max(0, height);
}
