/** Work in lanes: several items at the same time, each as soon as those that it needs are done; and what a terminal shows of it. */
import { writeFully } from "@/base/files.ts";

export interface Lanes {
  lanes: number;
  /** The items that must be done before an item begins; those that are not to be done do not count. */
  needs: (item: string) => readonly string[];
}

/** Of the items that may begin, the one that most others wait for; the first of equals. */
function choose(left: readonly string[], done: ReadonlySet<string>, { needs }: Lanes) {
  const waitsFor = (item: string) => left.filter((other) => needs(other).includes(item)).length;
  const ready = left.filter((item) => needs(item).every((need) => done.has(need)));
  return ready.toSorted((a, b) => waitsFor(b) - waitsFor(a))[0];
}

/**
 * Does the work of all items. After a failure no other item begins, and those at work come to their end.
 *
 * @param work does that of one item, in the lane of a number from 0
 * @returns how each item ended, in their order; undefined for those that never began
 */
export async function runInLanes<T>(
  items: readonly string[],
  { lanes, needs }: Lanes,
  work: (item: string, lane: number) => Promise<T>,
): Promise<(PromiseSettledResult<T> | undefined)[]> {
  const ends = new Map<string, PromiseSettledResult<T>>(), done = new Set<string>();
  const begun = new Set<string>();
  const own = (item: string) => needs(item).filter((need) => items.includes(need));
  const left = () => items.filter((item) => !begun.has(item));
  let failed = false, ended = Promise.withResolvers<void>();

  const runOne = async (item: string, lane: number): Promise<void> => {
    begun.add(item);
    const [end] = await Promise.allSettled([work(item, lane)]);
    ends.set(item, end);
    if (end.status === "fulfilled") done.add(item);
    else failed = true;
    ended.resolve();
    ended = Promise.withResolvers();
  };
  const runLane = async (lane: number): Promise<void> => {
    while (!failed && left().length > 0) {
      const item = choose(left(), done, { lanes, needs: own });
      await (item === undefined ? ended.promise : runOne(item, lane));
    }
  };
  await Promise.all(Array.from({ length: lanes }, (_, lane) => runLane(lane)));
  return items.map((item) => ends.get(item));
}

/** The terminal, or whatever lines are drawn on. */
export interface Screen {
  isTerminal: () => boolean;
  columns: () => number;
  write: (text: string) => void;
}

export interface LaneLines {
  /** Shows what a lane is at; null if it is at nothing. Only a terminal shows it. */
  show(lane: number, text: string | null): void;
  print(text: string): void;
}

const OUTPUT: Screen = {
  isTerminal: () => Deno.stdout.isTerminal(),
  columns: () => Deno.consoleSize().columns,
  write: (text) => writeFully(Deno.stdout, new TextEncoder().encode(text)),
};

/** Opens the lines of lanes; where no terminal is, only what stays is written. */
export function openLaneLines(screen: Screen = OUTPUT): LaneLines {
  const shown = new Map<number, string>();
  let drawn = 0;
  const draw = (lasting: string) => {
    if (!screen.isTerminal()) return lasting ? screen.write(lasting) : undefined;
    const width = (screen.columns() || Infinity) - 1; // a full line would break; 0 is not known
    const lines = [...shown].toSorted(([a], [b]) => a - b).map(([, text]) => text.slice(0, width));
    const back = drawn > 0 ? `\x1b[${drawn}F\x1b[J` : "";
    screen.write(back + lasting + lines.map((line) => `${line}\n`).join(""));
    drawn = lines.length;
  };
  return {
    show(lane, text) {
      if (text === (shown.get(lane) ?? null)) return;
      if (text === null) shown.delete(lane);
      else shown.set(lane, text);
      draw("");
    },
    print: (text) => draw(`${text}\n`),
  };
}
