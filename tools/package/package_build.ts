/** Building the npm package `human-age`: a folder for `npm pack` and `npm publish`. */
import ts from "typescript";
import { existsSync, globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { gzipSync } from "node:zlib";
import { ROOT } from "@/base/project.ts";
import { sourcesOf } from "@/base/sources.ts";
import { modelNames, MODELS, readCard } from "@/answers/model_folder.ts";
import { MODEL_FILES } from "@/model/model_card.ts";
import MANIFEST from "@tools/package/manifest.json" with { type: "json" };
import * as built from "@tools/shared/built_folder.ts";

export const NAME = MANIFEST.name;

const PACKAGES = join(ROOT, "node_modules");

const PACKAGE: built.Product = {
  name: "package",
  most: 20e6,
  advice: "ship fewer models",
  isOurs(folder) {
    const path = join(folder, "package.json");
    return existsSync(path) && JSON.parse(readFileSync(path, "utf8")).name === NAME;
  },
};

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

const WASM = "ort-wasm-simd-threaded.wasm";

/**
 * Builds the package as {@linkcode built.buildFolder} does, and returns its files with their sizes in bytes.
 *
 * @throws {Error} if the folder holds something else, or if the package would weigh more than 20 MB
 */
export async function buildPackage(folder: string): Promise<built.Files> {
  return await built.buildFolder(folder, PACKAGE, async (part) => {
    await built.copyFiles(part, modelFiles());
    for (const { entry, folder, platform } of PROGRAMS) {
      await bundle(join(part, folder), entry, platform);
    }
    for (const [name, text] of declareTypes(PROGRAMS[0].entry)) {
      await built.writeFile(join(part, "types", name), text);
    }
    const wasm = await Deno.readFile(join(PACKAGES, "onnxruntime-web", "dist", WASM));
    await built.writeFile(join(part, "wasm", `${WASM}.gz`), gzipSync(wasm, { level: 9 }));
    await writeTexts(part);
  });
}

/** The files of models that are needed to use them: networks, cards and licences; path in the package, path here. */
function modelFiles(): Record<string, string> {
  const paths = globSync(MODEL_PATHS, { cwd: MODELS }).sort();
  return Object.fromEntries(paths.map((path) => [`data/models/${path}`, join(MODELS, path)]));
}

async function bundle(outdir: string, entry: string, platform: "node" | "browser"): Promise<void> {
  await built.writeCode({
    entryPoints: { index: join(ROOT, entry) },
    outdir,
    platform,
    external: ["sharp", ...platform === "node" ? ["onnxruntime-node"] : []],
    // a browser never computes natively, and bundlers are not to look for it
    alias: platform === "node" ? {} : { "onnxruntime-node": "onnxruntime-web/wasm" },
    chunkNames: "[name]-[hash]",
  });
}

async function writeTexts(folder: string): Promise<void> {
  const readme = (await read("docs/package.md")).replaceAll(/\[([^\]]+)\]\((?!\w+:)[^)]+\)/g, "$1");
  await built.writeFile(join(folder, "README.md"), readme);
  await built.writeFile(join(folder, "LICENSE.md"), await licenseText());
  await built.writeFile(join(folder, "package.json"), JSON.stringify(manifest(), null, 2) + "\n");
}

export function manifest(): Record<string, unknown> {
  const dependencies = { sharp: versionOf("sharp") };
  // its install script fetches libraries from elsewhere: where that fails, npm goes on without it
  const optionalDependencies = { "onnxruntime-node": versionOf("onnxruntime-node") };
  return { ...MANIFEST, version: VERSION, dependencies, optionalDependencies };
}

/** Where the sources of `lib` are imported from. */
const LIB = /"@\/([\w/]+)\.ts"/g;

/** Makes declaration files of a source and of what its declarations import, by their names; all lie in one folder. */
export function declareTypes(entry: string): Map<string, string> {
  const texts = sourcesOf(entry, declare);
  return new Map(Array.from(texts, ([path, text]) => [
    `${basename(path, ".ts")}.d.ts`,
    text.replaceAll(LIB, (_, path) => `"./${basename(path)}.js"`),
  ]));
}

/** @throws {Error} if a type is left for the compiler to infer, or a source cannot be read */
function declare(path: string): string {
  const fileName = join(ROOT, path);
  const compilerOptions = { declaration: true, isolatedDeclarations: true };
  const options = { fileName, reportDiagnostics: true, compilerOptions };
  const text = Deno.readTextFileSync(fileName);
  const { outputText, diagnostics = [] } = ts.transpileDeclaration(text, options);
  if (diagnostics.length === 0) return outputText;
  const words = diagnostics.map((one) => ts.flattenDiagnosticMessageText(one.messageText, "\n"));
  throw new Error(`Cannot declare the types of ${path}: ${words.join("; ")}`);
}

const read = (path: string) => Deno.readTextFile(join(ROOT, path));

export async function licenseText(): Promise<string> {
  const code = await read("LICENSE");
  const models = await Promise.all(modelNames().map(modelTerms));
  // onnxruntime is under the MIT licence as well, and its package does not repeat it
  const onnx = code.trim().replace(/^Copyright .*$/m, "Copyright (c) Microsoft Corporation");
  return [
    "# Licences",
    "The code is under the MIT licence, the weights of each model under the terms of the photos that it has learned from.",
    `## The code\n\n${code.trim()}`,
    `## The models\n\n${models.join("\n")}`,
    "The networks that find faces (`data/models/faces`) are MediaPipe's BlazeFace and Face Mesh (Apache-2.0), from " +
    "`@vladmandic/human` (MIT). The texts of these licences lie beside the networks.",
    `## Packed with the code\n\n### onnxruntime-web ${versionOf("onnxruntime-web")}\n\n${onnx}`,
  ].join("\n\n") + "\n";
}

/** The terms of a model's weights, as its card has them. */
async function modelTerms(name: string): Promise<string> {
  const { data, training: { start } } = (await readCard(name))!;
  const from = start
    ? ` Its start is \`${start.file}\` of \`${start.package}\` ${start.version} (${start.license}), ` +
      `which learned from ${start.learnedFrom}.`
    : "";
  return `- \`${name}\`: ${data.terms}.${from}`;
}

const { version, imports }: { version: string; imports: Record<string, string> } = JSON.parse(
  Deno.readTextFileSync(join(ROOT, "deno.json")),
);

export const VERSION = version;

export function versionOf(name: string): string {
  return imports[name]!.split("@").at(-1)!;
}
