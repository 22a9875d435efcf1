import { deepEqual, equal, notDeepEqual, ok, throws } from "node:assert/strict";
import { ABLATION, findRows, trainedFor } from "@/model/ablation.ts";
import { BETTER } from "@/model/better.ts";
import { layerShapes } from "@/model/layers.ts";
import type { Spec } from "@/model/spec.ts";
import { findSpec } from "@/model/zoo.ts";

const rowOf = (id: string) => ABLATION.find(({ spec }) => spec.id === `ablation-${id}`)!;

/** What a spec is and how it is trained, without its names and epochs. */
function essence({ id: _, parent: _p, question: _q, epochs: _e, patience: _w, ...spec }: Spec) {
  return spec;
}

Deno.test("ABLATION goes from model IV to the better network, one step after another", () => {
  const steps = ABLATION.filter(({ part }) => part === "from IV");
  deepEqual(steps.map(({ than }) => than), [
    null,
    ...steps.slice(0, -1).map(({ spec }) => spec.id),
  ]);
  const { conv: padded, ...four } = essence(steps[0]!.spec),
    { conv, ...rest } = essence(findSpec("IV"));
  deepEqual(four, rest);
  deepEqual(padded, conv.map((layer) => ({ ...layer, padding: "same" })));
  deepEqual(essence(steps.at(-1)!.spec), essence(BETTER[0]!));
});

Deno.test("ABLATION compares what lacks a thing, or has one more, with the better network", () => {
  const others = ABLATION.filter(({ part }) => part !== "from IV");
  equal(others.length, 9);
  for (const { spec, than } of others) {
    equal(than, "ablation-better");
    notDeepEqual(essence(spec), essence(BETTER[0]!), spec.id);
  }
});

Deno.test("ABLATION takes photos of 64 pixels", () => {
  for (const { spec } of ABLATION) ok(layerShapes(spec, 64).length > 0);
});

Deno.test("ABLATION names each network once, and trains all for the same epochs", () => {
  equal(new Set(ABLATION.map(({ spec }) => spec.id)).size, ABLATION.length);
  deepEqual([...new Set(ABLATION.map(({ spec }) => spec.epochs))], [12]);
});

Deno.test("ABLATION trains nothing anew for another way of answering", () => {
  const trained = new Set(ABLATION.map(({ trained }) => trained.id));
  equal(trained.size, ABLATION.length - 2);
  equal(rowOf("better").trained, rowOf("weights").spec);
  equal(rowOf("less-mirror").trained, rowOf("weights").spec);
});

Deno.test("findRows finds networks once, in the table's order", () => {
  const found = findRows("less-erasing, better,better", ABLATION);
  deepEqual(found, [rowOf("better"), rowOf("less-erasing")]);
});

Deno.test("findRows names all that are missing, and those that there are", () => {
  throws(() => findRows("iv,best,", ABLATION.slice(0, 2)), {
    name: "RangeError",
    message: 'The ablation has no "best", "". It has iv, residual',
  });
});

Deno.test("trainedFor changes the epochs, names what is trained by them, and nothing else", () => {
  const longer = trainedFor(20, ABLATION);
  deepEqual([...new Set(longer.map(({ trained }) => trained.patience))], [20]);
  deepEqual(longer.map(({ spec }) => spec.id), ABLATION.map(({ spec }) => spec.id));
  equal(longer[0]!.trained.id, "ablation-iv-20-epochs");
  deepEqual(trainedFor(12, ABLATION), ABLATION);
});
