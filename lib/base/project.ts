/**
 * Paths inside the project folder.
 *
 * @module
 */
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** The project folder: the one that holds deno.json. */
export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), "..", "..");

/**
 * The work folder: what the project makes for itself (sample, squares, runs), never under version
 * control. The environment variable HUMAN_AGE_WORK names another one. A relative path is taken from the
 * project folder, because a notebook runs in a folder of its own.
 */
export const WORK = resolve(ROOT, Deno.env.get("HUMAN_AGE_WORK") || "data");

/**
 * What Deno is given to run a program of the project: it neither fetches nor links packages, since set-up has, and
 * many may begin at the same time.
 */
export const RUN = ["run", "-A", "--cached-only", "--node-modules-dir=manual"];

/** The library that set-up compiles from `square.cc`. */
export const SQUARE_LIBRARY = join(ROOT, ".build", "square.so");

/** The library that set-up compiles from `cut.cc`. */
export const CUT_LIBRARY = join(ROOT, ".build", "cut.so");

/** The libraries with ops for TensorFlow, each compiled from the `.cc` file of its name. */
export const OP_LIBRARIES = [
  "pooling",
  "convolution",
  "batch_norm",
  "winograd",
  "variation",
  "separable",
  "adamw",
  "convolution_2d",
  "matmul",
  "sum",
]
  .map((name) => join(ROOT, ".build", `${name}.so`));

/** The error for something that set-up should have made, but that is missing or cannot be loaded. */
export function notSetUp(what: string, cause: unknown): Error {
  return new Error(
    `Cannot load ${what}. Run \`deno task setup\` in the project folder (or ` +
      "`npx -y deno@2.9.6 task setup`); in Jupyter, restart the kernel afterwards.",
    { cause },
  );
}

/** The folder of the committed figures, drawn from the sample. */
const FIGURES = join(ROOT, "figures");

/** The name of the sample as a data set. */
export const SAMPLE = "sample";

/**
 * Returns the folder for the figures of a data set. Only the sample's are committed, because anyone may
 * see its faces.
 */
export function figuresFolder({ name }: { name: string }): string {
  return name === SAMPLE ? FIGURES : join(WORK, "figures", name);
}
