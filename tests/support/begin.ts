/**
 * What many tests begin with: small samples, drawn once by the drawing code as it is, and the files of an empty
 * queue. They are copied from then on.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { writeWhole } from "@/base/files.ts";
import { ROOT } from "@/base/project.ts";
import { readerOf, sourcesOf } from "@/base/sources.ts";
import type { SampleSize } from "@/sample/plan/labels.ts";
import { makeSample } from "@/sample/sample.ts";

/** The sizes that tests ask for. */
export const TINY = { photos: 120, subjects: 40, albums: 10 };
export const TINIEST = { photos: 60, subjects: 20, albums: 5 };

/** Where what is made is kept, named by all that it depends on. */
const KEPT = join(ROOT, ".build", "tests");

const read = readerOf(ROOT);

/** Puts the sample of this size into a new folder, as `makeSample()` would. */
export async function putSample(
  folder: string,
  size: SampleSize & { seed?: number } = TINY,
): Promise<void> {
  await putMade(folder, "lib/sample/sample.ts", size, (kept) => makeSample(kept, size));
}

/** Puts the files of an empty queue into a new work folder, where the first search would make them. */
export async function putQueue(work: string): Promise<void> {
  const { withFolderDatabase } = await import("@/search/database.ts");
  await putMade(join(work, "queue"), "lib/search/database.ts", "an empty queue", (kept) => (
    withFolderDatabase(kept, () => Promise.resolve())
  ));
}

/** Copies what is made by a file of the project with some options; makes it where nobody has. */
async function putMade(
  folder: string,
  source: string,
  options: unknown,
  make: (kept: string) => Promise<void>,
): Promise<void> {
  const sources = [...sourcesOf(source, read), read("deno.lock"), options];
  const key = createHash("sha256").update(JSON.stringify(sources)).digest("hex").slice(0, 16);
  const kept = join(KEPT, key);
  if (!existsSync(kept)) await makeAlone(kept, make);
  await cp(kept, folder, { recursive: true });
}

/** Makes something unless another process does so meanwhile, which is waited for. */
async function makeAlone(kept: string, make: (kept: string) => Promise<void>): Promise<void> {
  await Deno.mkdir(KEPT, { recursive: true });
  using file = await Deno.open(`${kept}.lock`, { write: true, create: true });
  await file.lock(true);
  if (!existsSync(kept)) await writeWhole(kept, make);
}
