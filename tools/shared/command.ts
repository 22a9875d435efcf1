/** What the commands share: options, and ending with a message in place of a stack trace. */
import { resolve } from "node:path";
import { ROOT } from "@/base/root.ts";
import { visible } from "@/base/text.ts";
import { type Arithmetic, readArithmetic, VARIABLE } from "@/native/arithmetic.ts";
import { Interrupted, interruptible } from "@/base/interruption.ts";
import * as defaults from "@/study/defaults.ts";
import { readWholeSplit, WHOLE_SPLITS } from "@/study/folds.ts";
import type { Shares } from "@/study/split.ts";
import { Command, CommanderError, InvalidArgumentError, Option } from "@commander-js/extra-typings";

/**
 * Begins a command. From the arguments and options that are added to it come its help and its error
 * messages; its action does the work. Its module exports it, and runs it if it is the main module.
 */
export function command(name: string, does: string): Command {
  const made: Command = new Command(`deno task ${name}`)
    .description(does)
    .helpOption("--help", "show this, and do nothing else")
    .configureOutput({
      // all of the help would push the error out of sight
      outputError: (error, write) =>
        write(`${error}\nUsage: ${made.name()} ${made.usage()}\n--help explains all options\n`),
    })
    .exitOverride();
  return made;
}

export interface Program {
  parseAsync(words: readonly string[], options: { from: "user" }): Promise<unknown>;
}

/** The exit codes that shells report for a program that Ctrl+C has ended, and for one whose reader has gone. */
export const INTERRUPTED = 130, UNREAD = 141;

/**
 * Runs a command on the words behind it. An error ends it with code 1 and its message; Ctrl+C, with code 130
 * and a line that says how to go on, as soon as its work has tidied up.
 *
 * @param options.ownInterrupt whether the command minds Ctrl+C itself, such as one that has started a program
 * and waits for its end
 */
export async function runCommand(
  program: Program,
  { ownInterrupt = false }: { ownInterrupt?: boolean } = {},
): Promise<void> {
  forgetEmptyVariables();
  goToCaller();
  const work = () => program.parseAsync(Deno.args, { from: "user" });
  if (ownInterrupt) Deno.addSignalListener("SIGINT", () => {});
  const code = await exitCodeOf(() => (
    ownInterrupt ? work() : interruptible(work, undefined, "run the same command again")
  ));
  if (code !== 0) Deno.exit(code);
}

/** Does a command's work: the code that it ends with; its error's message is said. */
export async function exitCodeOf(work: () => Promise<unknown>): Promise<number> {
  try {
    await work();
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode; // it has said what is wrong, or its help
    if (error instanceof Deno.errors.BrokenPipe) return UNREAD; // such as head, which has read enough
    const isInterrupted = error instanceof Interrupted;
    const words = error instanceof Error && !isInterrupted ? error.message : String(error);
    console.error(`\n${visible(words, "\n\t")}`);
    return isInterrupted ? INTERRUPTED : 1;
  }
}

/** Counts an empty environment variable as none, as the notebooks do. */
function forgetEmptyVariables(): void {
  const empty = Object.entries(Deno.env.toObject()).filter(([, value]) => value === "");
  for (const [name] of empty) if (name.startsWith("HUMAN_AGE_")) Deno.env.delete(name);
}

/** Goes to where `deno task` was called, so that paths are from there; forgets it, for programs started later. */
function goToCaller(): void {
  const caller = Deno.env.get("INIT_CWD");
  if (caller && Deno.realPathSync(".") === Deno.realPathSync(ROOT)) Deno.chdir(caller);
  Deno.env.delete("INIT_CWD");
}

/** Makes a reader of options whose errors name the option. */
export function reading<T>(read: (text: string) => T): (text: string) => T {
  return (text) => {
    try {
      return read(text);
    } catch (error) {
      throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
    }
  };
}

/** Makes a reader of whole numbers, the smallest of which is `least`. */
export function wholeNumber(least: number): (text: string) => number {
  return reading((text) => {
    const number = Number(text);
    if (/^\d+$/.test(text) && Number.isSafeInteger(number) && number >= least) return number;
    throw new RangeError(`It must be a whole number of at least ${least}.`);
  });
}

/** Reads a path as a full one, so that whatever message names it, it can be opened from anywhere. */
export const path = reading((text) => {
  if (text !== "") return resolve(text);
  throw new RangeError("It takes a path, and this one is empty.");
});

/** The photos to work on; the sample where none are named. */
export const DATA = new Option(
  "--data <folder>",
  "the photos to work on, in a layout of data/README.md; else the sample",
).env(defaults.VARIABLES.folder).argParser(path);

/** Side, split and seed, for commands that leave these to others, if unnamed. */
export const side = () =>
  new Option("--side <pixels>", "width and height of the squares")
    .env(defaults.VARIABLES.side).argParser(wholeNumber(1));
export const split = () =>
  new Option(
    "--split <kind>",
    "photo: near-duplicates together; subject: by person; original: the original study's, which leaks",
  ).env(defaults.VARIABLES.split).choices(WHOLE_SPLITS).argParser(reading(readWholeSplit));
export const seed = () =>
  new Option("--seed <number>", "seed of weights, order and dropout")
    .env(defaults.VARIABLES.seed).argParser(wholeNumber(0));

/** Reads the shares of training and validation in percent, such as `80,10`. */
export const readShares = reading((text): Shares => {
  const [train, validation, more] = text.split(",").map((part) => Number(part) / 100);
  const isTwo = more === undefined && train! > 0 && validation! > 0;
  if (isTwo && train! + validation! < 1) return { train: train!, validation: validation! };
  const words = "It takes two shares in percent that leave something for the test, such as 80,10.";
  throw new RangeError(words);
});

export const SHARES = new Option(
  "--shares <train,validation>",
  "percent of the photos to train with and to validate with; else 60,20 as in the original study",
).argParser(readShares);

/** For commands that train: what to do where a run is of other photos or labels. */
export const FRESH = new Option(
  "--fresh",
  "if photos or labels have changed since a run was begun, train anew beside it",
);

/** The same for commands that train. */
export const SIDE = side().default(defaults.SIDES.zoo);
export const SPLIT = split().default(defaults.SPLIT);
export const SEED = seed().default(defaults.SEED);

export const WORKERS = new Option(
  "--workers <number>",
  "how many models to train at the same time; else as many as fit the machine",
).argParser(wholeNumber(1));

export const FOLD_COUNT = new Option(
  "--folds <number>",
  "make so many folds by person; else those that the data name, otherwise five",
).argParser(wholeNumber(2));

/** For the command that trains one run: one fold of several is a way to split, too. */
export const SPLIT_OR_FOLDS = new Option(
  "--split <kind>",
  "photo: near-duplicates together; subject: by person; folds: by person, one of them the test; " +
    "original: the original study's, which leaks",
).env(defaults.VARIABLES.split).choices(["photo", "subject", "folds", "original"] as const)
  .default(defaults.SPLIT);

/**
 * The arithmetic, for commands that compute. TensorFlow is loaded before options are read, and looks at the words
 * itself; processes that are started inherit the variable.
 */
const arithmetic = (given: Arithmetic) =>
  new Option(
    "--arithmetic <kind>",
    "pinned: the same bytes on every processor; native: what is fastest here, whose bytes are this machine's",
  ).env(VARIABLE).default(given).argParser(reading((text): Arithmetic => {
    const arithmetic = readArithmetic([], text);
    Deno.env.set(VARIABLE, arithmetic);
    return arithmetic;
  }));

export const ARITHMETIC = arithmetic("pinned");

/** For the command that answers photos: the last digits of a guess are worth less than its pace. */
export const ANSWERING = arithmetic("native");

/** For commands that write to where options say. */
export const FORCE = new Option(
  "--force",
  "also overwrite files that this command has not written; never what it reads",
);

export const FACES = new Option(
  "--faces <how>",
  "find: look for the face in each photo first, turn it upright and crop it; else photos are taken as they are",
).choices(["find"] as const);
