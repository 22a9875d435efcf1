/**
 * From the numbers that BlazeFace answers with to places in a photo.
 *
 * Source: Bazarevsky et al., "BlazeFace" (2019); the anchors are those of MediaPipe's model for 256 pixels.
 */
import { type Eyes, type Point, scaleOf, type Similarity, transform } from "@/faces/align.ts";
import type { Box } from "@/faces/face.ts";

/** A face that BlazeFace detected, roughly; places and sizes in pixels of the photo. */
export interface Detection {
  box: Box;
  eyes: Eyes;
  /** The detector's confidence, 0 to 1. */
  score: number;
}

/** The network's output for each anchor: confidence, box and landmarks. */
export interface Answer {
  /** Logits, one an anchor. */
  scores: ArrayLike<number>;
  /** 16 values an anchor, in pixels: middle and size of the box, then six landmarks, from the anchor. */
  places: ArrayLike<number>;
}

/** Side in pixels of the pictures that the network looks at. */
export const DETECTOR_SIDE = 256;

/** Cells of each grid of anchors, along a side, and anchors of a cell. */
const GRIDS = [{ cells: 16, each: 2 }, { cells: 8, each: 6 }] as const;

const VALUES = 16;

/** The middles that boxes and landmarks are told from. */
const ANCHORS: Point[] = GRIDS.flatMap(({ cells, each }) => {
  const stride = DETECTOR_SIDE / cells;
  return Array.from({ length: cells * cells * each }, (_, k): Point => {
    const cell = Math.floor(k / each);
    return [(cell % cells + 0.5) * stride, (Math.floor(cell / cells) + 0.5) * stride];
  });
});

/** Returns the faces of an answer with at least this score, in pixels of the photo that the view shows. */
export function decodeDetections(
  { scores, places }: Answer,
  view: Similarity,
  minimumScore: number,
): Detection[] {
  return ANCHORS.flatMap((anchor, i) => {
    const score = 1 / (1 + Math.exp(-scores[i]!));
    if (!(score >= minimumScore)) return [];
    const at = (k: number): Point => (
      transform(view, [
        anchor[0] + places[i * VALUES + k]!,
        anchor[1] + places[i * VALUES + k + 1]!,
      ])
    );
    const [x, y] = at(0), scale = scaleOf(view);
    const width = places[i * VALUES + 2]! * scale, height = places[i * VALUES + 3]! * scale;
    const box = { x: x - width / 2, y: y - height / 2, width, height };
    return [{ box, eyes: [at(4), at(6)] as const, score }];
  });
}
