/** Pictures of photos that a network predicts wrongly, and of where it looked. */
import { join } from "node:path";
import type * as tf from "@tensorflow/tfjs";
import { tensor4d } from "@tensorflow/tfjs";
import { AGE_GROUPS, type AgeGroup } from "@/dataset/age_group.ts";
import { MISTAKE_SIDE } from "@/figures/pictures/picture_sheets.ts";
import { jpegHref } from "@/figures/shared/picture.ts";
import { gradCam, heatmap, mapGrid } from "@/answers/grad_cam.ts";
import { normalize } from "@/images/normalization.ts";
import type { Photo } from "@/dataset/photo.ts";
import type { Pixels } from "@/base/pixels.ts";
import { fileToSquare } from "@/images/resize.ts";

/** Width and height of the pictures in pixels: twice what figures show, for screens with fine pixels. */
const SIDE = 2 * MISTAKE_SIDE;

export interface MistakePicture {
  /** The photo as a data URL. */
  photo: string;
  /** The photo with what spoke for the predicted group laid over it (Grad-CAM), as a data URL. */
  reason: string;
  /** Rows and columns of cells that the reason is drawn in. */
  cells: { rows: number; columns: number };
  predicted: string;
  probability: number;
}

/**
 * Draws mistakes, and where the network looked when it made them: cell by cell of its last convolution,
 * each photo's strongest cell in the brightest colour.
 *
 * @example A photo of the sample
 * ```ts ignore
 * const { folder, photos: [first] } = await openData();
 * const rows = [{ photo: first!.photo, predicted: 2, probability: 0.7 } as const];
 * const pictures = await withModel(
 *   "age-groups-1",
 *   ({ network }) => pictureMistakes(network, folder, rows),
 * );
 * ```
 */
export async function pictureMistakes(
  network: tf.LayersModel,
  folder: string,
  rows: readonly (Pick<Photo, "photo"> & { predicted: AgeGroup; probability: number })[],
): Promise<MistakePicture[]> {
  return await Promise.all(rows.map(async ({ photo, predicted, probability }) => {
    const bytes = await Deno.readFile(join(folder, photo));
    const picture = await fileToSquare(bytes, SIDE);
    const seen = await fileToSquare(bytes, network.inputs[0]!.shape[1]!);
    const map = mapOf(network, seen, predicted), { rows, columns } = map;
    const reason = heatmap(map.values, rows, columns, picture, { grid: mapGrid(network) });
    return {
      photo: await jpegHref(picture),
      reason: await jpegHref(reason),
      cells: { rows, columns },
      predicted: AGE_GROUPS[predicted].name,
      probability,
    };
  }));
}

/** Computes the Grad-CAM heat map of a group for a photo as the network saw it, cell by cell. */
function mapOf(network: tf.LayersModel, seen: Pixels, group: AgeGroup) {
  const input = tensor4d(normalize(seen.data), [1, seen.height, seen.width, 3]);
  const map = gradCam(network, input, [group]);
  const [, rows, columns] = map.shape, values = map.dataSync<"float32">();
  [input, map].forEach((tensor) => tensor.dispose());
  return { values, rows, columns };
}
