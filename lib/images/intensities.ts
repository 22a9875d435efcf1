import { withProgress } from "@/base/progress.ts";
import { readSquares, type Squares } from "@/images/square_store.ts";

const BATCH = 64;

/**
 * Counts how often each of the 256 intensities occurs in all colours of all squares, a batch at a time.
 *
 * @example The share of black in the sample
 * ```ts ignore
 * const { squares } = await openUsable(96);
 * const counts = await countIntensities(squares);
 * console.log(counts[0]! / (squares.photos.length * 96 * 96 * 3));
 * ```
 */
export async function countIntensities(squares: Squares): Promise<Float64Array> {
  const counts = new Float64Array(256);
  await withProgress("Squares counted", squares.photos.length, async (tick) => {
    for (let start = 0; start < squares.photos.length; start += BATCH) {
      const indices = squares.photos.slice(start, start + BATCH).map((_, k) => start + k);
      for (const intensity of readSquares(squares, indices)) counts[intensity]! += 1;
      await tick(start + indices.length);
    }
  });
  return counts;
}
