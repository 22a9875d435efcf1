/** The rows of a reliability diagram and of a curve of accuracy against coverage. */
import { accuracyByCoverage } from "@/metrics/abstention.ts";
import { reliabilityBins } from "@/metrics/calibration.ts";
import { wilsonInterval } from "@/metrics/interval.ts";
import type { Probabilities } from "@/metrics/metrics.ts";

export type Reliability = ReturnType<typeof reliabilityOf>;

/**
 * Bins each series of answers by certainty, and computes accuracy against coverage for the first series. The others
 * hardly change which photos are the least certain. Bins have equally many photos, and the 95% interval of their accuracy.
 *
 * @param answers the same photos' probabilities made in several ways, five a photo, by the name of the way
 * @throws {RangeError} if there is not one group per photo, or no photo
 *
 * @example Two answers of 90%, one of them correct
 * ```ts
 * import { equal } from "node:assert/strict";
 *
 * const sure = [0.9, 0.1, 0, 0, 0];
 * const { bins } = reliabilityOf({ "as trained": [sure, sure] }, [0, 1], { bins: 1 });
 * equal(bins[0]?.accuracy, 0.5);
 * ```
 */
export function reliabilityOf(
  answers: Readonly<Record<string, Probabilities>>,
  truth: readonly number[],
  { bins }: { bins: number },
) {
  const ways = Object.entries(answers);
  return {
    bins: ways.flatMap(([series, rows]) => (
      reliabilityBins(rows, truth, { bins }).map((bin) => {
        const { low, high } = wilsonInterval(Math.round(bin.accuracy * bin.photos), bin.photos);
        return { series, ...bin, low, high };
      })
    )),
    coverage: ways.slice(0, 1).flatMap(([series, rows]) => (
      accuracyByCoverage(truth, rows).map((row) => ({ series, ...row }))
    )),
  };
}
