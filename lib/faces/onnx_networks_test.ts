import { deepEqual, ok } from "node:assert/strict";
import { NATIVE, testWith } from "@/testing.ts";

const KINDS = ["detector", "mesh"] as const, ARITHMETICS = ["native", "pinned"] as const;

testWith(
  NATIVE,
  "the ONNX files are those that the package's networks are converted to",
  async () => {
    const { FACE_FILES } = await import("@/faces/onnx_networks.ts");
    const { convertFace } = await import("@tools/models/convert.ts");
    for (const kind of KINDS) {
      const file = FACE_FILES[kind];
      ok(Buffer.compare(await Deno.readFile(file.path), await convertFace(file)) === 0, kind);
    }
  },
);

for (const kind of KINDS) {
  testWith(NATIVE, `onnxruntime computes what TensorFlow.js does: ${kind}`, async () => {
    const { FACE_FILES, openFaceNetworks } = await import("@/faces/onnx_networks.ts");
    const { openFaceGraph } = await import("../../tests/support/face_graph.ts");
    const { side, outputs } = FACE_FILES[kind], names = outputs.map(({ name }) => name);
    const picture = Float32Array.from({ length: side * side * 3 }, (_, k) => (
      0.5 + 0.5 * Math.sin(0.013 * k) * Math.cos(0.0007 * k)
    ));
    const graph = await openFaceGraph(FACE_FILES[kind]);
    const expected = await graph.run(picture, side, names);
    graph.dispose();
    for (const arithmetic of ARITHMETICS) {
      const networks = await openFaceNetworks({ arithmetic });
      const found = await networks[kind].run(picture, side, names);
      deepEqual(found.map(({ length }) => length), expected.map(({ length }) => length));
      for (const [k, values] of found.entries()) {
        const largest = Math.max(1, ...expected[k]!.map(Math.abs));
        const off = Math.max(...values.map((value, i) => Math.abs(value - expected[k]![i]!)));
        ok(off / largest < 1e-5, `${arithmetic}, ${names[k]}: ${off} of ${largest}`);
      }
      networks.detector.dispose();
      networks.mesh.dispose();
    }
  });
}
