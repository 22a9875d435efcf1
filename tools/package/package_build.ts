/** Building the npm package `human-age`: a folder for `npm pack` and `npm publish`. */
import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import * as esbuild from "esbuild";
import { ROOT } from "@/base/project.ts";
import { MODELS } from "@/answers/model_folder.ts";
import { MODEL_FILES } from "@/model/model_card.ts";
import { declareTypes } from "@tools/package/declarations.ts";
import { licenseText } from "@tools/package/license.ts";
import { VERSION, versionOf } from "@tools/package/versions.ts";
import {
  buildFolder,
  copyFiles,
  listFiles,
  requireLight,
  writeFile,
} from "@tools/shared/built_folder.ts";

/** The most that all files may weigh, in bytes. */
const MOST = 20e6;

/** The package's name, by which an earlier build is known. */
export const NAME = "human-age";

const PACKAGES = join(ROOT, "node_modules");

/** An earlier package, which may be replaced. */
const PACKAGE_FOLDER = { own: isPackage, what: "a package of this project" };

function isPackage(folder: string): boolean {
  const path = join(folder, "package.json");
  return existsSync(path) && JSON.parse(readFileSync(path, "utf8")).name === NAME;
}

/** Programs of the package lie two folders deep, as `ROOT` takes it. */
const PROGRAMS = [
  { entry: "lib/answers/package.ts", folder: "dist/node", platform: "node" },
  { entry: "web/package.ts", folder: "dist/browser", platform: "browser" },
] as const;

/** The files of each model's folder, and of the face networks', that go into the package. */
const MODEL_PATHS = [
  ...["*/*.onnx", "*/LICENSE*"],
  ...[MODEL_FILES.card, MODEL_FILES.page, MODEL_FILES.years].map((file) => `*/${file}`),
];

/** onnxruntime's WebAssembly. */
const WASM = "ort-wasm-simd-threaded.wasm";

/**
 * Builds the package. The folder appears whole or not at all; an earlier package there is replaced.
 *
 * @throws {Error} if the folder holds something else, or if the package would weigh more than 20 MB
 */
export async function buildPackage(folder: string): Promise<Record<string, number>> {
  let files: Record<string, number> = {};
  await buildFolder(folder, PACKAGE_FOLDER, async (part) => {
    await copyFiles(part, modelFiles());
    for (const { entry, folder, platform } of PROGRAMS) {
      await bundle(join(part, folder), entry, platform);
    }
    await esbuild.stop(); // its program would keep this one waiting
    for (const [name, text] of declareTypes(PROGRAMS[0].entry)) {
      await writeFile(join(part, "types", name), text);
    }
    const wasm = await Deno.readFile(join(PACKAGES, "onnxruntime-web", "dist", WASM));
    await writeFile(join(part, "wasm", `${WASM}.gz`), gzipSync(wasm, { level: 9 }));
    await writeTexts(part);
    files = await listFiles(part);
    requireLight(files, { most: MOST, what: "The package", advice: "ship fewer models" });
  });
  return files;
}

/** The files of models that are needed to use them: networks, cards and licences; path in the package, path here. */
function modelFiles(): Record<string, string> {
  const paths = globSync(MODEL_PATHS, { cwd: MODELS }).sort();
  return Object.fromEntries(paths.map((path) => [`data/models/${path}`, join(MODELS, path)]));
}

async function bundle(outdir: string, entry: string, platform: "node" | "browser"): Promise<void> {
  const { outputFiles } = await esbuild.build({
    entryPoints: { index: join(ROOT, entry) },
    outdir,
    platform,
    absWorkingDir: ROOT,
    external: ["sharp", ...platform === "node" ? ["onnxruntime-node"] : []],
    // a browser never computes natively, and bundlers are not to look for it
    alias: platform === "node" ? {} : { "onnxruntime-node": "onnxruntime-web/wasm" },
    tsconfigRaw: { compilerOptions: { paths: { "@/*": [join(ROOT, "lib", "*")] } } },
    bundle: true,
    splitting: true,
    chunkNames: "[name]-[hash]",
    format: "esm",
    target: "es2022",
    minify: true,
    legalComments: "none",
    write: false,
    logLevel: "error",
  });
  for (const { path, contents } of outputFiles!) await writeFile(path, contents);
}

/** Writes what describes the package. */
async function writeTexts(folder: string): Promise<void> {
  const readme = await Deno.readTextFile(join(ROOT, "docs", "package.md"));
  await writeFile(
    join(folder, "README.md"),
    readme.replaceAll(/\[([^\]]+)\]\((?!\w+:)[^)]+\)/g, "$1"),
  );
  await writeFile(join(folder, "LICENSE.md"), await licenseText());
  await writeFile(join(folder, "package.json"), JSON.stringify(manifest(), null, 2) + "\n");
}

/** The package's description for npm, with versions as this project has them. */
export function manifest(): Record<string, unknown> {
  const browser = { types: "./types/package.d.ts", default: "./dist/browser/index.js" };
  return {
    name: NAME,
    version: VERSION,
    description: "Predicts the age group of each face on photos, on your own machine.",
    keywords: ["age", "face", "photo", "onnx"],
    license: "SEE LICENSE IN LICENSE.md",
    type: "module",
    engines: { node: ">=20.9" },
    exports: {
      ".": { browser, types: "./types/package.d.ts", default: "./dist/node/index.js" },
      "./browser": browser,
      "./package.json": "./package.json",
    },
    types: "./types/package.d.ts",
    sideEffects: false,
    dependencies: { sharp: versionOf("sharp") },
    // its install script fetches libraries from elsewhere: where that fails, npm goes on without it
    optionalDependencies: { "onnxruntime-node": versionOf("onnxruntime-node") },
  };
}
