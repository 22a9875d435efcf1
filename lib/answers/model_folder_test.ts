import { equal, ok, rejects } from "node:assert/strict";
import { DEFAULT_MODEL } from "@/model/model_card.ts";
import { testWith, withFolder } from "@/testing.ts";

const load = () => import("@/answers/model_folder.ts"); // it asks for permissions when it loads

const PERMISSIONS: Deno.PermissionName[] = ["read", "env", "write"];

testWith(PERMISSIONS, "readCard() tells what each model that ships is", async () => {
  const { modelNames, readCard } = await load();
  ok(modelNames().includes(DEFAULT_MODEL));
  for (const name of modelNames()) equal((await readCard(name))?.name, name);
});

testWith(
  PERMISSIONS,
  "readCard() has no card of a folder without one, and names models",
  async () => {
    const { readCard } = await load();
    await withFolder(async (folder) => equal(await readCard(folder), null));
    await rejects(
      readCard("age-groups-0"),
      /no model or folder "age-groups-0".*age-groups-2.*; or name a folder that holds one$/,
    );
  },
);
