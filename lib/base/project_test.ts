import { deepEqual, equal } from "node:assert/strict";
import { existsSync } from "node:fs";
import { testWith } from "@/testing.ts";

/** The module, loaded anew under a setting of HUMAN_AGE_WORK; it reads the setting once. */
async function loadWith(work: string | null): Promise<typeof import("@/base/project.ts")> {
  const before = Deno.env.get("HUMAN_AGE_WORK");
  set(work);
  try {
    return await import(`@/base/project.ts?${crypto.randomUUID()}`);
  } finally {
    set(before ?? null);
  }
}

function set(work: string | null): void {
  if (work === null) Deno.env.delete("HUMAN_AGE_WORK");
  else Deno.env.set("HUMAN_AGE_WORK", work);
}

testWith(["env", "read"], "ROOT is the folder that holds deno.json", async () => {
  const { ROOT } = await loadWith(null);
  equal(existsSync(`${ROOT}/deno.json`), true);
});

testWith(
  ["env"],
  "WORK is data in the project folder, unless HUMAN_AGE_WORK names another",
  async () => {
    const { ROOT, WORK } = await loadWith(null);
    equal(WORK, `${ROOT}/data`);
    equal((await loadWith("")).WORK, `${ROOT}/data`);
    equal((await loadWith("/some/where")).WORK, "/some/where");
    equal((await loadWith("other/work/")).WORK, `${ROOT}/other/work`);
  },
);

testWith(["env"], "figuresFolder() keeps figures of real photos in the work folder", async () => {
  const { figuresFolder, ROOT, SAMPLE } = await loadWith("/some/where");
  deepEqual(
    [SAMPLE, "adience-1a2b3c4d"].map((name) => figuresFolder({ name })),
    [`${ROOT}/figures`, "/some/where/figures/adience-1a2b3c4d"],
  );
});
