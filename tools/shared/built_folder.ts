/** Folders that a command builds whole, in the place of what it has built there before. */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { sum } from "d3";
import * as esbuild from "esbuild";
import { writeWhole } from "@/base/files.ts";
import { ROOT } from "@/base/project.ts";

/**
 * Builds a folder whole or not at all; an earlier one there is replaced.
 *
 * @throws {Error} if the folder holds something else, or is a file
 */
export async function buildFolder(
  folder: string,
  { own, what }: { own: (folder: string) => boolean; what: string },
  build: (part: string) => Promise<void>,
): Promise<void> {
  if (existsSync(folder) && !own(folder)) requireEmpty(folder, what);
  const earlier = `${folder}.earlier-${Deno.pid}`;
  try {
    await writeWhole(folder, async (part) => {
      await build(part);
      if (existsSync(folder)) await Deno.rename(folder, earlier);
    });
  } finally {
    await settle(folder, earlier);
  }
}

function requireEmpty(folder: string, what: string): void {
  if (!Deno.statSync(folder).isDirectory) throw new Error(`${folder} is a file: name a folder`);
  if ([...Deno.readDirSync(folder)].length === 0) return;
  throw new Error(`${folder} holds something else than ${what}: name another folder`);
}

/** Removes an earlier folder that was replaced, or puts it back where the new one could not take its place. */
async function settle(folder: string, earlier: string): Promise<void> {
  if (!existsSync(earlier)) return;
  if (existsSync(folder)) await Deno.remove(earlier, { recursive: true });
  else await Deno.rename(earlier, folder);
}

/** Copies files into a folder: path there, path here. */
export async function copyFiles(folder: string, files: Readonly<Record<string, string>>) {
  for (const [to, from] of Object.entries(files)) {
    await writeFile(join(folder, to), await Deno.readFile(from)); // packages' files may not be writable
  }
}

/** Bundles programs with esbuild as small modules; writes nothing. */
export async function bundleCode(options: esbuild.BuildOptions): Promise<esbuild.OutputFile[]> {
  const { outputFiles } = await esbuild.build({
    absWorkingDir: ROOT,
    tsconfigRaw: { compilerOptions: { paths: { "@/*": [join(ROOT, "lib", "*")] } } },
    ...{ bundle: true, splitting: true, format: "esm", target: "es2022", minify: true },
    ...{ legalComments: "none", write: false, logLevel: "error" },
    ...options,
  });
  return outputFiles!;
}

export async function writeFile(path: string, contents: Uint8Array | string): Promise<void> {
  await Deno.mkdir(dirname(path), { recursive: true });
  const bytes = typeof contents === "string" ? new TextEncoder().encode(contents) : contents;
  await Deno.writeFile(path, bytes);
}

/** All files of a folder with their sizes in bytes, sorted by path. */
export async function listFiles(folder: string): Promise<Record<string, number>> {
  const names = [...Deno.readDirSync(folder)].sort((a, b) => a.name < b.name ? -1 : 1);
  const files: Record<string, number> = {};
  for (const { name, isDirectory } of names) {
    const path = join(folder, name);
    if (!isDirectory) files[name] = (await Deno.stat(path)).size;
    else {
      for (const [inner, size] of Object.entries(await listFiles(path))) {
        files[`${name}/${inner}`] = size;
      }
    }
  }
  return files;
}

export function weightOf(files: Readonly<Record<string, number>>): number {
  return sum(Object.values(files));
}

/** Requires that files weigh at most so much; the error names the heaviest. */
export function requireLight(
  files: Readonly<Record<string, number>>,
  { most, what, advice }: { most: number; what: string; advice: string },
): void {
  if (weightOf(files) <= most) return;
  const heaviest = Object.entries(files).toSorted(([, a], [, b]) => b - a).slice(0, 5)
    .map(([path, size]) => `${path} ${(size / 1e6).toFixed(1)} MB`);
  throw new Error(
    `${what} would weigh ${(weightOf(files) / 1e6).toFixed(1)} MB, and ${most / 1e6} MB is the ` +
      `most: ${advice}. The heaviest files: ${heaviest.join(", ")}`,
  );
}
