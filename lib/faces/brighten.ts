/** Crops of underexposed photos, brightened to the light in which networks know faces. */
import type { Pixels } from "@/base/pixels.ts";

/** The median light, as `lightOf()` measures it, of 30 of UTKFace's crops: what a crop with little light is brightened to. */
const USUAL_LIGHT = 200;

/** A crop with this light stays as it is; 99% of UTKFace's have more. */
const ENOUGH_LIGHT = 110;

/** From this light on down a crop is brightened in full; between both in part, so that a small difference remains one. */
const LITTLE_LIGHT = 90;

/** The light of the darkest crops that are brightened in full: below, hardly a shade is left. */
const LEAST_LIGHT = 10;

/** Brightens a crop of a face that has this light, as a longer exposure would have. */
export function brighten(crop: Pixels, light: number): Pixels {
  const share = Math.min(1, (ENOUGH_LIGHT - light) / (ENOUGH_LIGHT - LITTLE_LIGHT));
  if (share <= 0) return crop;
  const full = USUAL_LIGHT / Math.max(LEAST_LIGHT, light), smooth = share ** 2 * (3 - 2 * share);
  const gain = 1 + smooth * (full - 1);
  return { ...crop, data: crop.data.map((value) => Math.min(255, gain * value + 0.5)) };
}
