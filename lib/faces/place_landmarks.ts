/**
 * Where a face's eyes are, to a few percent of the distance between them: BlazeFace's own eyes are off by a
 * sixth of it, so that Face Mesh looks again.
 *
 * Source: Kartynnik et al., "Real-time Facial Surface Geometry from Monocular Video on Mobile GPUs" (2019).
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs";
import { type Eyes, type Point, type Similarity, tiltOf, transform } from "@/faces/align.ts";
import { cutSquare, type Layers } from "@/faces/cut_square.ts";
import type { Detection } from "@/faces/decode_detections.ts";
import type { Box } from "@/faces/face.ts";

/** Side in pixels of the pictures that the network looks at. */
const MESH_SIDE = 192;

/** How much wider than a face such a picture is. */
const MARGIN = 1.5;

/** Landmarks of a face, and how sure the network is that it is one. */
export interface Landmarks {
  /** 468 places in pixels of the photo, as Face Mesh numbers them. */
  points: Point[];
  eyes: Eyes;
  /** 0 to 1. */
  confidence: number;
}

/** The outer and the inner corner of both eyes, the left one in the picture first. */
const CORNERS = [[33, 133], [362, 263]] as const;

/** Places the landmarks of a face that was detected. */
export async function placeLandmarks(
  mesh: tf.GraphModel,
  layers: Layers,
  { box, eyes }: Pick<Detection, "box" | "eyes">,
): Promise<Landmarks> {
  const view = viewOf(box, tiltOf(eyes));
  const { places, confidence } = await infer(mesh, cutSquare(layers, view, MESH_SIDE));
  const points = Array.from({ length: places.length / 3 }, (_, k) => (
    transform(view, [places[3 * k]!, places[3 * k + 1]!])
  ));
  return { points, eyes: eyesOf(points), confidence };
}

/** The square around a face, turned as the face is. */
function viewOf({ x, y, width, height }: Box, tilt: number): Similarity {
  const scale = MARGIN * Math.max(width, height) / MESH_SIDE, angle = tilt * Math.PI / 180;
  const cos = scale * Math.cos(angle), sin = scale * Math.sin(angle), middle = MESH_SIDE / 2;
  return {
    cos,
    sin,
    x: x + width / 2 - cos * middle + sin * middle,
    y: y + height / 2 - sin * middle - cos * middle,
  };
}

function eyesOf(points: readonly Point[]): Eyes {
  return CORNERS.map(([a, b]): Point => [
    (points[a]![0] + points[b]![0]) / 2,
    (points[a]![1] + points[b]![1]) / 2,
  ]) as unknown as Eyes;
}

/** Runs the network on a picture of `MESH_SIDE` pixels. */
async function infer(
  mesh: tf.GraphModel,
  { width, height, data }: { width: number; height: number; data: Uint8Array },
) {
  const [places, flag] = tf.tidy(() => {
    const colors = tf.tensor4d(Float32Array.from(data), [1, height, width, 3]);
    const answers = mesh.execute(tf.div(colors, 255)) as tf.Tensor[];
    return [1404, 1].map((size) => answers.find((answer) => answer.size === size)!) as [
      tf.Tensor,
      tf.Tensor,
    ];
  });
  const answer = { places: await places.data(), confidence: (await flag.data())[0]! };
  tf.dispose([places, flag]);
  return answer;
}
