/**
 * Long work that can be interrupted, by Ctrl+C in a terminal or *Interrupt* in Jupyter. Both send SIGINT, which would end
 * this process with all variables: while long work runs, it aborts that work instead, which throws
 * {@linkcode Interrupted} and later goes on from what it has kept.
 */
import { once } from "node:events";
import { setImmediate, setTimeout as delay } from "node:timers/promises";
import { inNotebook } from "@/base/display.ts";

/** Milliseconds that interrupted work may take to end. After that it ends unattended. */
const GRACE = 2000;

/** Milliseconds that new work waits for such to end. */
const LONGEST = 10_000;

/** Milliseconds between two looks for an interruption. */
const PAUSE = 50;

/** Thrown by long work that was interrupted. It has no stack trace: one line says how to go on. */
export class Interrupted extends Error {
  override name = "Interrupted";

  constructor(
    advice = `run the ${inNotebook() ? "cell" : "same command"} again, it goes on where it was`,
  ) {
    super(advice);
    this.stack = String(this);
  }
}

/** Milliseconds for which an interruption between two works counts for the second. */
const RECENT = 1000;

/** The number of works that are running, one inside the other, and when an interruption last met none. */
let running = 0, unheard = -Infinity;

/** Interrupted works that have not ended yet, though their grace is over. */
const unattended = new Set<Promise<unknown>>();

/**
 * Does long work that an interruption ends. As part of other long work, it ends with that.
 *
 * @param work has to let the event loop run often, as {@linkcode listenFor} does, to notice the signal
 * @param outer the signal of the work that this is part of, if any
 * @param advice how to go on after an interruption, if not by running it again
 * @throws {Interrupted} if the work was interrupted, at the latest two seconds later
 */
export async function interruptible<T>(
  work: (signal: AbortSignal) => Promise<T>,
  outer?: AbortSignal,
  advice?: string,
): Promise<T> {
  if (outer) return await work(outer);
  await unattendedEnd();
  if (performance.now() - unheard <= RECENT) { // it was meant for this work
    unheard = -Infinity;
    throw new Interrupted(advice);
  }
  const controller = new AbortController(), { signal } = controller;
  const interrupt = () => controller.abort(new Interrupted(advice));
  Deno.addSignalListener("SIGINT", interrupt);
  running++;
  try {
    return await ended(work(signal), signal);
  } finally {
    running--;
    Deno.removeSignalListener("SIGINT", interrupt);
  }
}

/** Returns what to call after each step of long work: it lets the event loop run, and throws {@linkcode Interrupted}. */
export function listenFor(signal: AbortSignal): () => Promise<void> {
  let heard = performance.now();
  return async () => {
    if (performance.now() - heard > PAUSE) {
      await setImmediate();
      heard = performance.now();
    }
    signal.throwIfAborted();
  };
}

/** Waits for unattended work to end, so that new work does not find its files locked. */
async function unattendedEnd(): Promise<void> {
  if (unattended.size === 0) return;
  const over = new AbortController(), limit = { signal: over.signal };
  const end = Promise.allSettled(unattended).then(() => over.abort());
  await Promise.race([end, delay(LONGEST, undefined, limit).catch(() => {})]);
}

/** Waits for work to end; if it has been interrupted, no longer than its grace. */
async function ended<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const over = settled(work, signal), isOver = new AbortController();
  const wait = { signal: isOver.signal };
  const tooLong = async (): Promise<never> => {
    await once(signal, "abort", wait);
    await delay(GRACE, undefined, wait);
    unattended.add(over);
    over.catch(() => {}).finally(() => unattended.delete(over));
    throw signal.reason;
  };
  try {
    return await Promise.race([over, tooLong()]);
  } finally {
    isOver.abort();
  }
}

/** Returns the work's end: if it was interrupted, that, whatever it returned or threw in consequence. */
async function settled<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  try {
    const result = await work;
    signal.throwIfAborted();
    return result;
  } catch (error) {
    throw signal.aborted && !(error instanceof Interrupted) ? signal.reason : error;
  }
}

// an interruption that meets no long work must not end the kernel, and with it all variables
if (inNotebook()) {
  Deno.addSignalListener("SIGINT", () => {
    if (running === 0) unheard = performance.now();
  });
}
