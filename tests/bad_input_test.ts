import { equal, match } from "node:assert/strict";
import { join } from "node:path";
import { withFolder } from "@/testing.ts";
import { runTool } from "./_cli.ts";

/** Commands that must be refused, and what their message must say. */
const REFUSED: { name: string; args: (folder: string) => string[]; says: RegExp[] }[] = [
  {
    name: "a folder that is not there",
    args: (folder) => ["--data", join(folder, "nowhere")],
    says: [/nowhere/, /no such folder/],
  },
  {
    name: "a folder of no known layout",
    args: (folder) => ["--data", folder],
    says: [/labels\.csv/, /fold_0_data\.txt/, /UTKFace/i, /notes\.txt/],
  },
  {
    name: "a file in place of a folder",
    args: (folder) => ["--data", join(folder, "notes.txt")],
    says: [/notes\.txt/, /not a folder/],
  },
  {
    name: "a notebook that is not there",
    args: () => ["--only", "99"],
    says: [/no notebook 99/, /01_eda/],
  },
  {
    name: "an option that is not there",
    args: () => ["--dta", "x"],
    says: [/--dta/, /Usage: deno task reproduce/],
  },
];

for (const { name, args, says } of REFUSED) {
  Deno.test(`reproduce refuses ${name}, saying what to do`, async () => {
    await withFolder(async (folder) => {
      await Deno.writeTextFile(join(folder, "notes.txt"), "no labels here");
      const { success, text } = await runTool("reproduce", args(folder), join(folder, "work"));
      equal(success, false);
      for (const pattern of says) match(text, pattern);
      equal(/\n {4}at /.test(text), false, "a message, not a stack trace");
    });
  });
}
