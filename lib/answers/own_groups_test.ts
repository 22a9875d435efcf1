import { equal, ok, rejects } from "node:assert/strict";
import { modelFolder, modelNames, readCard, withGroups } from "@/answers/model_folder.ts";
import { withOwnGroups } from "@/answers/own_groups.ts";
import { readAnswer } from "@/metrics/answer.ts";

const GROUPS = "0-12,13-17,18-39,40+";

for (const name of modelNames()) {
  Deno.test(`${name} answers with groups of one's own, measured on its test part`, async () => {
    const own = (await readCard(name))!;
    const { card, measured } = await withGroups(modelFolder(name), own, GROUPS);
    equal(measured!.photos, own.training.photos.test);
    ok(measured!.balancedAccuracy.value > 0.75, `${measured!.balancedAccuracy.value}`);
    const years = Array.from(
      { length: 101 },
      (_, year) => year === 15 ? 0.75 : year === 30 ? 0.25 : 0,
    );
    const { group, probabilities } = readAnswer(years, card);
    equal(card.classes[group]!.name, "13-17");
    equal(probabilities.map((share) => share.toFixed(2)).join(" "), "0.00 0.75 0.25 0.00");
  });
}

Deno.test("withOwnGroups() refuses a model without the years of its test part", async () => {
  const card = (await readCard("age-groups-1"))!, gone = () => Promise.reject(new Error("gone"));
  await rejects(
    withOwnGroups(card, GROUPS, gone),
    /age-groups-1 cannot answer with other groups: it has no/,
  );
});
