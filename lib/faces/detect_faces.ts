/** Finding faces in a photo with BlazeFace. */
import { type Pixels, toRange } from "@/base/pixels.ts";
import { cutSquare, type Layers, layersOf } from "@/faces/cut_square.ts";
import { decodeDetections, type Detection, DETECTOR_SIDE } from "@/faces/decode_detections.ts";
import type { FaceNetwork } from "@/faces/face.ts";
import { isSameFace } from "@/faces/keep_surest.ts";
import { type Quarters, turnDetection, turnOfPhoto, turnPhoto } from "@/faces/turn_photo.ts";
import {
  goesOn,
  hinted,
  isWithin,
  mayFill,
  tileRounds,
  type View,
  wholeView,
} from "@/faces/views.ts";

/** A photo to find faces in, and how that is done. */
export interface Sought {
  detector: FaceNetwork;
  /** The photo, as `layersOf()` gives it. */
  layers: Layers;
  /** The least confidence of the detector, 0 to 1. */
  minimumScore: number;
  /** True if parts of the photo are looked at, too, for faces that are a small part of it. */
  tiles: boolean;
}

/** The least range of a tile's brightness, 0 to 255, for a look at it: a clear sky's does less. */
const LEAST_CONTRAST = 12;

/** The network's results: scores, then places, of the fine grid of anchors and of the coarse one. */
const OUTPUTS = ["Identity", "Identity_1", "Identity_2", "Identity_3"];

/** Turns of a photo in quarters clockwise, and the sizes of views of it then: with black around it, all of it is seen. */
const TURNS: readonly { quarters: number; sizes: readonly number[] }[] = [
  ...[1, 2, 3].map((quarters) => ({ quarters, sizes: [1, 2] })),
  ...[0.5, 1.5, 2.5, 3.5].map((quarters) => ({ quarters, sizes: [2] })),
];

/** Finds the faces that the whole photo shows from its other sides, and from its corners. */
export async function detectAround(sought: Sought) {
  const around: { quarters: number; faces: Detection[] }[] = [];
  for (const { quarters, sizes } of TURNS) {
    const faces: Detection[] = [];
    for (const size of sizes) {
      faces.push(...await look(sought, wholeView(sought.layers.photos[0]!, size), quarters));
    }
    around.push({ quarters, faces });
  }
  return around;
}

/** Finds the faces in a photo that lies on its side or head, as `detectFaces()` does in one that stands. */
export async function detectLying(sought: Sought, quarters: Quarters): Promise<Detection[]> {
  const { photos: [photo], cutter } = sought.layers, turn = turnOfPhoto(photo!, quarters);
  const upright = layersOf(turnPhoto(photo!, quarters), cutter);
  const faces = await detectFaces({ ...sought, layers: upright });
  return faces.map((face) => turnDetection(face, turn));
}

/**
 * Finds where faces are in a photo as it lies; none where there is none. A face may be found more than once.
 *
 * First the whole photo is looked at, again with black around it if no face is seen or one may fill it. Then tiles of
 * it are, smaller and smaller: of the smallest, and of those of which a face fills a third or more, only those in which
 * the look before saw a hint of a further face.
 */
export async function detectFaces(sought: Sought): Promise<Detection[]> {
  const { layers, minimumScore, tiles } = sought;
  const photo = layers.photos[0]!, rounds = tiles ? tileRounds(photo) : [];
  const isSeen = ({ score }: Detection) => score >= minimumScore;
  let hints = await detectLarge(sought);
  const found = hints.filter(isSeen), boxes = () => found.map(({ box }) => box);
  for (const [k, round] of rounds.entries()) {
    const least = k === 0 || goesOn(boxes(), rounds[k - 1]![0]!.side) ? FAINT : CLEAR;
    // what is too small for the look before is a hint there, if it is large enough for the one to come
    const isLast = k === rounds.length - 1 || !goesOn(boxes(), round[0]!.side);
    const unknown = hints.filter(({ score }) => score >= least).map(({ box }) => box)
      .filter((hint) => !boxes().some((box) => isSameFace(hint, box)));
    const views = isLast ? hinted(round, unknown) : round;
    hints = [];
    for (const view of views) {
      const detections = await look(faintly(sought), view);
      hints.push(...detections);
      found.push(...detections.filter(isSeen).filter(({ box }) => isWithin(box, view, photo)));
    }
  }
  return found;
}

/**
 * What looks at all like a face has this score: 83% of the faces that are a twentieth as wide as a view, 92% of those of
 * 0.06, 99% of those of 0.08, and something in every fourth view without a face.
 */
const FAINT = 0.1;

/** The score of a hint in tiles that show a part of a large face alone: such parts look faintly like faces. */
const CLEAR = 0.3;

/** The same, for whatever looks like a face ever so faintly. */
function faintly(sought: Sought): Sought {
  return { ...sought, minimumScore: Math.min(FAINT, sought.minimumScore) };
}

/** Finds the faces that the whole photo shows, and hints of others. */
async function detectLarge(sought: Sought): Promise<Detection[]> {
  const photo = sought.layers.photos[0]!;
  const faint = await look(faintly(sought), wholeView(photo, 1));
  const isFound = faint.some(({ score }) => score >= sought.minimumScore);
  if (isFound && !mayFill(faint.map(({ box }) => box), photo)) return faint;
  return [...faint, ...await look(sought, wholeView(photo, 2))];
}

/** The faces in a view, or in one turned by quarters around its middle; none where there is nothing to see. */
async function look(
  { detector, layers, minimumScore }: Sought,
  { x, y, side }: View,
  quarters = 0,
): Promise<Detection[]> {
  const scale = side / DETECTOR_SIDE, turn = turnOfPhoto({ width: side, height: side }, quarters);
  const similarity = { cos: scale * turn.cos, sin: scale * turn.sin, x: x + turn.x, y: y + turn.y };
  const picture = cutSquare(layers, similarity, DETECTOR_SIDE);
  if (contrastOf(picture) < LEAST_CONTRAST) return [];
  const colors = toRange(picture.data, 127.5, 1);
  const [fine, coarse, ...places] = await detector.run(colors, DETECTOR_SIDE, OUTPUTS);
  const answer = { scores: [...fine!, ...coarse!], places: [...places[0]!, ...places[1]!] };
  return decodeDetections(answer, similarity, minimumScore);
}

/** The range of green, which is most of the brightness, in a picture: 0 to 255. */
function contrastOf({ data }: Pixels): number {
  let least = 255, most = 0;
  for (let k = 1; k < data.length; k += 3) {
    least = Math.min(least, data[k]!);
    most = Math.max(most, data[k]!);
  }
  return most - least;
}
