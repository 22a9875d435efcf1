/**
 * Photos with boxes around their faces and the answer for each, as SVG and PNG.
 *
 * @module
 */
import type { Pixels } from "@/base/pixels.ts";
import { scaleFace } from "@/answers/face_answers.ts";
import {
  coverageOf,
  type PhotoAnswer,
  type PhotoFile,
  remarks,
  yearRange,
} from "@/answers/photo_answer.ts";
import { facesFigure } from "@/figures/pictures/faces.ts";
import { jpegHref } from "@/figures/shared/picture.ts";
import { saveFigure } from "@/figures/shared/save.ts";
import { decodeFile } from "@/images/photo_file.ts";
import { cropFace } from "@/faces/crop_face.ts";
import { layersOf } from "@/faces/cut_square.ts";
import type { ModelCard } from "@/model/model_card.ts";

/** The longer side of a photo in a picture, in pixels, and the side of a face. */
const LONGEST = 1500, CROP = 208;

/** Draws the pictures of photos that could be read into a folder. */
export async function drawPictures(
  folder: string,
  photos: readonly PhotoFile[],
  answers: readonly PhotoAnswer[],
  card: ModelCard,
): Promise<void> {
  for (const [k, answer] of answers.entries()) {
    if (answer.fault !== null) continue;
    const { pixels, reduction } = await decodeFile(await Deno.readFile(photos[k]!.path));
    const svg = facesFigure({
      photo: { ...answer, href: await jpegHref(smallEnough(pixels)) },
      faces: await Promise.all(answer.faces.map(async (face) => ({
        ...face,
        crop: await jpegHref(cropFace(pixels, scaleFace(face, 1 / reduction), CROP)),
        range: yearRange(face),
        warnings: remarks(face),
      }))),
      model: card.name,
      coverage: coverageOf(card),
    });
    await saveFigure(folder, photos[k]!.picture, svg, { scale: 1.5 });
  }
}

/** A photo, halved until it is small enough for a picture. */
export function smallEnough(photo: Pixels): Pixels {
  return layersOf(photo).photos.find(({ width, height }) => Math.max(width, height) <= LONGEST)!;
}
