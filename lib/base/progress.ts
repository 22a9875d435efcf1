/** Progress of long work: one bar that is redrawn in place, in a terminal or a notebook. */
import { display, inNotebook } from "@/base/display.ts";
import { interruptible, listenFor } from "@/base/interruption.ts";
import { orElse } from "@/base/or_else.ts";

export { inNotebook };

/** Milliseconds between two redraws of a bar. */
export const PAUSE = 250;

const WIDTH = 24;

/** Reports how many items are done. Await it, so that the bar is drawn and an interruption noticed, which it throws. */
export type Tick = (done: number) => Promise<void>;

/**
 * Runs long work under a progress bar, which ends as one plain line: what was done, and for how many items.
 *
 * @param work receives a function to call with the number of items done, and the signal that tells it to end
 * @param outer the signal of the work that this is part of, if any
 * @throws {Interrupted} if the work was interrupted
 */
export async function withProgress<T>(
  title: string,
  total: number,
  work: (tick: Tick, signal: AbortSignal) => Promise<T>,
  outer?: AbortSignal,
): Promise<T> {
  const draw = openLine();
  const result = await interruptible(
    (signal) => work(tickOf(title, total, draw, listenFor(signal)), signal),
    outer,
  );
  await draw(`${title}: ${total.toLocaleString("en")}`, true);
  return result;
}

function tickOf(title: string, total: number, draw: Line, listen: () => Promise<void>): Tick {
  const start = performance.now();
  let drawn = start;
  return async (done) => {
    await listen();
    if (performance.now() - drawn < PAUSE) return;
    drawn = performance.now();
    await draw(progressLine(title, done, total, (drawn - start) / 1000), false);
  };
}

/** The text of a bar: how far the work is, its pace, and the time left at that pace. */
export function progressLine(title: string, done: number, total: number, seconds: number): string {
  const full = Math.round(WIDTH * Math.min(done / Math.max(total, 1), 1));
  const bar = "█".repeat(full) + "░".repeat(WIDTH - full);
  const pace = done / Math.max(seconds, 0.001);
  const left = pace > 0 ? `, ${duration(Math.max(total - done, 0) / pace)} left` : "";
  const count = `${done.toLocaleString("en")} of ${total.toLocaleString("en")}`;
  return `${title}: ${bar} ${count}, ${pace.toFixed(pace < 10 ? 1 : 0)} a second${left}`;
}

/** A length of time for people: `48 s`, `3 min 5 s`, `2 h 10 min`. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor(whole / 60) % 60} min`;
}

/** Draws a text in place of the previous one; the last one stays. */
export type Line = (text: string, last: boolean) => Promise<void>;

/** Opens a line that replaces itself: a cell's output, or a line of the terminal. A log gets the last text only. */
export function openLine(): Line {
  if (inNotebook()) return notebookLine();
  return Deno.stderr.isTerminal() ? terminalLine : logLine;
}

/** Writes a line that stays. */
export async function say(text: string): Promise<void> {
  await openLine()(text, true);
}

/** Writes a line if the output is a log file or a pipe, where no bar is drawn. */
export function logOnly(text: string): void {
  if (!inNotebook() && !Deno.stderr.isTerminal()) console.error(text);
}

function notebookLine(): Line {
  const id = crypto.randomUUID();
  let update = false;
  return async (text, last) => {
    await display({ "text/plain": text }, { id, update, more: !last });
    update = true;
  };
}

const terminalLine: Line = async (text, last) => {
  const shown = last ? `${text}\n` : narrowed(text);
  await Deno.stderr.write(new TextEncoder().encode(`\r\x1b[K${shown}`));
};

/** A text that the terminal does not break, since only its last line is drawn anew: without its bar, then cut off. */
function narrowed(text: string): string {
  const columns = orElse(() => Deno.consoleSize().columns, 0) || Infinity; // 0 is not known
  return text.length < columns ? text : text.replace(/[█░]+ /, "").slice(0, columns - 1);
}

const logLine: Line = (text, last) => {
  if (last) console.error(text);
  return Promise.resolve();
};
