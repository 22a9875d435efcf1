import { existsSync } from "node:fs";
import { join } from "node:path";
import { WORK } from "@/base/project.ts";
import { calibrateModel, requireCalibratable } from "@/answers/calibrate.ts";
import { modelFolder } from "@/answers/model_folder.ts";
import { withModel } from "@/answers/open_model.ts";
import { calibrationLines } from "@/model/card_page.ts";
import { MODEL_FILES } from "@/model/model_card.ts";
import "@/native/tensorflow.ts";
import { openUsable } from "@/study/study.ts";
import { choosePhotos } from "@tools/shared/choose_photos.ts";
import * as cli from "@tools/shared/command.ts";
import { checkTargets, modelTarget } from "@tools/shared/targets.ts";

export const program = cli.command(
  "calibrate",
  "Fits a model's years, certainty and ranges to your own photos with known ages, 100 or more; keeps the fit if it helps.",
)
  .argument("<model>", "a model that ships, such as age-groups-2, or the folder of one")
  .addOption(cli.DATA).addOption(cli.FACES)
  .option("--out <folder>", "where to put the calibrated model; else in data/calibrated", cli.path)
  .addOption(cli.FORCE).addOption(cli.ARITHMETIC)
  .action(async (nameOrFolder, { data, faces, out, force }) => {
    const check = (folder: string) => (
      checkTargets([modelTarget(folder, { isCalibrated: true })], {
        reads: [data, modelFolder(nameOrFolder)],
        force,
      })
    );
    if (out !== undefined) check(out); // before faces are looked for, which may take hours
    await withModel(nameOrFolder, async (model) => {
      const { card } = model;
      requireCalibratable(card);
      const usable = await openUsable(card.input.side, data, { faces });
      const folder = out ?? join(WORK, "calibrated", `${card.name}-${usable.data.name}`);
      if (out === undefined) check(folder);
      const earlier = existsSync(join(folder, MODEL_FILES.card))
        ? ` What was fitted before is still in ${folder}.`
        : "";
      const { indices, remark } = choosePhotos(usable, model);
      console.log(`${indices.length} photos of ${usable.data.name}${remark}`);
      const results = await calibrateModel(folder, model, usable, indices);
      console.log(calibrationLines(results).join("\n\n"));
      console.log(
        results.helps
          ? `\nThe calibrated model is in ${folder}: deno task predict photos --model ${folder}`
          : `\nThis does not help beyond noise, or by less than a twentieth, so nothing was written: keep ${card.name} as it is.${earlier}`,
      );
    });
  });

if (import.meta.main) await cli.runCommand(program);
