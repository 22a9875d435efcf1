import { equal, ok, throws } from "node:assert/strict";
import { NATIVE, testWith } from "@/testing.ts";

/** The networks, the side of the pictures that they look at, and their results that are used. */
const NETWORKS = [
  ["blazeface", 256, ["Identity", "Identity_1", "Identity_2", "Identity_3"]],
  ["facemesh", 192, ["Identity_2", "Identity_1"]],
] as const;

for (const [name, side, outputs] of NETWORKS) {
  testWith(NATIVE, `nativeNetwork() says what ${name}'s graph says, and frees memory`, async () => {
    const { tf } = await import("@/native/tensorflow.ts");
    const { NETWORK_FOLDER } = await import("@/faces/load_networks.ts");
    const { nativeNetwork } = await import("@/faces/native_network.ts");
    const { hasSeparable } = await import("@/native/separable.ts");
    if (!hasSeparable()) return; // a GPU: the graph is executed as it is
    const { modelTopology, weightsManifest } = JSON.parse(
      await Deno.readTextFile(`${NETWORK_FOLDER}/${name}.json`),
    );
    const { buffer: weightData } = await Deno.readFile(`${NETWORK_FOLDER}/${name}.bin`);
    const weightSpecs = weightsManifest[0].weights, before = tf.memory().numTensors;
    const graph = await tf.loadGraphModel({
      load: () => Promise.resolve({ modelTopology, weightSpecs, weightData }),
    });
    const own = nativeNetwork(modelTopology.node, tf.io.decodeWeights(weightData, weightSpecs));
    const photo = tf.randomUniform([1, side, side, 3], 0, 1, "float32", 7);
    const said = [own, graph].map((network) => network.execute(photo, [...outputs]) as never[]);
    for (const [k, value] of said[0]!.entries()) {
      const difference = tf.tidy(() => tf.sub(value, said[1]![k]!).abs().max().dataSync()[0]!);
      ok(difference < 1e-3, `${outputs[k]} is off by ${difference}`);
    }
    tf.dispose([photo, said]);
    own.dispose();
    graph.dispose();
    equal(tf.memory().numTensors, before);
  });
}

testWith(NATIVE, "nativeNetwork() names an op that it does not know", async () => {
  const { tf } = await import("@/native/tensorflow.ts");
  const { nativeNetwork } = await import("@/faces/native_network.ts");
  const nodes = [{ name: "photo", op: "Placeholder" }, { name: "x", op: "Erf", input: ["photo"] }];
  const network = nativeNetwork(nodes, {}), photo = tf.zeros([1, 2, 2, 3]);
  throws(() => network.execute(photo, ["x"]), /no step for the op Erf of x/);
  photo.dispose();
});
