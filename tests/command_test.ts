import { deepEqual, equal, match } from "node:assert/strict";
import { withFolder } from "@/testing.ts";
import { runTool } from "./_cli.ts";

for (const tool of ["train", "evaluate", "search", "reproduce", "sample", "bench"]) {
  Deno.test(`${tool} --help tells how it is used, and does nothing else`, async () => {
    await withFolder(async (work) => {
      const { success, text } = await runTool(tool, ["--help"], work);
      equal(success, true);
      match(text, new RegExp(`^Usage: deno task ${tool}`));
      deepEqual([...Deno.readDirSync(work)], []);
    });
  });
}
