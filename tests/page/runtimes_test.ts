import { equal, ok } from "node:assert/strict";
import { cpSync } from "node:fs";
import { join } from "node:path";
import * as esbuild from "esbuild";
import { modelFolder, modelNames, readCard } from "@/answers/model_folder.ts";
import { openOnnxModel } from "@/answers/onnx_model.ts";
import { predictSquares } from "@/answers/prediction.ts";
import { ROOT } from "@/base/project.ts";
import { MODEL_FILES, PAGE_MODEL } from "@/model/model_card.ts";
import { ALL, withFolder } from "@/testing.ts";
import { servePage } from "@tools/page/page_server.ts";
import { built, newPage, opened, PAGE, testPage } from "../support/page.ts";
import { portrait } from "../support/portrait.ts";

/** Runs in the browser: the page's own network on TensorFlow.js, and files on onnxruntime-web. */
const ENTRY = `
  import { openPredictor } from "@/answers/onnx_predictor.ts";
  import { predictSquares } from "@/answers/prediction.ts";
  import { parseCard } from "@/model/model_card.ts";
  import { startBackend } from "./backend.ts";
  import { answersTo, openModel } from "./model.ts";
  const load = async (path) => new Uint8Array(await (await fetch(path)).arrayBuffer());
  const textOf = async (path) => await (await fetch(path)).text();
  const squaresOf = async (name, side) => {
    const all = await load(name + ".bin"), size = 3 * side ** 2;
    return Array.from({ length: all.length / size }, (_, k) => (
      { width: side, height: side, data: all.subarray(k * size, (k + 1) * size) }
    ));
  };
  const sharesOf = (answers) => answers.map(({ probabilities }) => probabilities);
  globalThis.onTensorFlow = async (name, backend, count) => {
    await startBackend(backend);
    const names = ["model_card.json", "model.json", "weights.bin"].map((file) => "model/" + file);
    const files = await Promise.all(names.map(async (name) => [name, await load(name)]));
    const model = await openModel(new Map(files), "model/");
    const squares = await squaresOf(name, model.card.input.side), shares = [];
    for (let from = 0; from < count; from += 20) {
      shares.push(...sharesOf(await answersTo(model, squares.slice(from, Math.min(from + 20, count)))));
    }
    return shares;
  };
  globalThis.onOnnxRuntime = async (name, count) => {
    const card = parseCard(await textOf(name + ".json"), name);
    const engine = { arithmetic: "pinned", readWasm: () => load("ort.wasm") };
    const model = await openPredictor(await load(name + ".onnx"), card, engine);
    const squares = await squaresOf(name, card.input.side);
    return sharesOf(await predictSquares(model, squares.slice(0, count)));
  };`;

async function bundle(outfile: string): Promise<void> {
  await esbuild.build({
    stdin: { contents: ENTRY, resolveDir: join(ROOT, "web"), loader: "ts" },
    outfile,
    absWorkingDir: ROOT,
    alias: {
      "@tensorflow/tfjs": join(ROOT, "web", "tensorflow.ts"),
      "onnxruntime-node": "onnxruntime-web/wasm",
    },
    tsconfigRaw: { compilerOptions: { paths: { "@/*": [join(ROOT, "lib", "*")] } } },
    define: { PAGE: '{ "version": "", "files": {} }' },
    external: ["node:*"],
    bundle: true,
    format: "esm",
    logLevel: "error",
  });
  await esbuild.stop();
}

/** Drawn faces from birth to old age; every day a part of what `deno task test --all` takes. */
const FACES = ALL ? 200 : 40;

/** Clients in the browser, how many faces they see, and the largest difference of a probability. */
const CLIENTS = [
  {
    client: "TensorFlow.js, WebAssembly",
    call: "onTensorFlow",
    args: ["wasm"],
    faces: FACES,
    off: 1e-3,
  },
  {
    client: "TensorFlow.js, WebGL",
    call: "onTensorFlow",
    args: ["webgl"],
    faces: FACES / 10,
    off: 5e-3,
  },
  { client: "onnxruntime-web", call: "onOnnxRuntime", args: [], faces: FACES, off: 1e-3 },
].filter(({ args: [backend] }) => ALL || backend !== "webgl"); // the processor plays it, which takes long

/** The models of a client: the page's alone on TensorFlow.js, whose file the page has. */
const modelsOf = (call: string) => call === "onTensorFlow" ? [PAGE_MODEL] : modelNames();

testPage(`the browser's runtimes agree with onnxruntime on ${FACES} drawn faces`, async () => {
  await built();
  await withFolder(async (folder) => {
    const version = [...Deno.readDirSync(PAGE)].find(({ isDirectory }) => isDirectory)!.name;
    cpSync(join(PAGE, version), folder, { recursive: true });
    await Deno.writeTextFile(
      join(folder, "index.html"),
      '<script type="module" src="test.js"></script>',
    );
    await bundle(join(folder, "test.js"));
    const wasm = "node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.wasm";
    await Deno.copyFile(join(ROOT, wasm), join(folder, "ort.wasm"));
    const expected = new Map(
      await Promise.all(
        modelNames().map(async (name) => [name, await prepare(folder, name)] as const),
      ),
    );
    const server = servePage(folder, 0), context = await (await opened()).createBrowserContext();
    try {
      for (const { client, call, args, faces, off } of CLIENTS) {
        for (const model of modelsOf(call)) {
          const page = await newPage(context);
          await page.goto(`http://localhost:${server.addr.port}/`);
          await page.waitForFunction("globalThis.onTensorFlow");
          const values = [model, ...args, faces].map((value) => JSON.stringify(value)).join(", ");
          const found = await page.evaluate(`${call}(${values})`) as number[][];
          equal(found.length, faces);
          const most = largestDifference(found, expected.get(model)!);
          console.log(`${client}, ${model}, ${faces} faces: ${most.toExponential(1)}`);
          ok(most <= off, `${client}, ${model}: ${most}`);
          await page.close();
        }
      }
    } finally {
      await context.close();
      await server.shutdown();
    }
  });
});

/** Puts a model's file, card and squares into the folder; returns what native onnxruntime says of these. */
async function prepare(folder: string, name: string): Promise<number[][]> {
  const card = (await readCard(name))!, { side } = card.input, model = modelFolder(name);
  await Deno.copyFile(join(model, MODEL_FILES.onnx), join(folder, `${name}.onnx`));
  await Deno.copyFile(join(model, MODEL_FILES.card), join(folder, `${name}.json`));
  const squares = Array.from({ length: FACES }, (_, k) => portrait(side, side, 90 * k / FACES));
  await Deno.writeFile(
    join(folder, `${name}.bin`),
    new Uint8Array(
      await new Blob(squares.map(({ data }) => data as Uint8Array<ArrayBuffer>)).arrayBuffer(),
    ),
  );
  const reader = await openOnnxModel(join(model, MODEL_FILES.onnx), card);
  const answers = await predictSquares(reader, squares);
  reader.close();
  return answers.map(({ probabilities }) => probabilities);
}

function largestDifference(found: number[][], expected: number[][]): number {
  return Math.max(
    ...found.flatMap((shares, k) => shares.map((share, i) => Math.abs(share - expected[k]![i]!))),
  );
}
