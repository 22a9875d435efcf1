import { doesNotThrow, throws } from "node:assert/strict";
import type { OpenModel } from "@/answers/open_model.ts";
import type { Study } from "@/study/study.ts";
import { NATIVE, testWith } from "@/testing.ts";

const load = () => import("@/answers/judged.ts");

const TRAINING = {
  ...{ recipe: "A head.", epochs: 6, seed: 7, split: "subject" as const },
  ...{ shares: { train: 0.5, validation: 0.25 }, photos: { train: 1, validation: 1, test: 1 } },
};

/** Three photos: one to train with, one for validation, one for the test. */
const SQUARES = { contents: ["a", "b", "c"].map((md5) => ({ md5, hash: null })) };
const STUDY = {
  side: 160,
  train: { squares: SQUARES, indices: [0] },
  validation: { squares: SQUARES, indices: [1] },
  test: { squares: SQUARES, indices: [2] },
} as unknown as Study;

function model(seen: string[], training: object = {}, side = 160): OpenModel {
  return {
    name: "before",
    card: { training: { ...TRAINING, ...training }, input: { side } },
    seen: { isFile: (md5: string) => seen.includes(md5), hashes: null },
  } as unknown as OpenModel;
}

testWith(NATIVE, "validation may judge a model of the same photos and recipe", async () => {
  const { requireJudged } = await load();
  doesNotThrow(() => requireJudged(model(["a", "b"]), STUDY, TRAINING));
});

testWith(NATIVE, "all that keeps validation from judging a model is said at once", async () => {
  const { requireJudged } = await load();
  const shares = { train: 0.6, validation: 0.2 }, photos = { train: 2, validation: 0, test: 1 };
  const other = { seed: 8, recipe: "Another.", epochs: 12, shares, photos, refit: true };
  throws(() => requireJudged(model(["a", "c"], other, 96), STUDY, TRAINING), {
    message: "Validation cannot judge before in place of this refit: " +
      "it has learned from validation itself; its recipe is “Another.”, not “A head.”; " +
      "its number of epochs is 12, not 6; its seed is 8, not 7; its side is 96 pixels, not 160 pixels; " +
      "its share of training is 60.0%, not 50.0%; its share of validation is 20.0%, not 25.0%; " +
      "its number of photos is 2, 0 and 1, not 1, 1 and 1; " +
      "photos of training and validation that it has not seen: 1; photos of the test that it has seen: 1. " +
      "Make it from the same photos with the same options, but without --refit; if its head alone was best, " +
      "refit with --tune 0",
  });
});

testWith(NATIVE, "validation may not judge a model that has seen the test", async () => {
  const { requireJudged } = await load();
  throws(() => requireJudged(model(["a", "b", "c"]), STUDY, TRAINING), /test that it has seen: 1/);
});
