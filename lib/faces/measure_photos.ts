/**
 * The traits of the photos of a folder.
 *
 * @module
 */
import { type Tick, withProgress } from "@/base/progress.ts";
import { disposeNetworks, loadFaceNetworks } from "@/faces/load_networks.ts";
import { traitsOf } from "@/faces/photo_traits.ts";
import type { PhotoTraits } from "@/metrics/photo_kinds.ts";
import { readCuts } from "@/faces/read_faces.ts";
import { readPhoto } from "@/images/pixels.ts";

/**
 * Measures what kind of photo each is, under a progress bar; looking for the face takes most of the time.
 *
 * @param photos paths inside the folder
 * @returns the traits of each, in the photos' order
 * @throws {UnreadablePhoto} naming the photo that cannot be read
 * @throws {Interrupted} if it was interrupted
 */
export async function measurePhotos(
  folder: string,
  photos: readonly string[],
): Promise<PhotoTraits[]> {
  const networks = await loadFaceNetworks(), traits: PhotoTraits[] = [];
  const work = async (tick: Tick) => {
    for (const name of photos) {
      const photo = await readPhoto(folder, name);
      const [largest] = await readCuts(networks, photo, { tiles: false });
      traits.push(traitsOf(photo, largest));
      await tick(traits.length);
    }
  };
  try {
    await withProgress("Kinds of photo measured", photos.length, work);
  } finally {
    disposeNetworks(networks);
  }
  return traits;
}
