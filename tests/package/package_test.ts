/**
 * The npm package as a program gets it: built, packed, installed into an empty folder, and tried with the examples of
 * its documentation. Nothing is fetched: what it depends on is taken from this project's packages.
 *
 * @module
 */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "puppeteer-core";
import { ROOT } from "@/base/project.ts";
import { modelNames } from "@/answers/model_folder.ts";
import { makeScene } from "@/sample/photo/scene.ts";
import { leaveOut, outputOf, withFolder } from "@/testing.ts";
import { findBrowser, openBrowser, PATIENCE } from "@tools/page/browser.ts";
import { servePage } from "@tools/page/page_server.ts";
import { buildPackage } from "@tools/package/package_build.ts";
import { weightOf } from "@tools/shared/built_folder.ts";
import type { Outcome } from "../support/cli.ts";

const PACKAGES = join(ROOT, "node_modules"), ENGINE = "onnxruntime-node";

/** The code of the documentation's examples, by their languages. */
const EXAMPLES = Object.groupBy(
  Deno.readTextFileSync(join(ROOT, "docs", "package.md")).matchAll(/^```(\w+)\n(.*?)^```$/gms),
  ([, language]) => language!,
);

/** The code of an example. */
const example = (language: string, k = 0) => EXAMPLES[language]![k]![2]!;

const SCENE = { width: 600, height: 420, people: 3 };

/** A folder in which the package is installed, with a photo of three people. */
const APP = Deno.makeTempDirSync({ prefix: "human-age-" });
addEventListener("unload", () => Deno.removeSync(APP, { recursive: true }));

async function run(program: string, args: string[], cwd = APP): Promise<Outcome> {
  const env = { NO_COLOR: "1", npm_config_cache: join(APP, "npm") };
  return await outputOf(new Deno.Command(program, { args, cwd, env, stdin: "null" }));
}

async function succeed(program: string, args: string[], cwd = APP): Promise<string> {
  const { success, text } = await run(program, args, cwd);
  ok(success, `${program} ${args.join(" ")}: ${text}`);
  return text;
}

const hasNpm = await run("npm", ["--version"]).then(({ success }) => success, () => false);

/** Registers a test that needs npm and Node.js. */
function testPackage(name: string, body: () => Promise<void>): void {
  if (hasNpm) Deno.test(name, body);
  else leaveOut(name, "needs npm and Node.js");
}

/** Builds the package, packs it, and installs the file, as a program does; returns what is in it. */
async function install(): Promise<Record<string, number>> {
  const folder = join(APP, "package"), files = await buildPackage(folder);
  await succeed("npm", ["pack", "--silent", folder]);
  const file = [...Deno.readDirSync(APP)].find(({ name }) => name.endsWith(".tgz"))!.name;
  const dependencies = { "human-age": `file:${file}`, sharp: `file:${join(PACKAGES, "sharp")}` };
  const manifest = { type: "module", dependencies, overrides: { sharp: "$sharp" } };
  await Deno.writeTextFile(join(APP, "package.json"), JSON.stringify(manifest));
  await succeed("npm", ["install", "--offline", "--omit=optional", "--no-audit", "--no-fund"]);
  await Deno.remove(folder, { recursive: true });
  await Deno.writeFile(join(APP, "family.jpg"), (await makeScene(7, SCENE)).file);
  return files;
}

let installed: Promise<Record<string, number>> | undefined;

/** Installs the package once, and says whether the native library is there. */
async function withPackage(engine: "native" | "pinned"): Promise<Record<string, number>> {
  const files = await (installed ??= install()), link = join(APP, "node_modules", ENGINE);
  if (engine === "native") await Deno.symlink(join(PACKAGES, ENGINE), link).catch(() => {});
  else await Deno.remove(link).catch(() => {});
  return files;
}

async function write(name: string, text: string): Promise<void> {
  await Deno.writeTextFile(join(APP, name), text);
}

const NODE = ["node"], DENO = [Deno.execPath(), "run", "-A", "--no-lock", "--cached-only"];

testPackage("the package weighs at most 20 MB, with models, their terms and types", async () => {
  const files = await withPackage("native"), paths = Object.keys(files);
  ok(weightOf(files) <= 20e6, `${weightOf(files)} bytes`);
  for (const name of modelNames()) ok(paths.includes(`data/models/${name}/model.onnx`));
  const license = await Deno.readTextFile(join(APP, "node_modules/human-age/LICENSE.md"));
  match(license, /MIT License[^]*age-groups-2`: non-commercial research only/);
  ok(paths.includes("types/package.d.ts"));
  ok(!existsSync(join(APP, "node_modules", "onnxruntime-web")), "it needs nothing but sharp");
});

for (const [name, [program, ...args]] of Object.entries({ "Node.js": NODE, Deno: DENO })) {
  testPackage(`the script of the documentation answers in ${name}`, async () => {
    await withPackage("native");
    await write("photo.js", example("js"));
    const text = await succeed(program!, [...args, "photo.js"]);
    equal(text.match(/^(0-6|7-20|21-37|38-59|60\+): about \d+, mostly \d+ to \d+$/gm)!.length, 3);
  });
}

testPackage("a folder is walked with progress, past what cannot be read", async () => {
  await withPackage("native");
  await write("folder.js", example("js", 1));
  const photos = join(APP, "photos");
  await Deno.mkdir(join(photos, "deep"), { recursive: true });
  await Deno.copyFile(join(APP, "family.jpg"), join(photos, "deep", "a.jpg"));
  await Deno.writeTextFile(join(photos, "b.jpg"), "Dear diary");
  await Deno.writeTextFile(join(photos, "notes.txt"), "no picture");
  const text = await succeed("node", ["folder.js"]);
  match(text, /^photos\/deep\/a\.jpg .+, .+, .+$/m);
  match(text, /^photos\/b\.jpg not an image$/m);
  match(text, /^1 of 2\n2 of 2$/m);
});

const ANSWERS = `import { openReader } from "human-age";
const reader = await openReader({ model: "age-groups-2" });
const [{ faces }] = [await reader.read("family.jpg"), await reader.read("family.jpg")];
console.log(JSON.stringify({ arithmetic: reader.arithmetic, faces }));
reader.close();`;

testPackage(
  "without onnxruntime-node it warns once, and answers the same to a hundredth",
  async () => {
    await write("answers.js", ANSWERS);
    const said = async (engine: "native" | "pinned") => {
      await withPackage(engine);
      const text = await succeed("node", ["answers.js"]);
      const lines = text.trim().split("\n");
      return { ...JSON.parse(lines[0]!), warnings: lines.slice(1) };
    };
    const native = await said("native"), pinned = await said("pinned");
    deepEqual([native.arithmetic, native.warnings], ["native", []]);
    deepEqual([pinned.arithmetic, pinned.warnings.length], ["pinned", 1]);
    match(pinned.warnings[0], /WebAssembly computes.* about twice the time/);
    type Faces = { probabilities: Record<string, number> }[];
    const shares = (faces: Faces) =>
      faces.flatMap(({ probabilities }) => Object.values(probabilities));
    equal(pinned.faces.length, 3);
    const expected = shares(native.faces);
    const off = shares(pinned.faces).map((share, k) => Math.abs(share - expected[k]!));
    ok(Math.max(...off) < 1e-2, `${off}`);
  },
);

testPackage(
  "the compiler knows the package's types, and refuses what they do not have",
  async () => {
    await withPackage("native");
    const tsc = (name: string) =>
      run("node", [
        ...[
          join(PACKAGES, "typescript", "bin", "tsc"),
          "--noEmit",
          "--strict",
          "--target",
          "es2022",
        ],
        ...["--module", "nodenext", name],
      ]);
    await write("typed.ts", example("ts"));
    deepEqual(await tsc("typed.ts"), { success: true, text: "" });
    await write("wrong.ts", example("ts").replace("return null", "return error.years"));
    match((await tsc("wrong.ts")).text, /Property 'years' does not exist/);
  },
);

const browser = await findBrowser();
const NAME = "the web page of the documentation answers in a browser";
if ("reason" in browser) leaveOut(NAME, browser.reason);
else {
  testPackage(NAME, async () => {
    await withPackage("native");
    await write("index.html", example("html"));
    await write("notes.jpg", "Dear diary");
    const film = join(APP, "film.mjpeg"), server = servePage(APP, 0);
    await Deno.copyFile(join(APP, "family.jpg"), film);
    const chromium = await openBrowser(browser.path, film);
    try {
      const page = await chromium.newPage();
      page.setDefaultTimeout(PATIENCE);
      await page.goto(`http://localhost:${server.addr.port}/`);
      await untilShown(page, "Ready");
      const input = (await page.$("input"))! as unknown as Uploading;
      await input.uploadFile(join(APP, "family.jpg"));
      const answer = await untilShown(page, "about");
      equal(answer.match(/^(0-6|7-20|21-37|38-59|60\+), about \d+$/gm)!.length, 3, answer);
      await input.uploadFile(join(APP, "notes.jpg"));
      equal(await untilShown(page, "image"), "not an image");
      deepEqual(await page.evaluate(READ_PIXELS), [3, "UnknownModel"]);
      deepEqual(await page.evaluate(READ_VIDEO), ["the video shows no picture yet", 3]);
    } finally {
      await chromium.close();
      await server.shutdown();
    }
  });
}

/** A chooser of files. */
interface Uploading {
  uploadFile(path: string): Promise<void>;
}

/** What the page shows, once that contains a text. */
async function untilShown(page: Page, text: string): Promise<string> {
  const shown = `document.querySelector("pre").textContent`;
  await page.waitForFunction(`${shown}.includes("${text}")`);
  return await page.evaluate(shown) as string;
}

/** Runs in the page: reads pixels of a canvas, and opens a model that there is not. */
const READ_PIXELS = `(async () => {
  const { openReader } = await import("./node_modules/human-age/dist/browser/index.js");
  const bitmap = await createImageBitmap(await (await fetch("family.jpg")).blob());
  const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
  context.drawImage(bitmap, 0, 0);
  const reader = await openReader();
  const { faces } = await reader.read(context.getImageData(0, 0, bitmap.width, bitmap.height));
  reader.close();
  const { name } = await openReader({ model: "age-groups-0" }).catch((error) => error);
  return [faces.length, name];
})()`;

/** Runs in the page: reads a video before and while it shows the camera's picture. */
const READ_VIDEO = `(async () => {
  const { openReader } = await import("./node_modules/human-age/dist/browser/index.js");
  const reader = await openReader(), video = document.createElement("video");
  const { message } = await reader.read(video).catch((error) => error);
  video.srcObject = await navigator.mediaDevices.getUserMedia({ video: true });
  await video.play();
  const { faces } = await reader.read(video);
  video.srcObject.getTracks().forEach((track) => track.stop());
  reader.close();
  return [message, faces.length];
})()`;

Deno.test("buildPackage() leaves a folder with other files alone", async () => {
  await withFolder(async (folder) => {
    await Deno.writeTextFile(join(folder, "package.json"), '{ "name": "mine" }');
    const error = await buildPackage(folder).catch((error) => error);
    match(error.message, /holds something else than a package of this project/);
    deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["package.json"]);
  });
});
