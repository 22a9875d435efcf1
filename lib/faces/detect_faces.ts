/**
 * Where BlazeFace sees faces in a photo, on whatever TensorFlow.js computes with.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs";
import type { Pixels } from "@/base/pixels.ts";
import type { Similarity } from "@/faces/align.ts";
import { cutSquare, type Layers } from "@/faces/cut_square.ts";
import {
  type Answer,
  decodeDetections,
  type Detection,
  DETECTOR_SIDE,
  keepSurest,
} from "@/faces/decode_detections.ts";

/**
 * The views that the network looks at: squares around its middle, as multiples of its longer side. Faces that
 * fill a photo are found only with black around them.
 */
const VIEWS = [1, 2];

/**
 * Finds where faces are in a photo, the largest first; none where there is none.
 *
 * @param layers the photo, as `layersOf()` gives it
 */
export async function detectFaces(
  detector: tf.GraphModel,
  layers: Layers,
  minimumScore: number,
): Promise<Detection[]> {
  const found: Detection[] = [];
  for (const size of VIEWS) {
    const view = viewOf(layers[0]!, size);
    const answer = await infer(detector, cutSquare(layers, view, DETECTOR_SIDE));
    found.push(...decodeDetections(answer, view, minimumScore));
  }
  return keepSurest(found);
}

/** The square around a photo's middle that is `size` times as wide as its longer side. */
function viewOf({ width, height }: Pixels, size: number): Similarity {
  const side = size * Math.max(width, height);
  return { cos: side / DETECTOR_SIDE, sin: 0, x: (width - side) / 2, y: (height - side) / 2 };
}

/** Runs the network on a picture of `DETECTOR_SIDE` pixels. */
async function infer(detector: tf.GraphModel, { width, height, data }: Pixels): Promise<Answer> {
  const [scores, places] = tf.tidy(() => {
    const colors = tf.tensor4d(Float32Array.from(data), [1, height, width, 3]);
    const answers = detector.execute(tf.sub(tf.div(colors, 127.5), 1)) as tf.Tensor[];
    // one value or 16 an anchor; the fine grid, which has more anchors, comes first
    const joined = (values: number) => {
      const grids = answers.filter(({ shape }) => shape[2] === values);
      return tf.concat(grids.toSorted((a, b) => b.size - a.size), 1);
    };
    return [joined(1), joined(16)] as const;
  });
  const answer = { scores: await scores.data(), places: await places.data() };
  tf.dispose([scores, places]);
  return answer;
}
