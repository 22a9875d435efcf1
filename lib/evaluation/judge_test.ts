import { doesNotThrow, throws } from "node:assert/strict";
import type { OpenModel } from "@/evaluation/open_model.ts";
import { NATIVE, testWith } from "@/testing.ts";
import type { Study } from "@/study/study.ts";

const load = () => import("@/evaluation/judge.ts");

const TRAINING = {
  ...{ recipe: "A head.", seed: 7, split: "subject" as const },
  shares: { train: 0.5, validation: 0.25 },
};

/** Three photos: one to train with, one for validation, one for the test. */
const SQUARES = { contents: ["a", "b", "c"].map((md5) => ({ md5, hash: null })) };
const STUDY = {
  train: { squares: SQUARES, indices: [0] },
  validation: { squares: SQUARES, indices: [1] },
  test: { squares: SQUARES, indices: [2] },
} as unknown as Study;

function model(seen: string[], training: object = {}): OpenModel {
  return {
    name: "judge",
    card: { training: { ...TRAINING, ...training } },
    seen: { isFile: (md5: string) => seen.includes(md5), hashes: null },
  } as unknown as OpenModel;
}

testWith(NATIVE, "a model of the same photos and recipe may judge a refit", async () => {
  const { requireJudge } = await load();
  doesNotThrow(() => requireJudge(model(["a", "b"]), STUDY, TRAINING));
});

testWith(NATIVE, "all that is wrong with a judge is said at once", async () => {
  const { requireJudge } = await load();
  const other = { seed: 8, recipe: "Another.", shares: { train: 0.6, validation: 0.2 } };
  throws(
    () => requireJudge(model(["a", "c"], { ...other, refit: true }), STUDY, TRAINING),
    ({ message }: Error) =>
      [
        /^Validation cannot judge judge/,
        /learned from validation itself/,
        /its recipe is “Another\.”, not “A head\.”/,
        /its seed is 8, not 7/,
        /its shares is|shares/,
        /not seen: 1; photos of the test that it has seen: 1\./,
      ].every((part) => part.test(message)),
  );
});

testWith(NATIVE, "a model that has seen the test may not judge", async () => {
  const { requireJudge } = await load();
  throws(() => requireJudge(model(["a", "b", "c"]), STUDY, TRAINING), /test that it has seen: 1/);
});
