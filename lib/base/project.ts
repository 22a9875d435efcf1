/** Paths inside the project folder. */
import { join, resolve } from "node:path";
import { orElse } from "@/base/or_else.ts";
import { ROOT } from "@/base/root.ts";

export { ROOT };

/**
 * The work folder: what the project makes for itself. The environment variable HUMAN_AGE_WORK names another one, a
 * relative path being taken from the project folder, because a notebook runs in a folder of its own.
 */
export const WORK = resolve(ROOT, Deno.env.get("HUMAN_AGE_WORK") || "data");

/** True in a process that has the packages of `deno.answers.json` alone, and so neither TensorFlow nor a compiler's work. */
export const HAS_ANSWERS_ALONE = orElse(() => !import.meta.resolve("@tensorflow/tfjs"), true);

/** Arguments of Deno to run a program of the project with all packages; nothing is fetched. */
export const RUN_WHOLE = runWith("deno.json", "manual");

/** The same with the packages of this process. */
export const RUN = HAS_ANSWERS_ALONE ? runWith("deno.answers.json", "none") : RUN_WHOLE;

function runWith(config: string, packages: "none" | "manual"): string[] {
  const path = join(ROOT, config);
  return ["run", "-A", "--cached-only", `--config=${path}`, `--node-modules-dir=${packages}`];
}

export const SQUARE_LIBRARY = join(ROOT, ".build", "square.so");

export const CUT_LIBRARY = join(ROOT, ".build", "cut.so");

/** The libraries with ops for TensorFlow, each compiled from the `.cc` file of its name. */
export const OP_LIBRARIES = [
  ...["pooling", "convolution", "batch_norm", "winograd", "variation", "separable"],
  ...["adamw", "convolution_2d", "matmul", "sum"],
].map((name) => join(ROOT, ".build", `${name}.so`));

/** The error for something that set-up should have made, but that is missing or cannot be loaded. */
export function notSetUp(what: string, cause: unknown): Error {
  return new Error(
    `Cannot load ${what}. Run \`deno task setup\` in the project folder (or ` +
      "`npx -y deno@2.9.6 task setup`); in Jupyter, restart the kernel afterwards.",
    { cause },
  );
}

export const SAMPLE = "sample";

/** Returns the folder for the figures of a data set: only the sample's are committed, whose faces anyone may see. */
export function figuresFolder({ name }: { name: string }): string {
  return name === SAMPLE ? join(ROOT, "figures") : join(WORK, "figures", name);
}
