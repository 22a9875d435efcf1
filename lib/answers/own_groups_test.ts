import { equal, ok, rejects } from "node:assert/strict";
import { readAnswer } from "@/metrics/answer.ts";
import { testWith } from "@/testing.ts";

const load = () => import("@/answers/model_folder.ts"); // it asks for permissions when it loads

const READING: Deno.PermissionName[] = ["read", "env"];

const GROUPS = "0-12,13-17,18-39,40+";

testWith(
  READING,
  "models that ship answer with groups of one's own, measured on their test parts",
  async () => {
    const { modelFolder, modelNames, readCard, withGroups } = await load();
    for (const name of modelNames()) {
      const own = (await readCard(name))!;
      const { card, measured } = await withGroups(modelFolder(name), own, GROUPS);
      equal(measured!.photos, own.training.photos.test);
      ok(measured!.balancedAccuracy.value > 0.75, `${name}: ${measured!.balancedAccuracy.value}`);
      const years = Array.from({ length: 101 }, (_, year) => ({ 15: 0.75, 30: 0.25 })[year] ?? 0);
      const { group, probabilities } = readAnswer(years, card);
      equal(card.classes[group]!.name, "13-17");
      equal(probabilities.map((share) => share.toFixed(2)).join(" "), "0.00 0.75 0.25 0.00");
    }
  },
);

testWith(
  READING,
  "withOwnGroups() refuses a model without the years of its test part",
  async () => {
    const { readCard } = await load(), { withOwnGroups } = await import("@/answers/own_groups.ts");
    const card = (await readCard("age-groups-2"))!, gone = () => Promise.reject(new Error("gone"));
    await rejects(
      withOwnGroups(card, GROUPS, gone),
      /age-groups-2 cannot answer with other groups: it has no/,
    );
  },
);
