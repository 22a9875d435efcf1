/** A model that ships, calibrated for the sample's faces. */
import { join } from "node:path";
import { WORK } from "@/base/project.ts";
import { calibrateModel } from "@/answers/calibrate.ts";
import { withModel } from "@/answers/open_model.ts";
import type { Recalibration } from "@/metrics/recalibration.ts";
import { drawnYears } from "@/sample/sample.ts";
import type { Usable } from "@/study/study.ts";

/**
 * Calibrates a model for the sample's faces, labelled with the years that they were drawn with.
 *
 * @param name a model that ships, which takes squares of this side
 *
 * @example The usable photos of the sample
 * ```ts ignore
 * const { ages } = await calibrateOnSample(await openUsable(96), "age-groups-2");
 * ```
 */
export async function calibrateOnSample(
  { squares, ...usable }: Usable,
  name: string,
): Promise<Recalibration> {
  const years = drawnYears();
  const photos = squares.photos.map((photo) => ({ ...photo, age: String(years.get(photo.photo)) }));
  const drawn = { ...usable, squares: { ...squares, photos } };
  const folder = join(WORK, "calibrated", `${name}-${usable.data.name}`);
  return await withModel(name, (model) => calibrateModel(folder, model, drawn, [...photos.keys()]));
}
