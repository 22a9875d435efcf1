/**
 * Which of a photo's faces a label means.
 *
 * @module
 */
import type { Box, Face } from "@/faces/face.ts";

/** The least share of their union that two boxes have in common: people draw boxes wider or narrower than finders do. */
const LEAST_OVERLAP = 0.2;

/**
 * Chooses the face that a box names, the one that it shares most with; without a box the largest. Undefined if there is
 * none.
 *
 * @param faces the largest first
 */
export function chooseFace<Found extends Pick<Face, "box">>(
  faces: readonly Found[],
  box?: Box,
): Found | undefined {
  if (!box) return faces[0];
  const shared = faces.map((face) => ({ face, share: shareOf(face.box, box) }));
  const [best] = shared.toSorted((a, b) => b.share - a.share);
  return best && best.share >= LEAST_OVERLAP ? best.face : undefined;
}

/** The common part of two boxes, as a share of what both cover. */
function shareOf(a: Box, b: Box): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  if (width <= 0 || height <= 0) return 0;
  const common = width * height;
  return common / (a.width * a.height + b.width * b.height - common);
}
