import { deepEqual, equal } from "node:assert/strict";
import { RESIDUAL, SQUEEZED, withNetwork } from "@/model/_testing.ts";
import { BETTER } from "@/model/better.ts";
import { countParameters, layerShapes, layersOf } from "@/model/layers.ts";
import { findSpec, ZOO } from "@/model/zoo.ts";

Deno.test("BETTER is found by name, and no part of the zoo that the search looks through", () => {
  for (const spec of BETTER) equal(findSpec(spec.id), spec);
  equal(ZOO.length, 64);
  equal(ZOO.some(({ residual, recipe }) => residual || recipe), false);
});

Deno.test("the better network halves a photo of 96 pixels five times, and has 2 million weights", () => {
  const shapes = layerShapes(findSpec("better"), 96);
  const sizes = shapes.filter(({ kind }) => kind === "residual").map(({ shape }) =>
    shape.join(" ")
  );
  deepEqual(sizes, [
    ...["24 24 32", "24 24 32", "12 12 64", "12 12 64"],
    ...["6 6 128", "6 6 128", "3 3 192", "3 3 192"],
  ]);
  equal(Math.round(countParameters(findSpec("better"), 96) / 1e5), 20);
});

Deno.test("a residual block has a convolution beside it only if the shape changes", () => {
  const blocks = layersOf(RESIDUAL).filter((layer) => layer.kind === "residual");
  deepEqual(blocks.map(({ shortcut }) => shortcut.map(({ kind }) => kind)), [
    ["convolution", "batch normalisation"],
    [],
    [],
  ]);
});

Deno.test("a residual network has the weights that its shapes tell, and the five groups' probabilities", async () => {
  await withNetwork(RESIDUAL, (network) => {
    equal(network.countParams(), countParameters(RESIDUAL, 16));
    deepEqual(network.outputs[0]!.shape, [null, 5]);
  });
});

Deno.test("squeeze-and-excitation weighs the channels of each block, and changes no shape", async () => {
  const gates = layersOf(SQUEEZED).filter((layer) => layer.kind === "residual")
    .map(({ main }) => main.at(-1)!);
  deepEqual(gates.map(({ kind, name }) => [kind, name]), [
    ["gate", "block1_1_gate"],
    ["gate", "block1_2_gate"],
    ["gate", "block2_1_gate"],
  ]);
  const plain = layerShapes(RESIDUAL, 16), squeezed = layerShapes(SQUEEZED, 16);
  deepEqual(squeezed.map(({ shape }) => shape), plain.map(({ shape }) => shape));
  // 6 channels to 3 units and back, with biases, in each of three blocks
  equal(countParameters(SQUEEZED, 16) - countParameters(RESIDUAL, 16), 3 * (7 * 3 + 4 * 6));
  await withNetwork(SQUEEZED, (network) => {
    equal(network.countParams(), countParameters(SQUEEZED, 16));
    deepEqual(network.outputs[0]!.shape, [null, 5]);
  });
});
