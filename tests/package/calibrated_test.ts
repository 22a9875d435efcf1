import { rejects } from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { modelFolder, readCard } from "@/answers/model_folder.ts";
import { MODEL_FILES, PAGE_MODEL } from "@/model/model_card.ts";
import { withFolder } from "@/testing.ts";

/** A browser's program, whose types are a browser's. */
const PROGRAM = import.meta.resolve("../../web/package.ts");

Deno.test("a browser refuses a calibrated model whose base has changed, as the command does", async () => {
  const { openReader } = await import(PROGRAM);
  await withFolder(async (folder) => {
    const models = join(folder, "data", "models"), card = (await readCard(PAGE_MODEL))!;
    await Deno.mkdir(join(models, "own"), { recursive: true });
    await Deno.symlink(modelFolder(PAGE_MODEL), join(models, PAGE_MODEL));
    const calibration = { base: PAGE_MODEL, persons: 1, photos: 1, measures: [], ages: [] };
    const changed = {
      ...card,
      calibration,
      name: "own",
      weights: { ...card.weights, sha256: "0" },
    };
    await Deno.writeTextFile(join(models, "own", MODEL_FILES.card), JSON.stringify(changed));
    const files = pathToFileURL(`${folder}/`);
    await rejects(
      openReader({ model: "own", files }),
      /age-groups-2 has changed since own was calibrated from it/,
    );
  });
});
