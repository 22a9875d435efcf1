/**
 * Computes what the pinned arithmetic promises the bytes of, and prints the hash of each as JSON: trainings on squares of
 * noise, and answers on synthetic faces. The words behind it name what to compute; else all.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { answerPhotos, closeReader, openReader } from "@/answers/face_answers.ts";
import { withModel } from "@/answers/open_model.ts";
import { predictSquares } from "@/answers/prediction.ts";
import type { Spec } from "@/model/spec.ts";
import { findSpec } from "@/model/zoo.ts";
import "@/native/tensorflow.ts";
import { encodePng } from "@/native/encode_png.ts";
import { withFolder } from "@/testing.ts";
import { makeNoise } from "@/training/_testing.ts";
import { train } from "@/training/training.ts";
import { portrait, scene } from "./portrait.ts";

const hash = (bytes: string | Uint8Array) => createHash("md5").update(bytes).digest("hex");

const WHOLE = findSpec("published-whole");

/** The hash of what a training resumes from after two epochs. */
async function trainTwice(spec: Spec, side: number): Promise<string> {
  return await withFolder(async (folder) => {
    const counts = { train: 80, validation: 40 }, own = await makeNoise(folder, side, counts);
    const photos = { ...counts, test: 0 };
    const setting = {
      spec,
      data: "noise",
      side,
      split: "photo" as const,
      seed: 7,
      photos,
    };
    await train(folder, setting, own, { until: 2 });
    return hash(await Deno.readFile(join(folder, "state-2.bin")));
  });
}

/** The head alone for an epoch, then all of it. */
const SHORT: Spec = {
  ...WHOLE,
  batchSize: 16,
  start: { ...WHOLE.start!, headEpochs: 1 },
};

const AGES = [2, 9, 15, 25, 33, 47, 58, 71];

/** The hash of what a network answers on crops. */
async function answer(name: string): Promise<string> {
  return await withModel(name, async (model) => {
    const { side } = model.card.input;
    const answers = await predictSquares(model, AGES.map((age) => portrait(side, side, age)));
    return hash(JSON.stringify(answers));
  });
}

/** The same on a whole photo, whose faces are found first. */
async function answerScene(): Promise<string> {
  const people = [4, 30, 70].map((age, k) => (
    [portrait(200, 240, age), 20 + 240 * k, 30] as [ReturnType<typeof portrait>, number, number]
  ));
  const png = await encodePng(scene(760, 300, people)), options = { arithmetic: "pinned" } as const;
  const reader = await openReader("age-groups-2", options);
  const answers = await answerPhotos(reader, [() => Promise.resolve(png)]);
  closeReader(reader);
  return hash(JSON.stringify(answers));
}

const ALL: Record<string, () => Promise<string>> = {
  "IV": () => trainTwice(findSpec("IV"), 96),
  "XVIII": () => trainTwice(findSpec("XVIII"), 96),
  "better-brief": () => trainTwice(findSpec("better-brief"), 64),
  "published start": () => trainTwice(SHORT, 32),
  "age-groups-2": () => answer("age-groups-2"),
  "age-groups-published-2": () => answer("age-groups-published-2"),
  "a photo of three": answerScene,
};

const asked = Deno.args.length ? Deno.args : Object.keys(ALL), hashes: Record<string, string> = {};
for (const name of asked) hashes[name] = await ALL[name]!();
console.log(JSON.stringify(hashes));
