/**
 * Progress of long work: one bar that is drawn anew in its place, in a terminal or in a notebook.
 *
 * @module
 */
import { display } from "@/base/display.ts";

/** Milliseconds between two drawings of a bar. */
export const PAUSE = 250;

/** Characters of a full bar. */
const WIDTH = 24;

/** Tells how many items are done; to be awaited, so that the bar can be drawn. */
export type Tick = (done: number) => Promise<void>;

/**
 * Does a piece of long work under a bar, which ends as one plain line: what was done, how many items.
 *
 * @param title what is being done, such as `Checking photos`
 * @param total how many items there are
 * @param work gets a function to be called with the number of items done so far
 */
export async function withProgress<T>(
  title: string,
  total: number,
  work: (tick: Tick) => Promise<T>,
): Promise<T> {
  const draw = openLine();
  const start = performance.now();
  let drawn = start;
  const result = await work(async (done) => {
    if (performance.now() - drawn < PAUSE) return;
    drawn = performance.now();
    await draw(progressLine(title, done, total, (drawn - start) / 1000), false);
  });
  await draw(`${title}: ${total.toLocaleString("en")}`, true);
  return result;
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

/** Whether the code runs in a notebook's kernel; elsewhere, Deno refuses even to look at its part for notebooks. */
export function inNotebook(): boolean {
  try {
    return Deno.jupyter !== undefined;
  } catch {
    return false;
  }
}

/** Draws a text in the place of the one before; the last one stays. */
export type Line = (text: string, last: boolean) => Promise<void>;

/** A line that replaces itself: a cell's output, a terminal's line, or, in a log, its end alone. */
export function openLine(): Line {
  if (inNotebook()) return notebookLine();
  return Deno.stderr.isTerminal() ? terminalLine : logLine;
}

/** Writes a line where the output is a log, a file or a pipe, in which no bar is drawn. */
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
  await Deno.stderr.write(new TextEncoder().encode(`\r\x1b[K${text}${last ? "\n" : ""}`));
};

const logLine: Line = (text, last) => {
  if (last) console.error(text);
  return Promise.resolve();
};
