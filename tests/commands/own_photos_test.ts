/** The commands of docs/own_photos.md, executed in their order on the photos that its first one draws. */
import { equal, ok } from "node:assert/strict";
import { join } from "node:path";
import { ROOT, RUN } from "@/base/project.ts";
import { withTemporaryFolder } from "@/base/temporary_folder.ts";

const PAGE = Deno.readTextFileSync(join(ROOT, "docs", "own_photos.md"));

/** The commands of the page: indented lines that begin with `deno`, and what is indented further below them. */
const COMMANDS = [...PAGE.matchAll(/^ {4}deno .+\n(?: {6}.+\n)*/gm)].map(([text]) => text.trim());

/** A shell in which `deno task` runs a command as set up, without set-up. */
const SHELL = `deno() {
  if [ "$1" = task ]; then
    name="\${2//-/_}"; shift 2
    "$DENO" ${RUN.map((word) => `'${word}'`).join(" ")} "tools/commands/$name.ts" "$@"
  else "$DENO" "$@"; fi
}
`;

Deno.test("docs/own_photos.md leads from labels to predictions", async () => {
  await withTemporaryFolder({ prefix: "human-age-own-" }, async (folder) => {
    const photos = join(folder, "photos"), texts: string[] = [];
    let run = "";
    for (const command of COMMANDS) {
      const line = command.replaceAll("my_photos", photos).replaceAll("RUN", run);
      const { success, stdout, stderr } = await new Deno.Command("bash", {
        args: ["-c", SHELL + line],
        cwd: ROOT,
        env: { DENO: Deno.execPath(), HUMAN_AGE_WORK: join(folder, "work") },
      }).output();
      const text = new TextDecoder().decode(stdout);
      ok(success, `${line}\n${text}\n${new TextDecoder().decode(stderr)}`);
      texts.push(text);
      run = text.match(/epochs, in (\S+)$/m)?.[1] ?? run;
    }
    equal(COMMANDS.length, 8);
    const [before, after] = texts.join().match(/ranges hold .*/)![0].match(/\d+\.\d%(?= \()/g)!;
    ok(parseFloat(before!) < 75 && Math.abs(parseFloat(after!) - 80) < 8, `${before}, ${after}`);
    const csv = await Deno.readTextFile(join(photos, "predictions.csv"));
    equal(new Set(csv.match(/\d+\.jpg/g)).size, 120);
  });
});
