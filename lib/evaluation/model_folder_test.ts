import { equal, ok, rejects } from "node:assert/strict";
import { modelNames, readCard } from "@/evaluation/model_folder.ts";
import { DEFAULT_MODEL } from "@/model/model_card.ts";
import { testWith, withFolder } from "@/testing.ts";

const PERMISSIONS: Deno.PermissionName[] = ["read", "env", "write"];

testWith(PERMISSIONS, "readCard() tells what each model that ships is", async () => {
  ok(modelNames().includes(DEFAULT_MODEL));
  for (const name of modelNames()) equal((await readCard(name))?.name, name);
});

testWith(
  PERMISSIONS,
  "readCard() has no card of a folder without one, and names models",
  async () => {
    await withFolder(async (folder) => equal(await readCard(folder), null));
    await rejects(readCard("age-groups-0"), /no model or folder "age-groups-0".*age-groups-1/);
  },
);
