import { deepEqual, equal, match, ok } from "node:assert/strict";
import { join } from "node:path";
import { readDataSet } from "@/dataset/data_set.ts";
import { decodePhoto } from "@/images/decode_photo.ts";
import { resizePlainly } from "@/faces/resize_square.ts";
import { encodePng } from "@/native/encode_png.ts";
import "@/native/tensorflow.ts";
import { withFolder } from "@/testing.ts";
import { readLearned } from "@/training/learned.ts";
import { runTool } from "../support/cli.ts";
import { putSample } from "../support/begin.ts";

/** An age of each age group. */
const YEARS = [3, 14, 29, 45, 70];

/** Photos named as UTKFace names them, of nobody known: synthetic faces, one of each person. */
async function makeFaces(folder: string, work: string): Promise<string[]> {
  const drawn = join(work, "drawn");
  await putSample(drawn);
  const { photos } = await readDataSet(drawn), persons = new Set<string | null>();
  const names: string[] = [];
  await Deno.mkdir(folder, { recursive: true });
  for (const { photo, subject, group } of photos) {
    const bytes = await Deno.readFile(join(drawn, photo));
    const isJpeg = bytes[0] === 0xff && bytes.length > 1000;
    if (!isJpeg || group === null || persons.has(subject)) continue;
    persons.add(subject);
    const name = `${YEARS[group]}_0_0_2017011617450${1000 + names.length}.jpg.chip.jpg`;
    await Deno.writeFile(join(folder, name), bytes);
    names.push(name);
  }
  return names;
}

/** Another file of the same photo: written anew, and, where told, cropped a little tighter. */
async function varied(path: string, cut: number): Promise<Uint8Array> {
  const { width, height, data } = await decodePhoto(await Deno.readFile(path));
  const [w, h] = [width - 2 * cut, height - 2 * cut];
  const inside = new Uint8Array(w * h * 3);
  for (let y = 0; y < h; y++) {
    const from = 3 * ((y + cut) * width + cut);
    inside.set(data.subarray(from, from + 3 * w), 3 * y * w);
  }
  const photo = { width: w, height: h, data: inside };
  return await encodePng(cut > 0 ? resizePlainly(photo, 200) : photo);
}

Deno.test("a set that holds its photos two or three times leaks by no split but the original's", async () => {
  await withFolder(async (work) => {
    const data = join(work, "twice"), first = join(data, "UTKFace");
    const names = await makeFaces(first, work);
    for (const sub of ["aligned/UTKFace", "crop_part1"]) {
      await Deno.mkdir(join(data, sub), { recursive: true });
    }
    for (const name of names) {
      await Deno.copyFile(join(first, name), join(data, "aligned", "UTKFace", name));
      await Deno.writeFile(join(data, "crop_part1", name), await varied(join(first, name), 3));
    }
    const train = ["IV", "--data", data, "--side", "80", "--epochs", "1", "--split"];
    for (const split of ["photo", "subject"]) {
      const { success, text } = await runTool("train", [...train, split], work);
      ok(success, text);
      match(text, /in training and in test: no groups of near-duplicates/);
      const [, run] = text.match(/IV: training after 1 epochs, in (.+)/)!;
      const parts = Map.groupBy(readLearned(run!)!, ({ photo }) => photo.split("/").at(-1)!);
      equal(parts.size, names.length);
      const apart = [...parts].filter(([, own]) => new Set(own.map(({ part }) => part)).size > 1);
      deepEqual(apart, [], "a photo and its tighter crop stand on one side");
    }
    const leaking = await runTool("train", [...train, "original"], work);
    match(leaking.text, /as the original study did, which leaks; in training and in test: [1-9]/);
  });
});

Deno.test("evaluate knows the photos of a run under any name, and written anew", async () => {
  await withFolder(async (work) => {
    const data = join(work, "faces"), others = join(work, "others");
    const names = await makeFaces(data, work);
    const trained = await runTool(
      "train",
      ["IV", "--data", data, "--side", "80", "--epochs", "1"],
      work,
    );
    const [, run] = trained.text.match(/IV: training after 1 epochs, in (.+)/)!;
    const learned = readLearned(run!)!.filter(({ part }) => part !== "test").length;

    await Deno.mkdir(join(others, "deep"), { recursive: true });
    for (const [k, name] of names.entries()) {
      const renamed = join(
        others,
        k % 2 ? "deep" : "",
        `${name.split("_")[0]}_1_1_2018011617450${1000 + k}.jpg`,
      );
      await Deno.writeFile(renamed, await varied(join(data, name), 0));
    }
    const { text } = await runTool("evaluate", [run!, "--data", others], work);
    const left = new RegExp(
      `^${
        names.length - learned
      } photos of others-\\w+; left out are ${learned} that it was trained on or ` +
        `chosen by, ${learned} of them near-duplicates`,
      "m",
    );
    match(text, left);
  });
});
