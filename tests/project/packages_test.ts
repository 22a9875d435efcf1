import { deepEqual, ok } from "node:assert/strict";
import { join } from "node:path";
import { ROOT } from "@/base/project.ts";

const read = (name: string) => JSON.parse(Deno.readTextFileSync(join(ROOT, name)));

Deno.test("answers have the project's versions of their packages, and the same command", () => {
  const whole = read("deno.json"), answers = read("deno.answers.json");
  for (const [name, version] of Object.entries(answers.imports)) {
    deepEqual([name, version], [name, whole.imports[name]]);
  }
  deepEqual(answers.tasks.predict, whole.tasks.predict);
  ok(!JSON.stringify(answers).includes("@tensorflow/"));
});
