import type { Box, Face } from "@/faces/face.ts";
import { commonArea } from "@/faces/keep_surest.ts";

/** The least share of their union that two boxes have in common: people draw boxes wider or narrower than finders do. */
const LEAST_OVERLAP = 0.2;

/**
 * Chooses the face that each label means: the one that its box shares most with, which is no other label's; without a box
 * the largest. Undefined if there is none.
 *
 * @param faces the largest first
 * @param boxes the box of each label
 */
export function chooseFaces<Found extends Pick<Face, "box">>(
  faces: readonly Found[],
  boxes: readonly (Box | undefined)[],
): (Found | undefined)[] {
  const pairs = boxes.flatMap((box, label) => (
    faces.map((face) => ({ label, face, share: box ? shareOf(face.box, box) : 1 }))
  ));
  const chosen = new Map<number, Found>(), taken = new Set<Found>();
  for (const { label, face, share } of pairs.sort((a, b) => b.share - a.share)) {
    if (share < LEAST_OVERLAP || chosen.has(label) || taken.has(face)) continue;
    chosen.set(label, face);
    taken.add(face);
  }
  return boxes.map((_, label) => chosen.get(label));
}

/** The common part of two boxes, as a share of what both cover. */
function shareOf(a: Box, b: Box): number {
  const common = commonArea(a, b);
  return common / (a.width * a.height + b.width * b.height - common);
}
