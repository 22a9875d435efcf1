/**
 * From a photo to its faces: the one way for the command line and the page.
 *
 * Nothing here needs a file or native code: the networks are handed in, and TensorFlow.js computes with what it
 * has, the native library or a browser's WebGPU, WebGL or WASM.
 */
import type { Pixels } from "@/base/pixels.ts";
import { alignFace, isCropped, wholePhoto } from "@/faces/align.ts";
import { brighten } from "@/faces/brighten.ts";
import { cropsFrom } from "@/faces/crop_face.ts";
import { type Layers, layersOf } from "@/faces/cut_square.ts";
import type { Detection } from "@/faces/decode_detections.ts";
import { detectAround, detectFaces, detectLying, type Sought } from "@/faces/detect_faces.ts";
import type { Face, FaceNetworks } from "@/faces/face.ts";
import { keepSurest, surestTurn } from "@/faces/keep_surest.ts";
import { type Landmarks, placeLandmarks } from "@/faces/place_landmarks.ts";
import { lightOf, SHARPNESS_SIDE, sharpnessOf, turnOf, warningsOf } from "@/faces/warnings.ts";

export type { Box, Face, FaceNetworks, Warning } from "@/faces/face.ts";

export interface ReadOptions {
  /** The least confidence that something is a face, 0 to 1. */
  minimumConfidence?: number;
  /**
   * True if parts of the photo are looked at, too, for faces that are a small part of it. Without, a photo takes one
   * look, or two: for a camera.
   */
  tiles?: boolean;
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
  options: ReadOptions = {},
): Promise<Face[]> {
  return (await readCuts(networks, photo, options)).map(({ face }) => face);
}

/** A face, and what its squares are made of, so that nothing is cut out of the photo twice. */
export interface FaceCut {
  face: Face;
  /** The turn to the side, 0 to about 1. */
  turn: number;
  /** The face as networks know faces, as `cropFrom()` gives it. */
  crop(side: number): Pixels;
}

/** Reads the faces in a photo as {@linkcode readFaces} does, to make squares of them. */
export async function readCuts(
  { detector, mesh, cutter }: FaceNetworks,
  photo: Pixels,
  { minimumConfidence = 0.5, tiles = true }: ReadOptions = {},
): Promise<FaceCut[]> {
  const layers = layersOf(photo, cutter);
  const look = { detector, mesh, layers, minimumScore: minimumConfidence, tiles };
  const asItLies = await placeAll(look, await detectFaces(look));
  const isSure = asItLies.some(({ score }) => score >= SURE);
  const found = isSure || !tiles ? asItLies : await lookAround(look, asItLies);
  return found.sort((a, b) => b.box.width - a.box.width)
    .map((landmarks, i) => faceOf(layers, landmarks, i + 1));
}

/** Which photo is looked at, by which networks, and how. */
type Look = Sought & Pick<FaceNetworks, "mesh">;

/** The score of faces that stand upright for sure: on their head, or aslant, hardly any has as much. */
const SURE = 0.88;

/**
 * Looks at a photo without a sure face from its other sides and from its corners, and answers from where a face is surest:
 * one on its head is often taken for another that stands.
 *
 * @param asItLies the faces that are seen as it lies
 */
async function lookAround(look: Look, asItLies: readonly Placed[]): Promise<Placed[]> {
  const seen = [{ quarters: 0, found: asItLies }];
  for (const { quarters, faces } of await detectAround(look)) {
    seen.push({ quarters, found: await placeAll(look, faces) });
  }
  const { quarters, found, isDoubtful } = surestTurn(seen);
  const others = quarters === 1 || quarters === 2 || quarters === 3
    ? await placeAll(look, await detectLying(look, quarters))
    : asItLies;
  return keepSurest([...found, ...others]).map((face) => ({ ...face, isDoubtful }));
}

/** The landmarks of a face, how sure it is, and whether the photo may stand on its head. */
type Placed = Landmarks & Pick<Detection, "score"> & { isDoubtful?: boolean };

/** The landmarks of what was detected and is a face, each once. */
async function placeAll(
  { mesh, layers, minimumScore }: Look,
  detections: readonly Detection[],
): Promise<Placed[]> {
  const found: Placed[] = [];
  for (const { score, ...detection } of keepSurest(detections)) {
    const landmarks = await placeLandmarks(mesh, layers, detection);
    const least = Math.min(score, landmarks.confidence);
    if (least >= minimumScore) found.push({ ...landmarks, score: least });
  }
  return keepSurest(found);
}

function faceOf(layers: Layers, placed: Placed, number: number): FaceCut {
  const { points, box, eyes, score: confidence, isDoubtful } = placed, photo = layers.photos[0]!;
  const aligned = alignFace(points), isWhole = isCropped(photo, aligned);
  const place = { transform: isWhole ? wholePhoto(photo) : aligned, isWhole };
  const asItIs = cropsFrom(layers, place), small = asItIs(SHARPNESS_SIDE), light = lightOf(small);
  const turn = turnOf(points), sharpness = sharpnessOf(small);
  const warnings = warningsOf({ box, turn, sharpness, light, isDoubtful });
  const crop = (side: number) => brighten(asItIs(side), light);
  return { face: { number, box, eyes, confidence, warnings, ...place }, turn, crop };
}
