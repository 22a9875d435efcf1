/**
 * Where a face's eyes, nose and mouth are. BlazeFace's own eyes are off by an eighth of the distance between them where
 * a face fills its view, so that Face Mesh looks again; and once more, at the face as it then turns out to lie. That leaves
 * 0.008 of the distance.
 *
 * Source: Kartynnik et al., "Real-time Facial Surface Geometry from Monocular Video on Mobile GPUs" (2019).
 */
import { toRange } from "@/base/pixels.ts";
import {
  type Eyes,
  middleOf,
  type Point,
  type Similarity,
  tiltOf,
  transform,
} from "@/faces/align.ts";
import { cutSquare, type Layers } from "@/faces/cut_square.ts";
import type { Detection } from "@/faces/decode_detections.ts";
import type { Box, FaceNetwork } from "@/faces/face.ts";

/** Side in pixels of the pictures that the network looks at. */
const MESH_SIDE = 192;

/** The width of such a picture in widths of its face. */
const MARGIN = 1.5;

/** The network's results that are used: the landmarks, and how sure it is. It has contours, too. */
const OUTPUTS = ["Identity_2", "Identity_1"];

/** Landmarks of a face, and how sure the network is that it is one. */
export interface Landmarks {
  /** 468 places in pixels of the photo, as Face Mesh numbers them. */
  points: Point[];
  eyes: Eyes;
  /** Around the landmarks. */
  box: Box;
  /** 0 to 1. */
  confidence: number;
}

/** The outer and the inner corner of both eyes, the left one in the picture first. */
const CORNERS = [[33, 133], [362, 263]] as const;

/** Places the landmarks of a face that was detected. */
export async function placeLandmarks(
  mesh: FaceNetwork,
  layers: Layers,
  { box, eyes }: Pick<Detection, "box" | "eyes">,
): Promise<Landmarks> {
  const rough = await look(mesh, layers, viewOf(box, tiltOf(eyes)));
  return await look(mesh, layers, viewOf(uprightBox(rough), tiltOf(rough.eyes)));
}

async function look(mesh: FaceNetwork, layers: Layers, view: Similarity): Promise<Landmarks> {
  const colors = toRange(cutSquare(layers, view, MESH_SIDE).data, 255, 0);
  const [places, confidence] = await mesh.run(colors, MESH_SIDE, OUTPUTS);
  const points = Array.from({ length: places!.length / 3 }, (_, k) => (
    transform(view, [places![3 * k]!, places![3 * k + 1]!])
  ));
  const eyes = CORNERS.map((corners) => middleOf(corners.map((k) => points[k]!)));
  return {
    points,
    eyes: eyes as unknown as Eyes,
    box: boxAround(points),
    confidence: confidence![0]!,
  };
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

function boxAround(places: readonly Point[]): Box {
  const xs = places.map(([x]) => x), ys = places.map(([, y]) => y);
  const x = Math.min(...xs), y = Math.min(...ys);
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
}

/** A box as large as that around the face turned upright, in the middle of the face. */
function uprightBox({ points, eyes }: Landmarks): Box {
  const angle = tiltOf(eyes) * Math.PI / 180, cos = Math.cos(angle), sin = Math.sin(angle);
  const back = { cos, sin: -sin, x: 0, y: 0 }, there = { cos, sin, x: 0, y: 0 };
  const { x, y, width, height } = boxAround(points.map((point) => transform(back, point)));
  const [u, v] = transform(there, [x + width / 2, y + height / 2]);
  return { x: u - width / 2, y: v - height / 2, width, height };
}
