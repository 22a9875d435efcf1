/**
 * Where BlazeFace sees faces in a photo, on whatever TensorFlow.js computes with.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs";
import type { Pixels } from "@/base/pixels.ts";
import { cutSquare, type Layers } from "@/faces/cut_square.ts";
import {
  type Answer,
  decodeDetections,
  type Detection,
  DETECTOR_SIDE,
} from "@/faces/decode_detections.ts";
import type { FaceNetwork } from "@/faces/face.ts";
import { goesOn, isWithin, mayFill, tileRounds, type View, wholeView } from "@/faces/views.ts";

/** How to look for faces. */
export interface DetectOptions {
  /** How sure the detector is at least, 0 to 1. */
  minimumScore: number;
  /** Whether parts of the photo are looked at, too, for faces that are a small part of it. */
  tiles: boolean;
}

/** How much the brightness of a tile varies at least, 0 to 255, for a look at it: a clear sky's does less. */
const LEAST_CONTRAST = 12;

/**
 * Finds where faces are in a photo; none where there is none. A face may be found more than once.
 *
 * First the whole photo is looked at, again with black around it if no face is seen or one may fill it. Then tiles of
 * it are, smaller and smaller, until a face fills a third of one: faces much smaller than the largest are not sought.
 *
 * @param layers the photo, as `layersOf()` gives it
 */
export async function detectFaces(
  detector: FaceNetwork,
  layers: Layers,
  { minimumScore, tiles }: DetectOptions,
): Promise<Detection[]> {
  const photo = layers.photos[0]!, found = await detectLarge(detector, layers, minimumScore);
  let side = Math.max(photo.width, photo.height);
  for (const round of tiles ? tileRounds(photo) : []) {
    if (!goesOn(found.map(({ box }) => box), side)) break;
    for (const view of round) {
      const detections = await look(detector, layers, view, minimumScore);
      found.push(...detections.filter(({ box }) => isWithin(box, view, photo)));
    }
    side = round[0]!.side;
  }
  return found;
}

/** What looks at all like a face has this score. */
const FAINT = 0.1;

/** Finds the faces that the whole photo shows. */
async function detectLarge(
  detector: FaceNetwork,
  layers: Layers,
  minimumScore: number,
): Promise<Detection[]> {
  const photo = layers.photos[0]!;
  const faint = await look(detector, layers, wholeView(photo, 1), Math.min(FAINT, minimumScore));
  const found = faint.filter(({ score }) => score >= minimumScore);
  if (found.length > 0 && !mayFill(faint.map(({ box }) => box), photo)) return found;
  return [...found, ...await look(detector, layers, wholeView(photo, 2), minimumScore)];
}

/** The faces in a view; none where there is nothing to see. */
async function look(
  detector: FaceNetwork,
  layers: Layers,
  { x, y, side }: View,
  minimumScore: number,
): Promise<Detection[]> {
  const similarity = { cos: side / DETECTOR_SIDE, sin: 0, x, y };
  const picture = cutSquare(layers, similarity, DETECTOR_SIDE);
  if (contrastOf(picture) < LEAST_CONTRAST) return [];
  return decodeDetections(await infer(detector, picture), similarity, minimumScore);
}

/** How far green, which is most of the brightness, varies in a picture: 0 to 255. */
function contrastOf({ data }: Pixels): number {
  let least = 255, most = 0;
  for (let k = 1; k < data.length; k += 3) {
    least = Math.min(least, data[k]!);
    most = Math.max(most, data[k]!);
  }
  return most - least;
}

/** The network's results: scores, then places, of the fine grid of anchors and of the coarse one. */
const OUTPUTS = ["Identity", "Identity_1", "Identity_2", "Identity_3"];

/** Runs the network on a picture of `DETECTOR_SIDE` pixels. */
async function infer(detector: FaceNetwork, { width, height, data }: Pixels): Promise<Answer> {
  const [scores, places] = tf.tidy(() => {
    const colors = tf.tensor4d(new Float32Array(data), [1, height, width, 3]);
    const range = tf.sub(tf.div(colors, 127.5), 1);
    const answers = detector.execute(range, OUTPUTS) as tf.Tensor[];
    return [tf.concat(answers.slice(0, 2), 1), tf.concat(answers.slice(2), 1)] as const;
  });
  const answer = { scores: await scores.data(), places: await places.data() };
  tf.dispose([scores, places]);
  return answer;
}
