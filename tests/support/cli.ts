/**
 * Running the project's commands as a user does.
 *
 * @module
 */
import { join } from "node:path";
import { ROOT, RUN } from "@/base/project.ts";
import { MODEL_FILES, type ModelCard, parseCard } from "@/model/model_card.ts";
import { outputOf } from "@/testing.ts";

/** What a command printed, and whether it succeeded. */
export interface Outcome {
  success: boolean;
  /** All that it printed, standard output first. */
  text: string;
}

/** Runs a tool of the project with its own work folder, and further variables. */
export function runTool(
  tool: string,
  args: string[],
  work: string,
  env: Record<string, string> = {},
): Promise<Outcome> {
  return run(Deno.execPath(), [...RUN, join(ROOT, "tools", "commands", `${tool}.ts`), ...args], {
    ...env,
    HUMAN_AGE_WORK: work,
  });
}

/** Runs any command in the project folder. */
export async function run(
  program: string,
  args: string[],
  env: Record<string, string> = {},
): Promise<Outcome> {
  const options = { args, cwd: ROOT, env: { NO_COLOR: "1", ...env }, stdin: "null" } as const;
  return await outputOf(new Deno.Command(program, options));
}

/** Reads the card of a model in a folder of models. */
export async function cardOf(models: string, name: string): Promise<ModelCard> {
  const path = join(models, name, MODEL_FILES.card);
  return parseCard(await Deno.readTextFile(path), path);
}
