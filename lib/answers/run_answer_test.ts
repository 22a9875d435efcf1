import { deepEqual, equal } from "node:assert/strict";
import { readRunAnswer, writeRunAnswer } from "@/answers/run_answer.ts";
import { plainAnswer } from "@/model/model_card.ts";
import { testWith, withFolder } from "@/testing.ts";

testWith(["read", "write"], "a run's answer is that of its best epoch, or none", async () => {
  await withFolder(async (folder) => {
    equal(await readRunAnswer(folder, { bestEpoch: 3 }), null);
    const answer = { ...plainAnswer(false), temperature: 1.5 };
    await writeRunAnswer(folder, { bestEpoch: 3 }, answer);
    deepEqual(await readRunAnswer(folder, { bestEpoch: 3 }), answer);
    equal(await readRunAnswer(folder, { bestEpoch: 4 }), null);
  });
});
