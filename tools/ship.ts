/**
 * Makes a model that ships from a trained run.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { MODELS, openModel } from "@/evaluation/open_model.ts";
import { recipeWords, shipModel } from "@/evaluation/ship.ts";
import { prepareStudy } from "@/study/study.ts";
import "@/native/tensorflow.ts";
import { runOf } from "@/training/checkpoint.ts";
import { protocolOf } from "@/training/run.ts";
import { command, DATA, FACES, path, reading, runCommand } from "@tools/command.ts";

/** Reads the name of a model: it becomes that of a folder. */
const readName = reading((text) => {
  if (/^[a-z0-9][a-z0-9.-]*$/.test(text)) return text;
  throw new RangeError("It takes small letters, digits and hyphens, such as age-groups-1.");
});

await runCommand(
  command(
    "ship",
    "Makes a model that ships from a run: fits its certainty on validation, measures it on validation and test.",
  )
    .argument("<run>", "the folder of a run, such as data/runs/sample-96-photo/IV-7", path)
    .requiredOption("--name <name>", "the model's name, such as age-groups-1", readName)
    .addOption(DATA).addOption(FACES)
    .option("--balance", "favour rare groups as far as validation finds it better", false)
    .option("--out <folder>", "where models lie; else data/models", path, MODELS)
    .action(async (folder, { name, data, faces, balance, out }) => {
      if (!existsSync(join(folder, "run.json"))) {
        throw new Error(
          `Cannot ship ${folder}: it holds no run. \`deno task train\` prints a run's folder`,
        );
      }
      const model = await openModel(folder), run = model.run!;
      const { side, shares } = run, split = protocolOf(run);
      const study = await prepareStudy({ folder: data, side, split, shares, faces });
      if (study.data.name !== run.data) {
        throw new Error(
          `The run was trained on ${run.data}, not on ${study.data.name}: name its photos with --data`,
        );
      }
      const card = {
        ...model.card,
        summary: "Tells the age group of a face from a photo: " +
          `${model.card.classes.map(({ name }) => name).join(", ")} years.`,
        training: { ...model.card.training, recipe: recipeWords(run.spec) },
      };
      const judged = run.refit
        ? await openModel(runOf(study, run.spec, run.seed).folder)
        : undefined;
      await shipModel(join(out, name), { ...model, card }, study, {
        ...{ name, balance, judged },
        say: console.log,
      });
      model.dispose();
      judged?.dispose();
    }),
);
