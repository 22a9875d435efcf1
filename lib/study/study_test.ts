import { deepEqual } from "node:assert/strict";
import { NATIVE, testWith } from "@/testing.ts";
import type { Study } from "@/study/study.ts";

testWith(
  NATIVE,
  "withValidation() trains on validation as well, and leaves the test alone",
  async () => {
    const { withValidation } = await import("@/study/study.ts");
    const study = {
      train: { indices: [4, 0], groups: [2, 1], ages: ["30", "9"] },
      validation: { indices: [3], groups: [4], ages: [null] },
      test: { indices: [1, 2], groups: [0, 0], ages: ["1", "2"] },
    } as unknown as Study;
    const { train, validation, test, refit } = withValidation(study, { epochs: 3 });
    deepEqual(train, { indices: [4, 0, 3], groups: [2, 1, 4], ages: ["30", "9", null] });
    deepEqual([validation, test], [study.validation, study.test]);
    deepEqual(refit, { epochs: 3 });
  },
);
