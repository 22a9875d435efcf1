import { equal, ok } from "node:assert/strict";
import { join } from "node:path";
import { modelFolder, modelNames, readCard } from "@/answers/model_folder.ts";
import { openPredictor } from "@/answers/onnx_predictor.ts";
import { MODEL_FILES } from "@/model/model_card.ts";
import { leaveOut, outputOf, withFolder } from "@/testing.ts";
import { packageFolder, PYTHON } from "@tools/shared/python.ts";
import { portrait } from "../support/portrait.ts";

const NAME = "Python's onnx checks the files that ship, and its onnxruntime answers as ours";

/** Checks a file, and computes an output for values between black and full. */
const PROGRAM = `
import sys, numpy, onnx, onnxruntime
path, squares, output, side, black, full = sys.argv[1:]
onnx.checker.check_model(path, full_check=True)
onnx.checker.check_model(onnx.load(path), full_check=True)
black, full, side = float(black), float(full), int(side)
bytes = numpy.fromfile(squares, numpy.uint8).reshape(-1, side, side, 3)
values = (bytes.astype(numpy.float32) * ((full - black) / 255) + black).astype(numpy.float32)
session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
session.run([output], {session.get_inputs()[0].name: values})[0].tofile(squares + ".answers")
`;

const FACES = 20;

async function compare(folder: string, name: string): Promise<void> {
  const card = (await readCard(name))!, { side, range: [black, full] } = card.input;
  const model = join(modelFolder(name), MODEL_FILES.onnx), squares = join(folder, name);
  const faces = Array.from({ length: FACES }, (_, k) => portrait(side, side, 90 * k / FACES));
  const bytes = new Uint8Array(faces.flatMap(({ data }) => [...data]));
  await Deno.writeFile(squares, bytes);
  const args = [model, squares, card.output.kind, side, black, full].map(String);
  const { success, text } = await outputOf(
    new Deno.Command(PYTHON, {
      args: ["-c", PROGRAM, ...args],
      env: { ORT_DISABLE_TELEMETRY: "1" },
    }),
  );
  ok(success, text);
  const found = new Float32Array((await Deno.readFile(`${squares}.answers`)).buffer);
  const predictor = await openPredictor(await Deno.readFile(model), card);
  const expected = await predictor.run(bytes, card.output.kind);
  predictor.close();
  equal(found.length, expected.length);
  const off = Math.max(...found.map((value, k) => Math.abs(value - expected[k]!)));
  console.log(`${name}: ${off.toExponential(1)}`);
  ok(off <= 1e-3, `${name}: ${off}`);
}

const isThere = await packageFolder("onnx") && await packageFolder("onnxruntime");
if (!isThere) {
  leaveOut(NAME, "needs onnx and onnxruntime in .venv: .venv/bin/pip install onnx onnxruntime");
} else {
  Deno.test(NAME, async () => {
    await withFolder(async (folder) => {
      for (const name of modelNames()) await compare(folder, name);
    });
  });
}
