/** Photos to try the network on, and what it makes of them: notebook 7's. */
import { range } from "d3";
import { choosing } from "@/base/display.ts";
import { say } from "@/base/progress.ts";
import { percent } from "@/base/text.ts";
import { SAMPLE } from "@/base/project.ts";
import { AGE_GROUPS } from "@/dataset/age_group.ts";
import { nameOf } from "@/dataset/data_set.ts";
import { type FaceReader, scaleFace } from "@/answers/face_answers.ts";
import { heatmap } from "@/answers/grad_cam.ts";
import type { PhotoAnswer } from "@/answers/photo_answer.ts";
import { predictSquares } from "@/answers/prediction.ts";
import { scaleOf, type Similarity, transform } from "@/faces/align.ts";
import { cropFrom } from "@/faces/crop_face.ts";
import { cutSquare, layersOf } from "@/faces/cut_square.ts";
import type { FaceStepsRow } from "@/figures/pictures/picture_sheets.ts";
import { jpegHref, pngHref } from "@/figures/shared/picture.ts";
import { decodeFile } from "@/images/photo_file.ts";
import { listPhotos } from "@/images/list_photos.ts";
import { makeScene } from "@/sample/photo/scene.ts";

interface TriedPhoto {
  name: string;
  file: Uint8Array;
}

/** The scenes that are tried where no photo is named, by how many people are on each, and their size. */
const SCENES = [4, 3, 0], SIZE = { width: 800, height: 560 };

/** Width and height of pictures of faces. */
const SIDE = 200;

/**
 * Opens the first `most` photos that a path names, or draws a few synthetic scenes. Says if it leaves photos out.
 *
 * @returns the photos, and what figures and tables of them are filed under
 * @throws {Error} if there is no picture
 *
 * @example The scenes
 * ```ts ignore
 * const { data, photos } = await openPhotos(undefined, { seed: 7 });
 * ```
 */
export function openPhotos(
  path: string | undefined,
  { seed, most = SCENES.length }: { seed: number; most?: number },
): Promise<{ data: { name: string }; photos: TriedPhoto[] }> {
  return choosing("photos", async () => {
    if (path === undefined) return { data: { name: SAMPLE }, photos: await drawScenes(seed) };
    const { photos } = await listPhotos([path]);
    if (photos.length === 0) throw new Error(`There is no picture in ${path}`);
    if (photos.length > most) await say(`Photos looked at: ${most} of ${photos.length}, the first`);
    const tried = photos.slice(0, most).map(async (photo) => ({
      name: photo === path ? photo : photo.slice(path.length + 1),
      file: await Deno.readFile(photo),
    }));
    return { data: { name: await nameOf(path) }, photos: await Promise.all(tried) };
  });
}

function drawScenes(seed: number): Promise<TriedPhoto[]> {
  return Promise.all(SCENES.map(async (people, k) => {
    const { file } = await makeScene(seed + k, { ...SIZE, people });
    return { name: `scene ${k + 1}`, file };
  }));
}

/**
 * Returns the steps from each face of a photo to the network's input: as found, turned and cropped, as the network
 * sees it, and where the network looked for the group that it predicts.
 *
 * @example The faces of a scene
 * ```ts ignore
 * const reader = await openReader("age-groups-2");
 * const { photos: [photo] } = await openPhotos(undefined, { seed: 7 });
 * const [answer] = await answerPhotos(reader, [() => Promise.resolve(photo!.file)]);
 * const rows = await faceSteps(photo!, answer!, reader.model);
 * ```
 */
export async function faceSteps(
  { file }: TriedPhoto,
  { faces }: PhotoAnswer,
  model: FaceReader["model"],
): Promise<FaceStepsRow[]> {
  if (faces.length === 0) return []; // perhaps it cannot be decoded
  const { layers, reduction } = await open(file), { side } = model.card.input;
  return await Promise.all(faces.map(async (face) => {
    const own = scaleFace(face, 1 / reduction);
    const upright = cropFrom(layers, own, SIDE), seen = cropFrom(layers, own, side);
    const { values, height, width, grid } = await model.map(seen, face.group);
    return {
      number: face.number,
      group: AGE_GROUPS[face.group].name,
      probability: face.probabilities[face.group]!,
      found: await jpegHref(cutSquare(layers, around(own.transform), SIDE)),
      cropped: await jpegHref(upright),
      seen: await pngHref(seen),
      looked: await jpegHref(heatmap(values, height, width, upright, { grid })),
    };
  }));
}

/** A photo decoded, with its layers. */
async function open(file: Uint8Array) {
  const { pixels, reduction } = await decodeFile(file);
  return { layers: layersOf(pixels), reduction };
}

/** The upright square around a crop, half as wide again. */
function around(face: Similarity): Similarity {
  const side = 1.5 * scaleOf(face), [x, y] = transform(face, [0.5, 0.5]);
  return { cos: side / SIDE, sin: 0, x: x - side / 2, y: y - side / 2 };
}

/** Turns, scales and shifts a crop about its middle; the angle in degrees, the shift in shares of its side. */
function moved(face: Similarity, { turn = 0, scale = 1, shift = 0 }): Similarity {
  const a = scale * Math.cos(turn * Math.PI / 180), b = scale * Math.sin(turn * Math.PI / 180);
  const corner = [0.5 - a / 2 + b / 2 + shift, 0.5 - b / 2 - a / 2] as const;
  const [x, y] = transform(face, corner), { cos, sin } = face;
  return { cos: cos * a - sin * b, sin: sin * a + cos * b, x, y };
}

/** Small changes of a face's crop, which should not change its age; `light` is the factor of the intensities. */
const CHANGES = [
  { change: "as it is" },
  { change: "turned by 8 degrees", turn: 8 },
  { change: "cropped a tenth wider", scale: 1.1 },
  { change: "shifted by a twentieth", shift: 0.05 },
  { change: "a third darker", light: 2 / 3 },
];

/**
 * Asks about a photo's largest face, if it has any, again, a little changed: rows of a table with the answers.
 *
 * @example The largest face of a scene
 * ```ts ignore
 * const reader = await openReader("age-groups-2");
 * const { photos: [photo] } = await openPhotos(undefined, { seed: 7 });
 * const [answer] = await answerPhotos(reader, [() => Promise.resolve(photo!.file)]);
 * const rows = await askAgain(photo!, answer!, reader.model);
 * ```
 */
export async function askAgain(
  { file }: TriedPhoto,
  { faces: [face] }: PhotoAnswer,
  model: FaceReader["model"],
) {
  if (!face) return [];
  const { layers, reduction } = await open(file), own = scaleFace(face, 1 / reduction);
  const crops = CHANGES.map(({ light = 1, ...change }) => {
    const placed = { transform: moved(own.transform, change), isWhole: false };
    const crop = cropFrom(layers, placed, model.card.input.side);
    return { ...crop, data: crop.data.map((value) => Math.round(value * light)) };
  });
  const answers = await predictSquares(model, crops);
  return answers.map(({ group, probabilities, years }, k) => ({
    change: CHANGES[k]!.change,
    group: AGE_GROUPS[group].name,
    probability: percent(probabilities[group]!),
    years: years?.toFixed(1) ?? "–",
  }));
}

/**
 * Asks the network about seeded noise instead of a face: what it answers where there is nothing to see.
 *
 * @example Noise from a seed
 * ```ts ignore
 * const reader = await openReader("age-groups-2");
 * const { group, probabilities } = await askAboutNoise(reader.model, createRandom(7, "noise"));
 * ```
 */
export async function askAboutNoise(model: FaceReader["model"], random: () => number) {
  const { side } = model.card.input;
  const data = Uint8Array.from(range(side * side * 3), () => Math.floor(256 * random()));
  const [answer] = await predictSquares(model, [{ width: side, height: side, data }]);
  return answer!;
}
