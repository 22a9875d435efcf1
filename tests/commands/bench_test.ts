import { equal, match, ok } from "node:assert/strict";
import { withFolder } from "@/testing.ts";
import { keras } from "@bench/program.ts";
import { runTool } from "../support/cli.ts";

Deno.test("Keras is measured with oneDNN, which ours turns off for all processes that it starts", () => {
  equal(keras("train", () => ({})).env!.TF_ENABLE_ONEDNN_OPTS, "1");
});

Deno.test("bench holds a model's training against Keras, and tells paces, ratio and memory", async () => {
  await withFolder(async (work) => {
    const args = ["--zoo", "--rounds", "1", "--only", " IIIa,"];
    const { success, text } = await runTool("bench", args, work);
    ok(success, text);
    const rows = text.split("\n").filter((line) => line.startsWith("training"));
    equal(rows.length, 1);
    match(rows[0]!, /^training IIIa, 96 px +1,280 photos( +[\d,]+){2} +\d+\.\d\d( +[\d,]+){2}$/);
  });
});

Deno.test("bench holds answers one by one against onnxruntime", async () => {
  await withFolder(async (work) => {
    const args = ["--rounds", "1", "--steps", "2", "--only", "one by one, better"];
    const { success, text } = await runTool("bench", args, work);
    ok(success, text);
    match(text, /^predicting one by one, better, 96 px, onnxruntime +2 photos( +[\d,]+){2} /m);
  });
});
