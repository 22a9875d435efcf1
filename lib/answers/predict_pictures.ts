/** Photos with boxes around their faces and the answer for each, as SVG and PNG. */
import type { Pixels } from "@/base/pixels.ts";
import { scaleFace } from "@/answers/face_answers.ts";
import type { PhotoAnswer, PhotoFile } from "@/answers/photo_answer.ts";
import { coverageOf, remarks, yearRange } from "@/answers/photo_answer.ts";
import { facesFigure, type FacesRow } from "@/figures/pictures/faces.ts";
import { jpegHref } from "@/figures/shared/picture.ts";
import { saveFigure } from "@/figures/shared/save.ts";
import { decodeFile } from "@/images/photo_file.ts";
import { cropFrom } from "@/faces/crop_face.ts";
import { layersOf } from "@/faces/cut_square.ts";
import type { ModelCard } from "@/model/model_card.ts";

/** The longer side of a photo in a picture, and the side of a face, in pixels. */
const LONGEST = 1500, SIDE = 208;

/** Draws the picture of a photo that could be read into a folder. */
export async function drawPicture(
  folder: string,
  { path, picture }: PhotoFile,
  answer: PhotoAnswer,
  card: ModelCard,
): Promise<void> {
  const svg = facesFigure(await facesRow(await Deno.readFile(path), answer, card));
  await saveFigure(folder, picture, svg, { scale: 1.5 });
}

/**
 * Returns the data that `facesFigure` draws for a photo; `side` is that of each face, in pixels.
 *
 * @example The figure of a photo
 * ```ts ignore
 * const file = await Deno.readFile("photo.jpg"), reader = await openReader("age-groups-2");
 * const [answer] = await answerPhotos(reader, [() => Promise.resolve(file)]);
 * const svg = facesFigure(await facesRow(file, answer!, reader.model.card));
 * ```
 */
export async function facesRow(
  file: Uint8Array,
  answer: PhotoAnswer,
  card: ModelCard,
  { side = SIDE }: { side?: number } = {},
): Promise<FacesRow> {
  const { pixels, reduction } = await decodeFile(file), layers = layersOf(pixels);
  const isSmall = ({ width, height }: Pixels) => Math.max(width, height) <= LONGEST;
  return {
    photo: { ...answer, href: await jpegHref(layers.photos.find(isSmall)!) },
    faces: await Promise.all(answer.faces.map(async (face) => ({
      ...face,
      crop: await jpegHref(cropFrom(layers, scaleFace(face, 1 / reduction), side)),
      groups: card.classes.map(({ name }) => name),
      range: yearRange(face),
      warnings: remarks(face),
    }))),
    model: card.name,
    coverage: coverageOf(card),
  };
}
