import { deepEqual, ok } from "node:assert/strict";
import { findSpec, ZOO } from "@/model/zoo.ts";
import type { Spec } from "@/model/spec.ts";
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

Deno.test("differences() tells blocks and recipe of a residual network", () => {
  deepEqual(differences(findSpec("better")), [
    "stem 32 of 5x5 halved",
    "residual blocks: 2 of 32 halved, 2 of 64 halved, 2 of 128 halved, 2 of 192 halved",
    "dropout 0.3 before the output",
    "normalisation with momentum 0.9",
    "global average",
    "normalised before ReLU in convolutions",
    "rate 0.002",
    "batch 64",
    "roots of class weights",
    "cosine after an epoch of warm-up",
    "years as targets, with weight 0.5",
    ...["half the photos mirrored", "turned up to 18 degrees", "shifted up to 0.08"],
    ...["zoomed up to 0.15", "brightness up to 0.3", "contrast up to 0.3"],
    "erased up to 0.2 in 0.3 of photos",
    "weight decay 0.02",
    "weights averaged, 0.998 kept",
    "mean over the mirror image",
  ]);
});

Deno.test("differences() names what a recipe has otherwise, more or less than its parent's", () => {
  const better = findSpec("better"), recipe = better.recipe!;
  const of = (change: Partial<Spec>) => differences({ ...better, parent: "better", ...change });
  deepEqual(differences(findSpec("better-groups")), ["targets smoothed by 0.1"]);
  deepEqual(differences(findSpec("better-robust")), [
    "years as targets, with weight 0.5",
    "bells 2 times as wide",
    "each colour changed up to 0.1",
    "blurred up to 1.5 pixels and compressed down to 30 in 0.3 of photos",
  ]);
  deepEqual(of({ recipe: { ...recipe, mixup: 0.2 } }), ["mixup with alpha 0.2"]);
  deepEqual(of({ recipe: { ...recipe, mirrorAverage: false } }), [
    "without mean over the mirror image",
  ]);
  const { augmentation } = recipe;
  deepEqual(of({ recipe: { ...recipe, augmentation: { ...augmentation!, erasing: null } } }), [
    "without erased up to 0.2 in 0.3 of photos",
  ]);
  deepEqual(of({ residual: { ...better.residual!, squeezeRatio: 8 } }), [
    "squeeze-and-excitation by 8",
  ]);
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
