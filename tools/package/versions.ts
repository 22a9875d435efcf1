/** The versions of the project and of the packages that it uses, as `deno.json` has them. */
import { join } from "node:path";
import { ROOT } from "@/base/project.ts";

const { version, imports }: { version: string; imports: Record<string, string> } = JSON.parse(
  Deno.readTextFileSync(join(ROOT, "deno.json")),
);

export const VERSION = version;

export function versionOf(name: string): string {
  return imports[name]!.split("@").at(-1)!;
}
