/**
 * Where things lie in the project folder.
 *
 * @module
 */
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** The project folder: the one that holds deno.json. */
export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), "..", "..");

/**
 * What the project makes for itself (sample, squares, runs); never under version control. The
 * environment variable HUMAN_AGE_WORK names another folder, inside the project folder where it is not
 * a full path: a notebook's working folder is its own.
 */
export const WORK = resolve(ROOT, Deno.env.get("HUMAN_AGE_WORK") || "data");

/** The library that set-up compiles from `square.cc`. */
export const SQUARE_LIBRARY = join(ROOT, ".build", "square.so");

/** Those with ops for TensorFlow, from `pooling.cc` and `convolution.cc`. */
export const OP_LIBRARIES = ["pooling", "convolution"].map((name) => (
  join(ROOT, ".build", `${name}.so`)
));

/** The error for what set-up makes and is not there, or cannot be loaded. */
export function notSetUp(what: string, cause: unknown): Error {
  return new Error(
    `Cannot load ${what}. Run \`deno task setup\` in the project folder (or ` +
      "`npx -y deno@2.9.6 task setup`); in Jupyter, restart the kernel afterwards.",
    { cause },
  );
}

/** The figures of the write-up, drawn from the sample. */
const FIGURES = join(ROOT, "figures");

/** The name of the data set that the project makes for itself. */
export const SAMPLE = "sample";

/** The folder that the figures of a data set go to: those of the sample alone may be shown to anyone. */
export function figuresFolder({ name }: { name: string }): string {
  return name === SAMPLE ? FIGURES : join(WORK, "figures", name);
}
