/** A notebook's parameters: chosen in its first cell, or by environment variables. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { choosing } from "@/base/display.ts";
import { ROOT, SAMPLE } from "@/base/project.ts";
import { findSpec } from "@/model/zoo.ts";
import { VARIABLES } from "@/study/defaults.ts";
import { readWholeSplit } from "@/study/folds.ts";
import type { SplitOptions } from "@/study/split.ts";
import "@/notebook/failed_cells.ts";
import "@/base/interruption.ts"; // from the first cell on, an interruption leaves the kernel alive

/** The parameters of notebooks. A notebook names those that it uses. */
interface Parameters {
  /** The folder of photos, from the project folder where it is not a full path; or `sample`. */
  folder: string;
  side: number;
  /** The original's split, by photo without near-duplicates, or by person. */
  split: SplitOptions["kind"];
  /** Seed of weights, order and dropout, and of examples drawn by chance. */
  seed: number;
  /** A model of the zoo. */
  model: string;
}

/** The chosen values, as `openData()` and `prepareStudy()` take them: no folder is the sample. */
export type Chosen = Omit<Parameters, "folder"> & { folder: string | undefined };

/** The environment variable that names each parameter, and how its value is read. */
const READERS: {
  [Name in keyof Parameters]: { variable: string; read: (value: string) => Chosen[Name] };
} = {
  folder: { variable: VARIABLES.folder, read: readFolder },
  side: { variable: VARIABLES.side, read: (value) => readWhole(value, 1) },
  split: { variable: VARIABLES.split, read: readWholeSplit },
  seed: { variable: VARIABLES.seed, read: (value) => readWhole(value, 0) },
  model: { variable: VARIABLES.model, read: (value) => findSpec(value).id },
};

/**
 * Reads the parameters of a notebook: each from its environment variable ({@linkcode VARIABLES}), which the commands
 * set, or, if that is missing or empty, as the cell has it.
 *
 * @throws {RangeError} if a value is not one that can be, with the place where it stands
 *
 * @example Ninety-six pixels, unless HUMAN_AGE_SIDE says otherwise
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 *
 * const parameters = readParameters({ side: 96, seed: 7 }, () => undefined);
 * deepEqual(parameters, { side: 96, seed: 7 });
 * ```
 */
export function readParameters<Name extends keyof Parameters>(
  defaults: Pick<Parameters, Name>,
  environment: (variable: string) => string | undefined = (variable) => Deno.env.get(variable),
): Pick<Chosen, Name> {
  const names = Object.keys(defaults) as Name[];
  return choosing("parameters", () => {
    const entries = names.map((name) => [name, readOne(name, defaults[name], environment)]);
    return Object.fromEntries(entries);
  });
}

function readOne<Name extends keyof Parameters>(
  name: Name,
  value: Parameters[Name],
  environment: (variable: string) => string | undefined,
): Chosen[Name] {
  const reader = READERS[name], known = Object.keys(READERS).join(", ");
  if (!reader) throw new RangeError(`There is no parameter ${name}; there are ${known}.`);
  const named = environment(reader.variable);
  const place = named ? `${reader.variable} is "${named}"` : `The parameter ${name} is "${value}"`;
  try {
    return reader.read(named || String(value));
  } catch (error) {
    throw new RangeError(`${place}: ${(error as Error).message}`, { cause: error });
  }
}

function readFolder(value: string): string | undefined {
  if (value === SAMPLE) return undefined;
  const folder = resolve(ROOT, value);
  if (existsSync(folder)) return folder;
  throw new RangeError(`there is no folder ${folder}. Name one with photos, or ${SAMPLE}`);
}

function readWhole(value: string, least: number): number {
  const number = Number(value);
  if (/^\d+$/.test(value) && Number.isSafeInteger(number) && number >= least) return number;
  throw new RangeError(`it must be a whole number, ${least} or more`);
}
