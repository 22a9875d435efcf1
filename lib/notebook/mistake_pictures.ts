/**
 * Pictures of what a network got wrong, and of where it looked.
 *
 * @module
 */
import { join } from "node:path";
import type * as tf from "@tensorflow/tfjs";
import { tensor4d } from "@tensorflow/tfjs";
import { AGE_GROUPS, type AgeGroup } from "@/dataset/age_group.ts";
import { jpegHref } from "@/figures/picture.ts";
import { gradCam, heatmap, mapGrid } from "@/evaluation/grad_cam.ts";
import { normalize } from "@/images/normalization.ts";
import type { Photo } from "@/dataset/photo.ts";
import type { Pixels } from "@/images/pixels.ts";
import { fileToSquare } from "@/images/resize.ts";

/** Width and height of the pictures in pixels. */
const SIDE = 256;

/** A photo that a network took for another group, as figures show it. */
export interface MistakePicture {
  /** The photo as a data URL. */
  photo: string;
  /** The photo with what spoke for the predicted group laid over it (Grad-CAM), as a data URL. */
  reason: string;
  /** Name of the predicted group. */
  predicted: string;
  probability: number;
}

/**
 * Draws mistakes, and where the network looked when it made them.
 *
 * @param folder the data folder that the photos are in
 * @param rows the mistakes, with the group predicted and its probability
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
    return {
      photo: await jpegHref(picture),
      reason: await jpegHref(overlay(network, seen, picture, predicted)),
      predicted: AGE_GROUPS[predicted].name,
      probability,
    };
  }));
}

/** Lays what spoke for a group over a picture of the photo, which the network saw smaller. */
function overlay(
  network: tf.LayersModel,
  seen: Pixels,
  picture: Pixels,
  group: AgeGroup,
): Pixels {
  const input = tensor4d(normalize(seen.data), [1, seen.height, seen.width, 3]);
  const map = gradCam(network, input, [group]);
  const [, height, width] = map.shape;
  const values = map.dataSync<"float32">();
  [input, map].forEach((tensor) => tensor.dispose());
  return heatmap(values, height, width, picture, { grid: mapGrid(network) });
}
