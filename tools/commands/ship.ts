import { existsSync } from "node:fs";
import { join } from "node:path";
import { MODELS } from "@/answers/model_folder.ts";
import { openModel, type OpenNetwork } from "@/answers/open_model.ts";
import { recipeWords, shipModel } from "@/answers/ship.ts";
import { openUsable, type Study } from "@/study/study.ts";
import { cardSummary } from "@/model/model_card.ts";
import "@/native/tensorflow.ts";
import type { Run } from "@/training/checkpoint.ts";
import { runBeforeRefit, studyOfRun } from "@/training/run_study.ts";
import { command, DATA, FACES, FORCE, path, reading, runCommand } from "@tools/shared/command.ts";
import { checkTargets, modelTarget } from "@tools/shared/targets.ts";

/** Reads the name of a model: it becomes that of a folder. */
const readName = reading((text) => {
  if (/^[a-z0-9][a-z0-9.-]*$/.test(text)) return text;
  throw new RangeError("It takes small letters, digits and hyphens, such as age-groups-2.");
});

/** Opens the network whose validation scores stand in for a refit's, which must be finished. */
async function openScorer(folder: string, run: Run, study: Study): Promise<OpenNetwork> {
  if (run.state === "finished") {
    return await openModel((await runBeforeRefit(study, run.spec, run.seed)).folder);
  }
  throw new Error(
    `Cannot ship ${folder}: it is not finished (${run.state}). Train it to its end first`,
  );
}

export const program = command(
  "ship",
  "Makes a model that ships from a run: fits its certainty on validation, measures it on validation and test.",
)
  .argument("<run>", "the folder of a run, such as data/runs/sample-96-photo/IV-7", path)
  .requiredOption("--name <name>", "the model's name, such as age-groups-2", readName)
  .addOption(DATA).addOption(FACES)
  .option("--balance", "favour rare groups as far as validation finds it better", false)
  .option("--out <folder>", "where models lie; else data/models", path, MODELS)
  .addOption(FORCE)
  .action(async (folder, { name, data, faces, balance, out, force }) => {
    const target = modelTarget(join(out, name), { isCalibrated: false });
    checkTargets([target], { reads: [folder, data], force });
    if (!existsSync(join(folder, "run.json"))) {
      throw new Error(
        `Cannot ship ${folder}: it holds no run. \`deno task train\` prints a run's folder`,
      );
    }
    const model = await openModel(folder), run = model.run!;
    const study = studyOfRun(await openUsable(run.side, data, { faces }), folder, run);
    const scoredBy = run.refit ? await openScorer(folder, run, study) : undefined;
    const card = {
      ...model.card,
      summary: cardSummary(run.spec.start && ", from a published start"),
      training: { ...model.card.training, recipe: recipeWords(run.spec) },
    };
    await shipModel(join(out, name), { ...model, card }, study, {
      ...{ name, balance, scoredBy },
      say: console.log,
    });
    model.close();
    scoredBy?.close();
  });

if (import.meta.main) await runCommand(program);
