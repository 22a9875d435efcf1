/** Building the web page: a folder of files that any web server can serve. */
import { createHash } from "node:crypto";
import { existsSync, globSync } from "node:fs";
import { basename, join } from "node:path";
import { ROOT } from "@/base/project.ts";
import { modelFolder, networkFolder, readCard } from "@/answers/model_folder.ts";
import { NETWORK_FILES } from "@/faces/face.ts";
import { MODEL_FILES } from "@/model/model_card.ts";
import { makeScene } from "@/sample/photo/scene.ts";
import * as built from "@tools/shared/built_folder.ts";
import type { PageFiles } from "../../web/page_files.ts";

const WEB = join(ROOT, "web"), PACKAGES = join(ROOT, "node_modules");

/** Files that go into the page as they are: path on the page, path here. */
const COPIED: Record<string, string> = {
  ...own("style.css", "icon.svg", "manifest.webmanifest"),
  ...packed("@expo-google-fonts/inter", "fonts", [
    "400Regular/Inter_400Regular.ttf",
    "600SemiBold/Inter_600SemiBold.ttf",
  ]),
  ...packed("@tensorflow/tfjs-backend-wasm", "wasm", [
    "dist/tfjs-backend-wasm.wasm",
    "dist/tfjs-backend-wasm-simd.wasm",
  ]),
  ...packed(
    "@vladmandic/human",
    "faces",
    Object.values(NETWORK_FILES).flatMap((name) => [`models/${name}.json`, `models/${name}.bin`]),
  ),
};

/** The scene that visitors try: its seed was chosen for three generations in it. */
const EXAMPLE = { seed: 39, width: 1000, height: 640, people: 3 };

const PAGE: built.Product = {
  name: "page",
  most: 10e6, // on a phone, more takes too long to load
  advice: "take a smaller model",
  // its files lie in the folder of its version, in the first pages beside it
  isOurs: (folder) => (
    existsSync(join(folder, "service_worker.js")) &&
    globSync(`{,*/}model/${MODEL_FILES.card}`, { cwd: folder }).length > 0
  ),
};

/**
 * Builds the page around a model as {@linkcode built.buildFolder} does, and returns its files, paths relative to the
 * folder, with sizes in bytes.
 *
 * @throws {Error} if the folder holds something else, or if the page would weigh more than 10 MB
 */
export async function buildPage(folder: string, model: string) {
  const files = await built.buildFolder(folder, PAGE, async (part) => {
    const draft = join(part, "draft");
    await built.copyFiles(draft, COPIED);
    await copyModel(join(draft, "model"), model);
    const { file } = await makeScene(EXAMPLE.seed, EXAMPLE);
    await Deno.writeFile(join(draft, "example.jpg"), file);
    await bundle(part, draft);
  });
  return { folder, files };
}

function own(...names: string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, join(WEB, name)]));
}

function packed(name: string, folder: string, files: readonly string[]) {
  return Object.fromEntries(
    files.map((file) => [`${folder}/${basename(file)}`, join(PACKAGES, name, file)]),
  );
}

/** Copies a shipped model: a standard TensorFlow.js one with its card. TensorFlow writes a run's, after set-up. */
async function copyModel(folder: string, name: string): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  const card = await readCard(name);
  if (!card) {
    const { writeNetwork } = await import("@tools/page/write_network.ts");
    return await writeNetwork(folder, name);
  }
  const own = modelFolder(name), network = await networkFolder(own, card);
  await built.copyFiles(folder, {
    [MODEL_FILES.network]: join(network, MODEL_FILES.network),
    [MODEL_FILES.weights]: join(network, MODEL_FILES.weights),
    [MODEL_FILES.card]: join(own, MODEL_FILES.card),
  });
}

/** Bundles the programs and the draft into a folder named by their version, with page and service worker above it. */
async function bundle(folder: string, draft: string): Promise<void> {
  const data = built.listFiles(draft), html = await Deno.readTextFile(join(WEB, "index.html"));
  const programs = await built.bundleCode(bundling(draft, PROGRAMS, { version: "", files: data }));
  const version = await versionOf(draft, data, [html, ...programs.map(({ text }) => text)]);
  await built.writeCode(bundling(draft, PROGRAMS.slice(0, 2), { version, files: data }));
  await Deno.rename(draft, join(folder, version));
  const linked = html.replaceAll(/(href|src)="([\w.]+)"/g, `$1="${version}/$2"`);
  await built.writeFile(join(folder, "index.html"), linked);
  const files = built.listFiles(folder);
  await built.writeCode(bundling(folder, PROGRAMS.slice(2), { version, files }));
}

/** The programs of the page: what it starts with, what computes, what keeps it. */
const PROGRAMS = ["main.ts", "worker.ts", "service_worker.ts"];

const bundling = (outdir: string, programs: readonly string[], page: PageFiles) => ({
  entryPoints: programs.map((program) => join(WEB, program)),
  outdir,
  alias: { "@tensorflow/tfjs": join(WEB, "tensorflow.ts") },
  define: { PAGE: JSON.stringify(page) },
  chunkNames: "parts/[name]-[hash]",
});

/** Changes whenever anything of the page does. */
async function versionOf(folder: string, data: built.Files, texts: readonly string[]) {
  const hash = createHash("sha256");
  for (const path of Object.keys(data)) {
    hash.update(path).update(await Deno.readFile(join(folder, path)));
  }
  for (const text of texts) hash.update(text);
  return hash.digest("hex").slice(0, 12);
}
