import { equal, match } from "node:assert/strict";
import { join } from "node:path";
import { withFolder, withWork } from "@/testing.ts";
import { outOfFoldText } from "@/metrics/out_of_fold.ts";

const { module: { runHere } } = await withWork(() => import("../support/here.ts"));

Deno.test("label-errors takes labels as they are now, not as they were when the networks learned them", async () => {
  await withFolder(async (folder) => {
    const at = (name: string) => join(folder, name), of = { subject: null, fold: 0, seed: 7 };
    const young = [0.1, 0.9, 0, 0, 0], old = [0, 0, 0, 0.1, 0.9];
    const rows = [young, young, old, old].map((probabilities, k) => (
      { photo: `${k}.jpg`, age: "12", group: 1 as const, ...of, probabilities, years: null }
    ));
    await Deno.writeTextFile(at("table.csv"), outOfFoldText(rows));
    for (const { photo } of rows) await Deno.writeTextFile(at(photo), "");
    const list = async (labels: string) => {
      await Deno.writeTextFile(at("labels.csv"), `photo,age\n${labels}`);
      const args = [at("table.csv"), "--data", folder, "--out", at("list.csv")];
      const { code, out } = await runHere("label_errors", args);
      equal(code, 0);
      return out + await Deno.readTextFile(at("list.csv"));
    };
    match(
      await list("0.jpg,12\n1.jpg,12\n2.jpg,70\n3.jpg,12\n"),
      /1 of 4 .*\n3\.jpg,12,7-20,60\+,/s,
    );
    match(await list("0.jpg,12\n1.jpg,12\n2.jpg,70\n3.jpg,70\n"), /^0 of 4 /);
    match(await list("0.jpg,12\n1.jpg,12\n2.jpg,70\n3.jpg,\n"), /^0 of 3 /); // the label was taken away
  });
});
