/**
 * From a photo to its faces: the one way for the command line and the page.
 *
 * Nothing here needs a file or native code: the networks are handed in, and TensorFlow.js computes with what it
 * has, the native library or a browser's WebGPU, WebGL or WASM.
 *
 * @module
 */
import type { Pixels } from "@/base/pixels.ts";
import { alignEyes, isCropped, wholePhoto } from "@/faces/align.ts";
import { layersOf } from "@/faces/cut_square.ts";
import type { Detection } from "@/faces/decode_detections.ts";
import { detectFaces } from "@/faces/detect_faces.ts";
import type { Face, FaceNetworks } from "@/faces/face.ts";
import { placeLandmarks } from "@/faces/place_landmarks.ts";
import type { Layers } from "@/faces/cut_square.ts";
import { warningsOf } from "@/faces/warnings.ts";

export type { Box, Face, FaceNetworks, Warning } from "@/faces/face.ts";

/** How to read faces. */
export interface ReadOptions {
  /** How sure it is at least that something is a face, 0 to 1. */
  minimumConfidence?: number;
}

/**
 * Reads the faces in a photo, the largest first; none where there is none.
 *
 * @param networks as `loadFaceNetworks()` gives them, or `tf.loadGraphModel()` in a browser
 * @param photo upright, as `decodePhoto()` gives it
 */
export async function readFaces(
  networks: FaceNetworks,
  photo: Pixels,
  { minimumConfidence = 0.5 }: ReadOptions = {},
): Promise<Face[]> {
  const layers = layersOf(photo), faces: Omit<Face, "number">[] = [];
  for (const detection of await detectFaces(networks.detector, layers, minimumConfidence)) {
    const face = await readFace(networks, layers, detection);
    if (face.confidence >= minimumConfidence) faces.push(face);
  }
  return faces.map((face, i) => ({ number: i + 1, ...face }));
}

async function readFace(
  { mesh }: FaceNetworks,
  layers: Layers,
  detection: Detection,
): Promise<Omit<Face, "number">> {
  const { eyes, confidence } = await placeLandmarks(mesh, layers, detection);
  const isWhole = isCropped(layers[0]!, eyes);
  return {
    box: detection.box,
    eyes,
    confidence: Math.min(confidence, detection.score),
    warnings: warningsOf(detection),
    transform: isWhole ? wholePhoto(layers[0]!) : alignEyes(eyes),
    isWhole,
  };
}
