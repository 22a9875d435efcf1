/** Benchmarks: ours and the baseline run in alternation, summed up. */
import { max, median, min } from "d3";
import { type Program, type Result, run } from "@bench/program.ts";

/** A measurement: ours, and the baseline, if there is one. */
export interface Benchmark {
  name: string;
  /** The unit that is counted a second. */
  unit: string;
  ours: Program;
  baseline?: Program;
  rounds: number;
  /** Room on the disk that it needs, in bytes. */
  room?: () => number | Promise<number>;
}

/** The result of a benchmark. */
export type Outcome = Awaited<ReturnType<typeof measure>>;

/**
 * Runs a benchmark: ours and the baseline in alternation, so that both meet the same conditions.
 *
 * @returns the items that one run counted, paces, the ratio of the paces of one round, and the most memory held in any
 * run, in bytes; null without a baseline, or where the system does not tell
 */
export async function measure({ name, unit, ours, baseline, rounds }: Benchmark) {
  const own: Result[] = [], other: Result[] = [];
  for (let round = 0; round < rounds; round++) {
    own.push(await run(ours));
    if (baseline) other.push(await run(baseline));
  }
  return {
    ...{ benchmark: name, unit, items: own[0]!.items },
    ...{ ours: medianRange(own.map(pace))!, baseline: medianRange(other.map(pace)) },
    ratio: medianRange(other.map((result, k) => pace(own[k]!) / pace(result))),
    ...{ ourMemory: peak(own), baselineMemory: peak(other) },
  };
}

export function forPeople(outcome: Outcome): Record<string, unknown> {
  const { benchmark, unit, items, ours, baseline, ratio, ourMemory, baselineMemory } = outcome;
  return {
    benchmark,
    counted: `${items.toLocaleString("en")} ${unit}`,
    "ours, a second": write(ours, 0),
    "baseline, a second": write(baseline, 0),
    "ours / baseline": write(ratio, 2),
    "ours, MB": ourMemory && Math.round(ourMemory / 1e6),
    "baseline, MB": baselineMemory && Math.round(baselineMemory / 1e6),
  };
}

/** An outcome as a row of plain numbers, for a file; its columns keep their first names. */
export function forFile(outcome: Outcome): Record<string, unknown> {
  const { benchmark: contest, unit, items, ours, baseline, ratio } = outcome;
  const spreads = Object.entries({ ours, peer: baseline, ratio }).flatMap(([name, spread]) => [
    [name, spread?.middle],
    [`${name}_least`, spread?.least],
    [`${name}_most`, spread?.most],
  ]);
  const memory = { ours_bytes: outcome.ourMemory, peer_bytes: outcome.baselineMemory };
  return { contest, items, unit, ...Object.fromEntries(spreads), ...memory };
}

function pace({ items, seconds }: Result): number {
  return items / seconds;
}

/** The median of some values, the smallest and the greatest; null if there are none. */
function medianRange(values: number[]) {
  if (values.length === 0) return null;
  return { middle: median(values)!, least: min(values)!, most: max(values)! };
}

/** Writes the median, and the smallest and greatest value if they differ. */
function write(spread: ReturnType<typeof medianRange>, digits: number): string | null {
  if (!spread) return null;
  const written = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  const [middle, least, most] = [spread.middle, spread.least, spread.most]
    .map((value) => value.toLocaleString("en", written));
  return spread.least === spread.most ? middle! : `${middle} (${least}–${most})`;
}

function peak(results: Result[]): number | null {
  return max(results, ({ memory }) => memory) ?? null;
}
