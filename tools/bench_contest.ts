/**
 * Contests: ours and the peer in turns, summed up.
 *
 * @module
 */
import { max, median, min } from "d3";
import { type Program, type Result, run } from "@tools/bench_program.ts";

/** What is measured: ours, and the peer's where there is one. */
export interface Contest {
  name: string;
  /** What is counted a second. */
  unit: string;
  ours: Program;
  peer?: Program;
  rounds: number;
  /** Room on the disk that it needs, in bytes. */
  room?: () => number | Promise<number>;
}

/** The median of some values, the smallest and the greatest. */
export interface Spread {
  middle: number;
  least: number;
  most: number;
}

/** What came out of a contest; null where there is no peer. */
export interface Outcome {
  contest: string;
  unit: string;
  /** What one turn counted. */
  items: number;
  /** Items a second. */
  ours: Spread;
  peer: Spread | null;
  /** Ours through the peer's, each in the same round. */
  ratio: Spread | null;
  /** The most memory held in any turn, in bytes; null where the system does not tell. */
  ourMemory: number | null;
  peerMemory: number | null;
}

/** Holds a contest, ours and the peer in turns. */
export async function hold({ name, unit, ours, peer, rounds }: Contest): Promise<Outcome> {
  const own: Result[] = [], other: Result[] = [];
  for (let round = 0; round < rounds; round++) {
    own.push(await run(ours));
    if (peer) other.push(await run(peer));
  }
  return {
    contest: name,
    unit,
    items: own[0]!.items,
    ours: spread(own.map(pace))!,
    peer: spread(other.map(pace)),
    ratio: spread(other.map((result, k) => pace(own[k]!) / pace(result))),
    ourMemory: peak(own),
    peerMemory: peak(other),
  };
}

/** An outcome as a row for people. */
export function forPeople(outcome: Outcome): Record<string, unknown> {
  const { contest, unit, items, ours, peer, ratio, ourMemory, peerMemory } = outcome;
  return {
    contest,
    counted: `${items.toLocaleString("en")} ${unit}`,
    "ours, a second": write(ours, 0),
    "peer, a second": write(peer, 0),
    "ours / peer": write(ratio, 2),
    "ours, MB": ourMemory && Math.round(ourMemory / 1e6),
    "peer, MB": peerMemory && Math.round(peerMemory / 1e6),
  };
}

/** An outcome as a row of plain numbers, for a file. */
export function forFile(outcome: Outcome): Record<string, unknown> {
  const { contest, unit, items, ours, peer, ratio, ourMemory, peerMemory } = outcome;
  const spreads = Object.entries({ ours, peer, ratio }).flatMap(([name, spread]) => [
    [name, spread?.middle],
    [`${name}_least`, spread?.least],
    [`${name}_most`, spread?.most],
  ]);
  const memory = { ours_bytes: ourMemory, peer_bytes: peerMemory };
  return { contest, items, unit, ...Object.fromEntries(spreads), ...memory };
}

function pace({ items, seconds }: Result): number {
  return items / seconds;
}

function spread(values: number[]): Spread | null {
  if (values.length === 0) return null;
  return { middle: median(values)!, least: min(values)!, most: max(values)! };
}

/** Writes the median, and the smallest and greatest where these are others. */
function write(spread: Spread | null, digits: number): string | null {
  if (!spread) return null;
  const [middle, least, most] = [spread.middle, spread.least, spread.most].map((value) =>
    value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits })
  );
  return spread.least === spread.most ? middle! : `${middle} (${least}–${most})`;
}

function peak(results: Result[]): number | null {
  return Math.max(0, ...results.map(({ memory }) => memory ?? 0)) || null;
}
