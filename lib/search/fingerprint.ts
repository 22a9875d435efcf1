/** Fingerprints of photos: equal ones mean the same photos, prepared in the same way. */
import { identify } from "@/search/plan.ts";
import { squaresSource } from "@/images/square_store.ts";
import type { Study } from "@/study/study.ts";

/**
 * Identifies the photos of studies, of one or of all folds, with their names, sizes, hashes and labels, the side and
 * the code of their squares, and the split. Equal texts mean equal training data.
 */
export async function identifyPhotos(studies: readonly Study[]): Promise<string> {
  const [{ split, train: { squares: photos } }] = studies as [Study];
  const parts = identify(studies.flatMap(({ train, validation, test }) => (
    [train, validation, test].map(({ indices }) => indices)
  )));
  const squares = await squaresSource(photos);
  return `${squares}, split by ${split} ${parts}`;
}

/**
 * Checks that a worker's photos are those of the search.
 *
 * @throws {Error} if they differ; it names both fingerprints
 */
export function requireSamePhotos(ours: string, theirs: string): void {
  if (ours === theirs) return;
  throw new Error(
    `These are not the photos of the search. Here: ${ours}. The search's: ${theirs}. The names, ` +
      "sizes, hashes and labels of the photos, the side and the code of their squares, and the " +
      "split must be the same: copy the search's folder, and use the same version of this project",
  );
}
