import { deepEqual, ok, rejects } from "node:assert/strict";
import { join } from "node:path";
import { ROOT } from "@/base/root.ts";
import { NATIVE, outputOf, program, testWith, withFolder } from "@/testing.ts";

/** Opens a network where the user's folders are this one. */
const openIn = (folder: string) => `
for (const name of ["HOME", "TMPDIR", "XDG_CACHE_HOME"]) Deno.env.set(name, "${folder}");
for (const name of ["CI", "ORT_DISABLE_TELEMETRY"]) Deno.env.delete(name);
const { openOnnx } = await import("@/native/onnx.ts");
const session = await openOnnx(await Deno.readFile("${ROOT}/data/models/faces/facemesh.onnx"));
await session.run(new Float32Array(3 * 192 ** 2), [1, 192, 192, 3], ["Identity_1"]);
await session.close();`;

for (const arithmetic of ["pinned", "native"] as const) {
  testWith(NATIVE, `a network that was closed says so, with ${arithmetic} arithmetic`, async () => {
    const { openOnnx } = await import("@/native/onnx.ts");
    const file = await Deno.readFile(join(ROOT, "data/models/faces/facemesh.onnx"));
    const session = await openOnnx(file, { arithmetic });
    await session.close();
    await session.close();
    const values = new Float32Array(3 * 192 ** 2);
    await rejects(
      session.run(values, [1, 192, 192, 3], ["Identity_1"]),
      /is closed: open it again/,
    );
  });
}

testWith(
  ["read", "write", "run", "env"],
  "onnxruntime reports nothing: no number of the machine and no log stays in the user's folders",
  async () => {
    await withFolder(async (work) => {
      const folder = join(work, "user");
      await Deno.mkdir(folder);
      const { success, text } = await outputOf(program(openIn(folder), work));
      ok(success, text);
      deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), []);
    });
  },
);
