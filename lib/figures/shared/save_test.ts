import { deepEqual, equal, rejects } from "node:assert/strict";
import { join } from "node:path";
import { NATIVE, testWith } from "@/testing.ts";

const SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"/>';

testWith([...NATIVE, "write"], "saveFigure() writes SVG and PNG and nothing else", async () => {
  await inFolder(async (folder) => {
    const { saveFigure } = await import("@/figures/shared/save.ts");
    const paths = await saveFigure(join(folder, "figures"), "figure01_age_labels", SVG);
    deepEqual(names(join(folder, "figures")), [
      "figure01_age_labels.png",
      "figure01_age_labels.svg",
    ]);
    equal(await Deno.readTextFile(paths.svg), SVG);
    deepEqual([...(await Deno.readFile(paths.png)).subarray(0, 4)], [0x89, 0x50, 0x4e, 0x47]);
  });
});

testWith([...NATIVE, "write"], "saveFigure() replaces the figure of an earlier run", async () => {
  await inFolder(async (folder) => {
    const { saveFigure } = await import("@/figures/shared/save.ts");
    await Deno.writeTextFile(join(folder, "a.svg"), "earlier");
    const { svg } = await saveFigure(folder, "a", SVG);
    equal(await Deno.readTextFile(svg), SVG);
  });
});

testWith(
  [...NATIVE, "write"],
  "saveFigure() leaves the earlier figure where it cannot draw",
  async () => {
    await inFolder(async (folder) => {
      const { saveFigure } = await import("@/figures/shared/save.ts");
      await Deno.writeTextFile(join(folder, "a.svg"), "earlier");
      await rejects(saveFigure(folder, "a", "no picture"));
      deepEqual(names(folder), ["a.svg"]);
      equal(await Deno.readTextFile(join(folder, "a.svg")), "earlier");
    });
  },
);

testWith(NATIVE, "saveFigure() refuses a name that leads elsewhere", async () => {
  const { saveFigure } = await import("@/figures/shared/save.ts");
  await rejects(saveFigure("figures", "../readme", SVG), /Cannot save a figure as "..\/readme"/);
});

function names(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
