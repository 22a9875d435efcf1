/**
 * Finding the faces in a photo with BlazeFace, on whatever TensorFlow.js computes with.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs";
import type { Pixels } from "@/base/pixels.ts";
import type { Similarity } from "@/faces/align.ts";
import { cutSquare } from "@/faces/cut_square.ts";
import {
  type Answer,
  decodeFaces,
  type Face,
  FINDER_SIDE,
  keepSurest,
} from "@/faces/decode_faces.ts";

/** How to find faces. */
export interface FindOptions {
  /** What a face's score is at least, 0 to 1. */
  minimumScore?: number;
}

/**
 * The views that the network looks at: squares around its middle, as multiples of its longer side. Faces that
 * fill a photo are found only with black around them.
 */
const VIEWS = [1, 2];

/**
 * Finds the faces in a photo, the largest first; none where there is none.
 *
 * @param finder BlazeFace, as `loadFinder()` gives it
 */
export function findFaces(
  finder: tf.GraphModel,
  photo: Pixels,
  { minimumScore = 0.5 }: FindOptions = {},
): Face[] {
  return keepSurest(VIEWS.flatMap((size) => {
    const view = viewOf(photo, size);
    return decodeFaces(infer(finder, cutSquare(photo, view, FINDER_SIDE)), view, minimumScore);
  }));
}

/** The square around a photo's middle that is `size` times as wide as its longer side. */
function viewOf({ width, height }: Pixels, size: number): Similarity {
  const side = size * Math.max(width, height);
  return { cos: side / FINDER_SIDE, sin: 0, x: (width - side) / 2, y: (height - side) / 2 };
}

/** Runs the network on a picture of `FINDER_SIDE` pixels. */
function infer(finder: tf.GraphModel, { width, height, data }: Pixels): Answer {
  return tf.tidy(() => {
    const colors = tf.tensor4d(Float32Array.from(data), [1, height, width, 3]);
    const answers = finder.execute(tf.sub(tf.div(colors, 127.5), 1)) as tf.Tensor[];
    // one value or 16 an anchor; the fine grid, which has more anchors, comes first
    const joined = (values: number) => {
      const grids = answers.filter(({ shape }) => shape[2] === values);
      return tf.concat(grids.toSorted((a, b) => b.size - a.size), 1).dataSync();
    };
    return { scores: joined(1), places: joined(16) };
  });
}
