/**
 * Small samples for tests, drawn once by the drawing code as it is, and copied from then on.
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

/** Folder of the samples, named by all that they depend on. */
const KEPT = join(ROOT, ".build", "tests");

const read = readerOf(ROOT);

/** Puts the sample of this size into a new folder, as `makeSample()` would; it is drawn where nobody has. */
export async function putSample(
  folder: string,
  size: SampleSize & { seed?: number } = TINY,
): Promise<void> {
  const sources = [...sourcesOf("lib/sample/sample.ts", read), read("deno.lock"), size];
  const key = createHash("sha256").update(JSON.stringify(sources)).digest("hex").slice(0, 16);
  const kept = join(KEPT, key);
  if (!existsSync(kept)) await drawAlone(kept, size);
  await cp(kept, folder, { recursive: true });
}

/** Draws a sample unless another process does so meanwhile, which is waited for. */
async function drawAlone(kept: string, size: SampleSize): Promise<void> {
  await Deno.mkdir(KEPT, { recursive: true });
  using file = await Deno.open(`${kept}.lock`, { write: true, create: true });
  await file.lock(true);
  if (!existsSync(kept)) await writeWhole(kept, (part) => makeSample(part, size));
}
