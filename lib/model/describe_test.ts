import { deepEqual, ok } from "node:assert/strict";
import { findSpec, ZOO } from "@/model/zoo.ts";
import { differences, questionLines } from "@/model/describe.ts";

Deno.test("differences() tells what a model without a parent consists of", () => {
  deepEqual(differences(findSpec("IV")), [
    "convolutions 16, 16, 32, 32, 64",
    "dense 256, 128",
    "rate 0.001",
    "batch 64",
  ]);
});

Deno.test("differences() names what is special, and where it stands", () => {
  const cases: [id: string, words: string[]][] = [
    ["VI", [
      "convolutions 16 of 7x7, 16 of 5x5, 16, 32, 32",
      "dense 512, 256",
      "rate 0.001",
      "batch 64",
    ]],
    ["VIII", ["dropout 0.5 after dense 1"]],
    ["XVII", ["dropout 0.5 after dense 2", "max-norm 3 in dense layers"]],
    ["XIX", ["normalised after ReLU in convolutions"]],
    ["XXI", ["L2 0.005 in convolutions", "L2 0.01 in dense layers"]],
    ["IV-maps", ["dropout 0.2 of maps"]],
    ["IV-average", ["global average", "dense 128"]],
    ["IV-unweighted", ["no class weights"]],
    ["IV-mirror", ["half the photos mirrored"]],
  ];
  for (const [id, words] of cases) deepEqual(differences(findSpec(id)), words, id);
});

Deno.test("differences() has something to tell of every model", () => {
  const none = ZOO.filter((spec) => differences(spec).length === 0).map(({ id }) => id);
  deepEqual(none, []);
});

Deno.test("questionLines() breaks every question at spaces, and loses no word", () => {
  for (const { id, question } of ZOO) {
    const lines = questionLines({ question });
    deepEqual(lines.join(" "), question ?? "", id);
    ok(lines.every((line) => line.length <= 57), id);
  }
});
