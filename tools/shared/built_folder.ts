/** Folders that a command builds whole, in the place of what it has built there before. */
import { existsSync, readdirSync, realpathSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { sum } from "d3";
import * as esbuild from "esbuild";
import { writeWhole } from "@/base/files.ts";
import { ROOT } from "@/base/project.ts";

/** What a folder is built to hold: its name, such as `page`, and the most bytes of it, with advice if they are more. */
export interface Product {
  name: string;
  most: number;
  advice: string;
  /** Tells whether a folder holds an earlier one, which may be replaced. */
  isOurs: (folder: string) => boolean;
}

/** The files of a folder: paths in it, with their sizes in bytes. */
export type Files = Record<string, number>;

/**
 * Builds a folder whole or not at all, and returns its files; an earlier product there is replaced. A link stays one,
 * and the folder that it leads to is built.
 *
 * @throws {Error} if the folder holds something else, or is a file, or if the product would weigh too much
 */
export async function buildFolder(
  path: string,
  product: Product,
  build: (part: string) => Promise<void>,
): Promise<Files> {
  const folder = existsSync(path) ? realpathSync(path) : path;
  if (existsSync(folder) && !product.isOurs(folder)) requireEmpty(folder, product);
  const earlier = `${folder}.earlier-${Deno.pid}`;
  let files: Files = {};
  try {
    await writeWhole(folder, async (part) => {
      await build(part);
      await esbuild.stop(); // its program would keep this one waiting
      files = listFiles(part);
      requireLight(files, product);
      if (existsSync(folder)) await Deno.rename(folder, earlier);
    });
  } finally {
    await settle(folder, earlier);
  }
  return files;
}

function requireEmpty(folder: string, { name }: Product): void {
  if (!statSync(folder).isDirectory()) throw new Error(`${folder} is a file: name a folder`);
  if (readdirSync(folder).length === 0) return;
  throw new Error(
    `${folder} holds something else than a ${name} of this project: name another folder`,
  );
}

function requireLight(files: Files, { name, most, advice }: Product): void {
  if (weightOf(files) <= most) return;
  const heaviest = Object.entries(files).toSorted(([, a], [, b]) => b - a).slice(0, 5)
    .map(([path, size]) => `${path} ${megabytes(size)} MB`);
  throw new Error(
    `The ${name} would weigh ${megabytes(weightOf(files))} MB, and ${most / 1e6} MB is the most: ` +
      `${advice}. The heaviest files: ${heaviest.join(", ")}`,
  );
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

export async function writeCode(options: esbuild.BuildOptions): Promise<void> {
  for (const { path, contents } of await bundleCode(options)) await writeFile(path, contents);
}

export async function writeFile(path: string, contents: Uint8Array | string): Promise<void> {
  await Deno.mkdir(dirname(path), { recursive: true });
  const bytes = typeof contents === "string" ? new TextEncoder().encode(contents) : contents;
  await Deno.writeFile(path, bytes);
}

/** Lists all files below a folder, sorted by path. */
export function listFiles(folder: string): Files {
  const paths = readdirSync(folder, { encoding: "utf8", recursive: true }).sort();
  const entries = paths.map((path) => [path, statSync(join(folder, path))] as const);
  return Object.fromEntries(
    entries.filter(([, entry]) => entry.isFile()).map(([path, { size }]) => [path, size]),
  );
}

export const weightOf = (files: Readonly<Files>): number => sum(Object.values(files));

export const describeFiles = (files: Readonly<Files>): string =>
  `${Object.keys(files).length} files, ${megabytes(weightOf(files))} MB`;

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);
