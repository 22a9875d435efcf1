/**
 * Shows data below a notebook's cell, and waits until they have arrived: Deno's kernel reports the end of a cell without
 * waiting for its outputs, and Jupyter drops what comes after. If Jupyter confirms outputs, as under
 * `tools/notebooks/execute_notebook.py`, it waits for that; otherwise as long as an output takes on a busy machine.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { orElse } from "./or_else.ts"; // notebooks of others import this file without our import map

/** The variable that names the folder in which Jupyter confirms outputs, with an empty file for each. */
const RECEIPTS = "HUMAN_AGE_RECEIPTS";

/** Milliseconds after which an output counts as lost. */
const LIMIT = 60_000;

/** Milliseconds that Deno's kernel needs for an output, and for a million characters of it (measured). */
const SETTLING = 40, SETTLING_OF_MILLION = 60;

/** What a cell has failed to choose: its names still hold what an earlier run of it chose. */
const failed = new Set<string>();

/**
 * Runs what chooses the photos or parameters that later cells work on. After a fault nothing is shown until it has been
 * run again without one: Deno's kernel runs the cells after a failed one, which would show what was chosen before.
 */
export function choosing<T>(what: string, choose: () => T): T {
  failed.delete(what);
  const fail = (error: unknown): never => {
    failed.add(what);
    throw error;
  };
  try {
    const choice = choose();
    return choice instanceof Promise ? choice.catch(fail) as T : choice;
  } catch (error) {
    return fail(error);
  }
}

interface Showing {
  metadata?: Record<string, unknown>;
  /** Identifies an output that is replaced later. */
  id?: string;
  /** True if it replaces the output with the same `id`. */
  update?: boolean;
  /** True if another output follows in the same place, so that losing this one does no harm. */
  more?: boolean;
}

/**
 * Shows data below the cell that is being executed, and waits until they have arrived.
 *
 * @param data by media type, pictures in base64
 * @throws {Error} if Jupyter confirms outputs and does not confirm this one, or after a fault in {@linkcode choosing}
 */
export async function display(data: Record<string, string>, showing: Showing = {}): Promise<void> {
  const [what] = failed;
  if (what !== undefined) {
    throw new Error(
      `The cell that chooses the ${what} has failed, so this would be of those chosen before. ` +
        "Correct that cell, and run all cells again.",
    );
  }
  const { metadata = {}, id: display_id = crypto.randomUUID(), update, more } = showing;
  const receipt = crypto.randomUUID(), type = update ? "update_display_data" : "display_data";
  const transient = more ? { display_id } : { display_id, receipt };
  await Deno.jupyter.broadcast(type, { data, metadata, transient });
  if (!more) await arrival(receipt, Object.values(data).join("").length);
}

async function arrival(receipt: string, characters: number): Promise<void> {
  const folder = Deno.env.get(RECEIPTS);
  if (!folder) return await delay(SETTLING + SETTLING_OF_MILLION * characters / 1e6);
  const start = performance.now();
  while (!existsSync(join(folder, receipt))) {
    if (performance.now() - start > LIMIT) {
      throw new Error(
        `Jupyter has not confirmed an output within ${LIMIT / 1000} s, so the output is lost. ` +
          `Execute the notebook again.`,
      );
    }
    await delay(1);
  }
}

/** Tells whether the code runs in a notebook's kernel. Elsewhere, even reading `Deno.jupyter` throws. */
export function inNotebook(): boolean {
  return orElse(() => Deno.jupyter !== undefined, false);
}
