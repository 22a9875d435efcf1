import { RUN } from "@/base/project.ts";
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { join } from "node:path";
import { readDataSet } from "@/dataset/data_set.ts";
import { averageSeeds, parseOutOfFold } from "@/metrics/out_of_fold.ts";
import { withFolder } from "@/testing.ts";
import { withPostgres } from "../support/postgres_server.ts";
import { runTool } from "../support/cli.ts";
import { testWithPostgres } from "../support/postgres.ts";
import { putSample } from "../support/begin.ts";

/** Moves the first album of one fold file to another one. */
async function moveAlbum(data: string, from: number, to: number): Promise<void> {
  const path = (fold: number) => join(data, `fold_${fold}_data.txt`);
  const [head, ...rows] = (await Deno.readTextFile(path(from))).trimEnd().split("\n");
  const album = rows[0]!.split("\t")[0]!;
  const isMoved = (row: string) => row.split("\t")[0] === album;
  const stay = rows.filter((row) => !isMoved(row)), moved = rows.filter(isMoved);
  await Deno.writeTextFile(path(from), [head, ...stay].join("\n") + "\n");
  await Deno.writeTextFile(path(to), moved.join("\n") + "\n", { append: true });
}

Deno.test("a model is cross-validated on the folds that the data name, and resumed", async () => {
  await withFolder(async (work) => {
    const data = join(work, "adience"),
      out = join(work, "out.csv"),
      figures = join(work, "figures");
    await putSample(data);
    const options = ["IV", "--data", data, "--side", "80", "--epochs", "1", "--workers", "2"];
    const args = [...options, "--out", out, "--figures", figures];
    const first = await runTool("cross_validate", args, work);
    ok(first.success, first.text);
    match(first.text, /Split into 5 folds that the data name, fold 4 is the test/);
    match(first.text, /accuracy( +\d+\.\d%){6}/);
    const written = Array.from(Deno.readDirSync(figures), ({ name }) => name).toSorted();
    deepEqual(written, ["figure_folds.png", "figure_folds.svg", "folds.csv"]);

    const rows = parseOutOfFold(await Deno.readTextFile(out), out),
      { photos } = await readDataSet(data);
    equal(averageSeeds(rows).length, rows.length);
    const folds = new Map(photos.map(({ photo, fold }) => [photo, fold]));
    const elsewhere = rows.filter(({ photo, fold }) => folds.get(photo) !== fold);
    ok(elsewhere.length <= 2, "beyond near-duplicates, all are in the fold that the data name");

    const before = await Deno.readTextFile(out);
    const again = await runTool("cross_validate", args, work);
    ok(again.success, again.text);
    ok(!again.text.includes("epoch 1 of"), "nothing is trained twice");
    equal(await Deno.readTextFile(out), before);

    await moveAlbum(data, 0, 1);
    const changed = await runTool("cross_validate", args, work);
    equal(changed.success, false);
    match(
      changed.text,
      /has learned from other photos or labels than there are now: [^]*have another fold, such as/,
    );
  });
});

Deno.test("one fold is trained alone, and evaluated on its own test photos", async () => {
  await withFolder(async (work) => {
    const data = join(work, "adience");
    await putSample(data);
    const args = ["IV", "--data", data, "--side", "80", "--epochs", "1", "--split", "folds"];
    const trained = await runTool("train", [...args, "--fold", "2", "--folds", "3"], work);
    ok(trained.success, trained.text);
    match(trained.text, /Split into 3 folds by person, fold 2 is the test/);
    const [, run] = trained.text.match(/IV: training after 1 epochs, in (.+)/)!;
    match(run!, /-80-folds-3\/IV-7-fold-2$/);
    const { photos } = JSON.parse(await Deno.readTextFile(join(run!, "run.json")));
    const evaluated = await runTool("evaluate", [run!, "--data", data], work);
    match(evaluated.text, new RegExp(`^${photos.test} photos of adience[^,]*, the test part`, "m"));

    await moveAlbum(data, 0, 1); // the folds that are made do not follow those that the data name
    const same = await runTool("train", [...args, "--fold", "2", "--folds", "3"], work);
    ok(same.success, same.text);
  });
});

testWithPostgres("workers of a queue cross-validate to the same predictions", async () => {
  await withFolder(async (work) => {
    const data = join(work, "adience"), [here, away] = [join(work, "here"), join(work, "away")];
    await putSample(data);
    const args = ["IV", "--data", data, "--side", "80", "--epochs", "2", "--folds", "2"];
    const out = (folder: string) => [...args, "--out", join(folder, "out.csv")];
    await runTool("cross_validate", [...out(here), "--workers", "1"], here);
    await withPostgres(async ({ url }) => {
      const queue = ["--queue", url];
      const stop = new AbortController();
      const worker = new Deno.Command(Deno.execPath(), {
        args: [...RUN, "tools/commands/worker.ts", ...queue, "--data", data],
        env: { HUMAN_AGE_WORK: work },
        ...{ stdout: "null", stderr: "null", signal: stop.signal },
      }).spawn();
      const { success, text } = await runTool("cross_validate", [...out(away), ...queue], away);
      stop.abort();
      await worker.status;
      ok(success, text);
      match(text, /Runs trained: 2, in 4 of 4 epochs/);
      const status = await runTool("search", ["--status", ...queue], work);
      match(status.text, /80 pixels, by folds +ended +2 of 2 +4 of 4/);
    });
    const [expected, actual] = await Promise.all([here, away].map((folder) => (
      Deno.readTextFile(join(folder, "out.csv"))
    )));
    equal(actual, expected);
    const runs = join(away, "runs"),
      [study] = Array.from(Deno.readDirSync(runs), ({ name }) => name);
    const kept = Array.from(Deno.readDirSync(join(runs, study!, "IV-2-epochs-7-fold-0")));
    ok(kept.some(({ name }) => name === "photos.parquet"), "the run knows its photos");
  });
});
