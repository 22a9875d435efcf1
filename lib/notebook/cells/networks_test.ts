import { deepEqual } from "node:assert/strict";
import { join } from "node:path";
import { NATIVE, testWith, withWork } from "@/testing.ts";
import type { Study } from "@/study/study.ts";

testWith(
  [...NATIVE, "write"],
  "compareWithFirst() compares nothing with another model where the first was trained further",
  async () => {
    const { work, module } = await withWork(() => import("@/notebook/cells/networks.ts"));
    const folder = join(work, "runs", "set-32-photo", "IV-7");
    await Deno.mkdir(folder, { recursive: true });
    await Deno.writeTextFile(join(folder, "run.json"), JSON.stringify({ spec: {}, bestEpoch: 9 }));
    const part = { groups: [], indices: [] };
    const parts = { photos: [], train: part, validation: part, test: part };
    const study = { data: { name: "set" }, side: 32, split: "photo", ...parts };
    const rows = [{ id: "IV", bestEpoch: 1 }, { id: "III", bestEpoch: 1 }];
    deepEqual(await module.compareWithFirst(study as unknown as Study, rows, { seed: 7 }), []);
  },
);
