/** Work in lanes: several items at the same time, each as soon as those that it needs are done; and what a terminal shows of it. */
import { greatest, range } from "d3";
import { writeFully } from "@/base/files.ts";

/**
 * Does the work of all items, as many at a time as there are lanes; of those that may begin, the one first that most
 * others wait for. After a failure no other item begins, and those at work come to their end.
 *
 * @param options `needs`: the items that must be done before an item begins; those that are not to be done do not count
 * @param work does that of one item, in the lane of a number from 0
 * @returns how each item ended, in their order; undefined for those that never began
 */
export async function runInLanes<T>(
  items: readonly string[],
  { lanes, needs }: { lanes: number; needs: (item: string) => readonly string[] },
  work: (item: string, lane: number) => Promise<T>,
): Promise<(PromiseSettledResult<T> | undefined)[]> {
  const ends = new Map<string, PromiseSettledResult<T>>();
  const left = new Set(items), undone = new Set(items);
  let failed = false, ended = Promise.withResolvers<void>();

  const next = () => {
    const waitsFor = (item: string) =>
      [...left].filter((other) => needs(other).includes(item)).length;
    const ready = [...left].filter((item) => !needs(item).some((need) => undone.has(need)));
    return greatest(ready, waitsFor);
  };
  const runOne = async (item: string, lane: number): Promise<void> => {
    left.delete(item);
    const [end] = await Promise.allSettled([work(item, lane)]);
    ends.set(item, end);
    if (end.status === "fulfilled") undone.delete(item);
    else failed = true;
    ended.resolve();
    ended = Promise.withResolvers();
  };
  const runLane = async (lane: number): Promise<void> => {
    while (!failed && left.size > 0) {
      const item = next();
      await (item === undefined ? ended.promise : runOne(item, lane));
    }
  };
  await Promise.all(range(lanes).map(runLane));
  return items.map((item) => ends.get(item));
}

export type LaneLines = ReturnType<typeof openLaneLines>;

/** The terminal, or whatever lines are drawn on. */
const OUTPUT = {
  isTerminal: () => Deno.stdout.isTerminal(),
  columns: () => Deno.consoleSize().columns,
  write: (text: string) => writeFully(Deno.stdout, new TextEncoder().encode(text)),
};

/** Opens the lines of lanes; where no terminal is, only what stays is written. */
export function openLaneLines(screen = OUTPUT) {
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
    /** Shows what a lane is at; null if it is at nothing. Only a terminal shows it. */
    show(lane: number, text: string | null) {
      if (text === (shown.get(lane) ?? null)) return;
      if (text === null) shown.delete(lane);
      else shown.set(lane, text);
      draw("");
    },
    print: (text: string) => draw(`${text}\n`),
  };
}
