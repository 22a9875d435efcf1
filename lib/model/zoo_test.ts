import { deepEqual, equal, match, ok, throws } from "node:assert/strict";
import { type Layer, layersOf } from "@/model/layers.ts";
import { countParameters, layerShapes } from "@/model/layers.ts";
import { findSpec, TESTING, withEpochs, ZOO } from "@/model/zoo.ts";
import type { Spec } from "@/model/spec.ts";
import extraction from "../testdata/model_zoo.json" with { type: "json" };

/** The original's models by technique: name, learning rate and batch size. */
const ORIGINALS: Record<string, string> = {
  "none": `I .001/32, Ia .001/64, Ib .005/64, II .001/64, IIa .005/64, IIb .005/64, III .001/64,
    IIIa .005/64, IV .001/64, IVa .005/64, IVb .01/32, V .001/64, Va .005/32, VI .001/64,
    VIa .005/64, VIb .01/32`,
  "dropout": "VII .001/64, VIIa .1/32, VIII .001/64, VIIIa .1/32, IX .001/64, IXa .1/32",
  "max-norm": `X .001/64, Xa .05/64, XI .001/64, XIa .1/64, XIb .05/32, XII .001/64,
    XIIa .05/32`,
  "max-norm + dropout": `XIII .001/64, XIIIa .01/32, XIV .001/64, XIVa .05/32, XV .001/64,
    XVa .01/32, XVb .01/32, XVI .001/64, XVIa .01/32, XVII .001/64, XVIIa .05/32`,
  "batch normalisation": `XVIII .001/64, XVIIIa .05/32, XVIIIb .1/32, XIX .001/64, XIXa .05/32,
    XX .001/64, XXa .05/32`,
  "L2": "XXI .001/64, XXIa .1/32, XXII .001/64, XXIIa .05/32, XXIII .001/64, XXIIIa .1/32",
};

/** What is only said of a model. */
const WORDS = { id: 0, parent: 0, technique: 0, repeats: 0, original: 0, question: 0 };

const ours = ZOO.filter(({ question }) => question !== null);
const originals = ZOO.slice(0, ZOO.length - ours.length);

Deno.test("ZOO holds the original's 53 models, at their learning rates and batch sizes", () => {
  const expected = Object.entries(ORIGINALS).flatMap(([technique, models]) =>
    models.split(",").map((model) => {
      const [, id, rate, batch] = model.match(/(\w+) (\S+)\/(\d+)/)!;
      return [id, technique, Number(rate), Number(batch)];
    })
  );
  equal(expected.length, 53);
  deepEqual(
    originals.map((
      { id, technique, learningRate, batchSize },
    ) => [id, technique, learningRate, batchSize]),
    expected,
  );
});

Deno.test("ZOO has more than 60 models that differ, each under a name of its own", () => {
  equal(new Set(ZOO.map(({ id }) => id)).size, ZOO.length);
  const definitions = ZOO.filter(({ repeats }) => !repeats).map(definition);
  equal(new Set(definitions).size, definitions.length);
  ok(definitions.length > 60);
});

Deno.test("ZOO's repeats are what they repeat", () => {
  const repeats = ZOO.filter(({ repeats }) => repeats);
  deepEqual(repeats.map(({ id, repeats }) => [id, repeats]), [["IIb", "IIa"], ["XVb", "XVa"]]);
  for (const spec of repeats) equal(definition(spec), definition(findSpec(spec.repeats!)));
});

Deno.test("ZOO's models come after their parents", () => {
  for (const [index, { id, parent }] of ZOO.entries()) {
    ok(parent === null || ZOO.slice(0, index).some(({ id }) => id === parent), id);
  }
  equal(originals.filter(({ id }) => /^[IVX]+$/.test(id)).length, 23);
});

Deno.test("ZOO tells what the original got wrong, of its own models only", () => {
  match(findSpec("Ia").original!, /^model I was trained further in its place$/);
  match(findSpec("XIIa").original!, /could not run.*max-norm.*learning rate/);
  equal(findSpec("IV").original, null);
  for (const { id, original } of ours) equal(original, null, id);
  for (const { id, learningRate, original } of originals) {
    equal(/learning rate/.test(original ?? ""), learningRate >= 0.05, id);
  }
});

Deno.test("ZOO's models of ours differ from their parents in what their question asks", () => {
  deepEqual(changes("IV-rate"), ["learningRate"]);
  deepEqual(changes("IV-batch"), ["batchSize"]);
  deepEqual(changes("IV-average").sort(), ["dense", "head"]);
  deepEqual(changes("IV-average-batch"), ["batchNorm"]);
  for (const { id, question } of ours) match(question!, /^[A-Z0-9].{40,90}$/, id);
});

Deno.test("findSpec() finds a model, and lists the known ones where there is none", () => {
  equal(findSpec("XVa").maxNorm.conv, 3);
  throws(() => findSpec("XXIV"), (error) => {
    ok(error instanceof RangeError);
    match(
      error.message,
      /^There is no model "XXIV": the zoo has I, Ia, .*, XXI-mild; beyond it there are better, /,
    );
    return true;
  });
  throws(() => findSpec("testing"), RangeError);
});

Deno.test("countParameters() counts what the original counted", () => {
  const expected = {
    ...{ I: 11_072_581, II: 1_281_621, III: 7_414_005, IV: 658_773, V: 2_138_901, VI: 1_206_693 },
    // 544 biases less, and 4 weights in place of each
    XVIII: 658_773 - 544 + 4 * 544,
    "IV-average": 44_117,
  };
  for (const [id, parameters] of Object.entries(expected)) {
    equal(countParameters(findSpec(id), 256), parameters, id);
  }
});

Deno.test("layerShapes() follows a photo through model IV", () => {
  deepEqual(
    layerShapes(findSpec("IV"), 256).map(({ layer, shape, parameters }) => (
      `${layer} ${shape.join("x")} ${parameters}`
    )),
    [
      "input 256x256x3 0",
      ...["conv1 256x256x16 448", "pool1 128x128x16 0"],
      ...["conv2 128x128x16 2320", "pool2 64x64x16 0"],
      ...["conv3 64x64x32 4640", "pool3 32x32x32 0"],
      ...["conv4 30x30x32 9248", "pool4 15x15x32 0"],
      ...["conv5 13x13x64 18496", "pool5 6x6x64 0"],
      "flatten 2304 0",
      "dense1 256 590080",
      "dense2 128 32896",
      "output 5 645",
    ],
  );
});

Deno.test("layerShapes() names the layer that runs out of pixels, and the smallest side", () => {
  throws(() => layerShapes(findSpec("IV"), 24), {
    name: "RangeError",
    message: "Model IV cannot take photos of 24 pixels: layer pool4 would have none left; " +
      "the smallest side it takes is 80",
  });
  equal(layerShapes(findSpec("IV"), 80).at(-1)!.shape[0], 5);
  throws(() => layerShapes(findSpec("IV"), 79), /layer pool5/);
  for (const side of [0, -16, 64.5, NaN]) {
    throws(() => countParameters(TESTING, side), /a side is a whole number above 0/);
  }
});

Deno.test("layersOf() normalises before or after ReLU, and leaves out the bias", () => {
  const first = (id: string) =>
    layersOf(findSpec(id)).slice(0, 3).map((layer) => (
      `${layer.kind}${"bias" in layer ? ` ${layer.activation} ${layer.bias}` : ""}`
    ));
  deepEqual(first("IV"), ["convolution relu true", "max pooling", "convolution relu true"]);
  const after = ["convolution relu false", "batch normalisation", "max pooling"];
  deepEqual(first("XVIII"), after);
  deepEqual(first("XVIII-before"), ["convolution linear false", "batch normalisation", "ReLU"]);
});

Deno.test("layersOf() drops behind the layers that the model names", () => {
  const dropouts = (id: string) => layersOf(findSpec(id)).filter(({ kind }) => kind === "dropout");
  const values = { kind: "dropout", rate: 0.5, of: "values" };
  deepEqual(dropouts("VIII"), [{ ...values, name: "dense1_dropout" }]);
  deepEqual(dropouts("IX"), [{ ...values, name: "dense2_dropout" }]);
  equal(dropouts("VII").length, 2);
  equal(dropouts("IV-maps").length, 5);
  deepEqual(dropouts("IV-maps")[0], {
    kind: "dropout",
    name: "pool1_dropout",
    rate: 0.2,
    of: "maps",
  });
});

/** What the extraction says of one layer. */
interface OriginalLayer {
  filters: number;
  kernel: number;
  padding: string;
  poolAfter: boolean;
  units: number;
  useBias: boolean;
  batchNormIntended: string | null;
  dropoutAfter: number | null;
  l2: number | null;
  maxNorm: number | null;
}

/** What the extraction from the original's notebook says of one model. */
interface OriginalModel {
  id: string;
  technique: string;
  conv: OriginalLayer[];
  dense: OriginalLayer[];
  output: OriginalLayer;
  learningRate: number;
  batchSize: number;
  epochs: number;
  earlyStopping: { patience: number };
  checkpoint: { definedPath: string; writtenPath: string };
  asWritten: { fittedModel: string; runs: boolean };
  identicalConfigTo: string | null;
  derived: { layerShapes: number[][]; flattenUnits: number; totalParams: number };
}

Deno.test("ZOO agrees in every field with what was extracted from the original", () => {
  const facts = extraction as OriginalModel[];
  deepEqual(facts.map(({ id }) => id), originals.map(({ id }) => id));
  for (const fact of facts) deepEqual(ofSpec(findSpec(fact.id)), ofFact(fact), fact.id);
});

/** The extraction, in the form of {@linkcode ofSpec}. */
function ofFact(fact: OriginalModel) {
  const { derived, asWritten, checkpoint } = fact;
  const weighted = (layer: OriginalLayer) => ({
    bias: layer.useBias,
    l2: layer.l2 ?? 0,
    maxNorm: layer.maxNorm,
    normalised: Boolean(layer.batchNormIntended),
    dropout: layer.dropoutAfter ?? 0,
  });
  return {
    technique: fact.technique.split(" + ").map((part) => part.replace(/ (on |\(basic).*/, ""))
      .join(" + "),
    conv: fact.conv.map((layer) => ({
      ...{ filters: layer.filters, kernel: layer.kernel, padding: layer.padding },
      ...{ pool: layer.poolAfter, ...weighted(layer) },
    })),
    dense: [...fact.dense, fact.output].map((layer) => ({
      units: layer.units,
      ...weighted(layer),
    })),
    shapes: [...derived.layerShapes, [derived.flattenUnits]],
    parameters: derived.totalParams,
    training: [fact.learningRate, fact.batchSize, fact.epochs, fact.earlyStopping.patience],
    repeats: fact.identicalConfigTo,
    fittedAnother: asWritten.fittedModel !== fact.id,
    runs: asWritten.runs,
    overwrites: checkpoint.writtenPath !== checkpoint.definedPath,
  };
}

/** A model of the zoo by its layers, in the words of the extraction. */
function ofSpec(spec: Spec) {
  const layers = layersOf(spec);
  const behind = (name: string) => layers.find((layer) => layer.name === name);
  const weighted = ({ name, bias, l2, maxNorm }: Extract<Layer, { bias: boolean }>) => {
    const dropout = behind(`${name}_dropout`);
    return {
      ...{ bias, l2, maxNorm, normalised: behind(`${name}_normalisation`) !== undefined },
      dropout: dropout?.kind === "dropout" ? dropout.rate : 0,
    };
  };
  const shapes = layerShapes(spec, 256);
  const normalisations = shapes.filter(({ kind }) => kind === "batch normalisation");
  return {
    technique: spec.technique,
    conv: layers.filter((layer) => layer.kind === "convolution").map((layer) => ({
      ...{ filters: layer.filters, kernel: layer.kernel, padding: layer.padding },
      ...{ pool: behind(layer.name.replace("conv", "pool")) !== undefined, ...weighted(layer) },
    })),
    dense: layers.filter((layer) => layer.kind === "dense")
      .map((layer) => ({ units: layer.units, ...weighted(layer) })),
    shapes: shapes.filter(({ kind }) => /input|convolution|pooling|flatten/.test(kind))
      .map(({ shape }) => [...shape]),
    // the original counted no batch normalisation, as it had none
    parameters: countParameters(spec, 256) -
      normalisations.reduce((sum, { parameters }) => sum + parameters, 0),
    training: [spec.learningRate, spec.batchSize, spec.epochs, spec.patience],
    repeats: spec.repeats,
    fittedAnother: /was trained further/.test(spec.original ?? ""),
    runs: !/could not run/.test(spec.original ?? ""),
    overwrites: /checkpoint overwrote/.test(spec.original ?? ""),
  };
}

Deno.test("withEpochs() lets no model stop early that would not by itself", () => {
  const patience = (id: string, epochs: number) => withEpochs(findSpec(id), epochs).patience;
  deepEqual([patience("better", 12), patience("better", 90)], [12, 90]);
  deepEqual([patience("IV", 12), patience("IV", 200)], [12, 20]);
});

/** All that decides what is trained, as one text. */
function definition(spec: Spec): string {
  return JSON.stringify({ ...spec, ...WORDS });
}

/** The fields in which a model differs from its parent. */
function changes(id: string): string[] {
  const spec = { ...findSpec(id), ...WORDS },
    parent = { ...findSpec(findSpec(id).parent!), ...WORDS };
  return (Object.keys(spec) as (keyof typeof spec)[])
    .filter((key) => JSON.stringify(spec[key]) !== JSON.stringify(parent[key]));
}
