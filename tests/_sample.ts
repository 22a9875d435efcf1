/**
 * Small samples for tests: each drawn once by the drawing code as it is, and copied from then on.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { ROOT } from "@/base/project.ts";
import { readerOf, sourcesOf } from "@/base/sources.ts";
import { makeSample } from "@/sample/sample.ts";
import type { SampleSize } from "@/sample/labels.ts";

/** The sizes that tests ask for. */
export const TINY = { photos: 120, subjects: 40, albums: 10 };
export const TINIEST = { photos: 60, subjects: 20, albums: 5 };

/** Where drawn samples are kept, named by all that they depend on. */
const KEPT = join(ROOT, ".build", "test_samples");

const read = readerOf(ROOT);

/** What draws: the project's own files, and the exact versions of packages. */
const DRAWING = JSON.stringify([...sourcesOf("lib/sample/sample.ts", read), read("deno.lock")]);

/** Puts the sample of this size into a new folder, as `makeSample()` would. */
export async function putSample(
  folder: string,
  size: SampleSize & { seed?: number } = TINY,
): Promise<void> {
  const key = createHash("sha256").update(DRAWING).update(JSON.stringify(size)).digest("hex");
  const kept = join(KEPT, key.slice(0, 16));
  if (!existsSync(kept)) await draw(kept, size);
  await cp(kept, folder, { recursive: true });
}

/** Draws a sample unless another process does so meanwhile, which is waited for. */
async function draw(kept: string, size: SampleSize & { seed?: number }): Promise<void> {
  await Deno.mkdir(KEPT, { recursive: true });
  using file = await Deno.open(`${kept}.lock`, { write: true, create: true });
  await file.lock(true);
  if (!existsSync(kept)) await makeSample(kept, size);
}
