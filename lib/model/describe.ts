/**
 * The models in words: how each differs from its parent, and the question it answers.
 *
 * @module
 */
import { ZOO } from "@/model/zoo.ts";
import type { ConvolutionSpec, Parts, Spec } from "@/model/spec.ts";

/** Each field of a spec in words; nothing where a model does without it. */
const WORDS: { [Key in keyof Spec]?: (value: Spec[Key]) => string[] } = {
  conv: (layers) => [`convolutions ${layers.map(convolutionWords).join(", ")}`],
  head: (head) => head === "flatten" ? [] : [head],
  dense: (layers) => [`dense ${layers.join(", ")}`],
  dropout: ({ conv, dense }) => [
    ...conv > 0 ? [`dropout ${conv} of maps`] : [],
    ...dense.flatMap((rate, k) => rate > 0 ? [`dropout ${rate} after dense ${k + 1}`] : []),
  ],
  maxNorm: (parts) => partWords("max-norm", parts),
  batchNorm: (parts) => partWords("normalised", parts),
  l2: (parts) => partWords("L2", parts),
  learningRate: (rate) => [`rate ${rate}`],
  batchSize: (size) => [`batch ${size}`],
  classWeights: (weighted) => weighted ? [] : ["no class weights"],
  horizontalFlip: (mirrored) => mirrored ? ["half the photos mirrored"] : [],
};

/**
 * Tells how a model differs from its parent, or, if it has none, what it consists of.
 *
 * @example A variant of model VII
 * ```ts
 * import { findSpec } from "@/model/zoo.ts";
 * import { differences } from "@/model/describe.ts";
 * import { deepEqual } from "node:assert/strict";
 *
 * deepEqual(differences(findSpec("VIIa")), ["rate 0.1", "batch 32"]);
 * ```
 */
export function differences(spec: Spec, specs: readonly Spec[] = ZOO): string[] {
  const parent = specs.find(({ id }) => id === spec.parent);
  const keys = Object.keys(WORDS) as (keyof Spec)[];
  const own = keys.filter((key) => JSON.stringify(spec[key]) !== JSON.stringify(parent?.[key]));
  return own.flatMap((key) => wordsOf(spec, key));
}

/** The question of a model of ours, in lines that fit a table; none for the original's. */
export function questionLines({ question }: Pick<Spec, "question">): string[] {
  return question?.match(/\S.{0,56}(?=\s|$)/g) ?? [];
}

function wordsOf<Key extends keyof Spec>(spec: Spec, key: Key): string[] {
  return WORDS[key]?.(spec[key]) ?? [];
}

/** The number of filters, and their size unless it is the usual 3x3. */
function convolutionWords({ filters, kernel }: ConvolutionSpec): string {
  return kernel === 3 ? `${filters}` : `${filters} of ${kernel}x${kernel}`;
}

function partWords(what: string, { conv, dense }: Parts<string | number | null>): string[] {
  const places = [[conv, "convolutions"], [dense, "dense layers"]];
  return places.filter(([value]) => value && value !== "none")
    .map(([value, place]) => `${what} ${value} in ${place}`);
}
