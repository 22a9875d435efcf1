import { deepEqual } from "node:assert/strict";
import { join } from "node:path";
import { confusionFigure } from "@/figures/results/confusion.ts";
import { confusionMatrix, confusionRows } from "@/metrics/metrics.ts";
import { withFolder } from "@/testing.ts";
import { saveResults } from "@tools/shared/results.ts";

Deno.test("saveResults() leaves nothing of an earlier model in the folder, and all that is somebody's", async () => {
  const all = { figures: ["confusion", "kinds"], tables: ["measures", "history"] };
  const figure = confusionFigure(confusionRows(confusionMatrix([0, 4], [0, 3]))),
    rows = [{ measure: "accuracy" }];
  await withFolder(async (folder) => {
    const written = () => Array.from(Deno.readDirSync(folder), ({ name }) => name).toSorted();
    for (const name of ["notes.csv", "kinds.png"]) {
      Deno.writeTextFileSync(join(folder, name), "mine");
    }
    const first = { figures: { confusion: figure }, tables: { measures: rows, history: rows } };
    await saveResults(folder, first, all);
    const others = { figures: { confusion: figure }, tables: { measures: rows } };
    await saveResults(folder, others, all);
    const left = ["confusion.png", "confusion.svg", "kinds.png", "measures.csv", "notes.csv"];
    deepEqual(written(), left);
    await saveResults(folder, { figures: { kinds: figure }, tables: {} }, all);
    deepEqual(written(), ["kinds.png", "kinds.svg", "notes.csv"]);
  });
});
