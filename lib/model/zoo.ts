/**
 * The models as data: the 53 of the original study, and ours for the questions it left open.
 *
 * A row names what sets a model apart from its parent; the layers follow in `layersOf()`.
 */
import { BETTER } from "@/model/better.ts";
import type { ConvolutionSpec, Spec } from "@/model/spec.ts";

/** A convolution that keeps height and width. */
const same = (filters: number, { kernel = 3, pool = true } = {}): ConvolutionSpec => (
  { filters, kernel, padding: "same", pool }
);

/** A convolution that loses the border. */
const valid = (filters: number, { pool = true } = {}): ConvolutionSpec => (
  { filters, kernel: 3, padding: "valid", pool }
);

const UNPOOLED = { pool: false };

// the six architectures of models I to VI; every later model is built on D, which is IV
const A = { conv: [same(32), same(64), same(128), valid(256), valid(512)], dense: [512, 128] };
const B = { conv: [same(16), same(16), same(32), valid(32), valid(64)], dense: [512, 128] };
const C = { conv: [valid(16), valid(16), valid(32)], dense: [256, 128] };
const D = { conv: B.conv, dense: [256, 128] };
const E = {
  conv: [
    ...[same(16, UNPOOLED), same(16)],
    ...[same(32, UNPOOLED), same(32)],
    ...[same(64, UNPOOLED), same(64)],
    ...[valid(64, UNPOOLED), valid(64)],
    ...[valid(128, UNPOOLED), valid(128)],
  ],
  dense: [512, 256],
};
const F = {
  conv: [same(16, { kernel: 7 }), same(16, { kernel: 5 }), same(16), same(32), same(32)],
  dense: [512, 256],
};

/** Values of fields that a row does not set. */
const DEFAULTS = {
  ...D,
  technique: "none",
  head: "flatten",
  dropout: { conv: 0, dense: [] },
  maxNorm: { conv: null, dense: null },
  batchNorm: { conv: "none", dense: "none" },
  l2: { conv: 0, dense: 0 },
  learningRate: 0.001,
  batchSize: 64,
  epochs: 100,
  patience: 20,
  classWeights: true,
  horizontalFlip: false,
} as const;

const BOTH = { conv: 0, dense: [0.5, 0.5] };
const FIRST = { conv: 0, dense: [0.5, 0] };
const SECOND = { conv: 0, dense: [0, 0.5] };

const NORM_ALL = { conv: 3, dense: 3 };
const NORM_CONV = { conv: 3, dense: null };
const NORM_DENSE = { conv: null, dense: 3 };

// without the bias, as the original has it, normalisation belongs before ReLU
const BATCH_ALL = { conv: "after ReLU", dense: "after ReLU" } as const;
const BATCH_CONV = { conv: "after ReLU", dense: "none" } as const;
const BATCH_DENSE = { conv: "none", dense: "after ReLU" } as const;

/** A model: its name, its parent's, and how it differs from the parent, or from the defaults. */
type Row = [id: string, parent: string | null, difference: Partial<Spec>];

const ROWS: readonly Row[] = [
  ["I", null, { ...A, batchSize: 32 }],
  ["Ia", "I", { batchSize: 64 }],
  ["Ib", "I", { learningRate: 0.005, batchSize: 64 }],
  ["II", null, B],
  ["IIa", "II", { learningRate: 0.005 }],
  ["IIb", "II", { learningRate: 0.005, repeats: "IIa" }],
  ["III", null, C],
  ["IIIa", "III", { learningRate: 0.005 }],
  ["IV", null, D],
  ["IVa", "IV", { learningRate: 0.005 }],
  ["IVb", "IV", { learningRate: 0.01, batchSize: 32 }],
  ["V", null, E],
  ["Va", "V", { learningRate: 0.005, batchSize: 32 }],
  ["VI", null, F],
  ["VIa", "VI", { learningRate: 0.005 }],
  ["VIb", "VI", { learningRate: 0.01, batchSize: 32 }],

  ["VII", "IV", { technique: "dropout", dropout: BOTH }],
  ["VIIa", "VII", { learningRate: 0.1, batchSize: 32 }],
  ["VIII", "IV", { technique: "dropout", dropout: FIRST }],
  ["VIIIa", "VIII", { learningRate: 0.1, batchSize: 32 }],
  ["IX", "IV", { technique: "dropout", dropout: SECOND }],
  ["IXa", "IX", { learningRate: 0.1, batchSize: 32 }],

  ["X", "IV", { technique: "max-norm", maxNorm: NORM_ALL }],
  ["Xa", "X", { learningRate: 0.05 }],
  ["XI", "IV", { technique: "max-norm", maxNorm: NORM_DENSE }],
  ["XIa", "XI", { learningRate: 0.1 }],
  ["XIb", "XI", { learningRate: 0.05, batchSize: 32 }],
  ["XII", "IV", { technique: "max-norm", maxNorm: NORM_CONV }],
  ["XIIa", "XII", { learningRate: 0.05, batchSize: 32 }],

  ["XIII", "IV", { technique: "max-norm + dropout", maxNorm: NORM_DENSE, dropout: BOTH }],
  ["XIIIa", "XIII", { learningRate: 0.01, batchSize: 32 }],
  ["XIV", "IV", { technique: "max-norm + dropout", maxNorm: NORM_CONV, dropout: BOTH }],
  ["XIVa", "XIV", { learningRate: 0.05, batchSize: 32 }],
  ["XV", "IV", { technique: "max-norm + dropout", maxNorm: NORM_ALL, dropout: BOTH }],
  ["XVa", "XV", { learningRate: 0.01, batchSize: 32 }],
  ["XVb", "XV", { learningRate: 0.01, batchSize: 32, repeats: "XVa" }],
  ["XVI", "IV", { technique: "max-norm + dropout", maxNorm: NORM_DENSE, dropout: FIRST }],
  ["XVIa", "XVI", { learningRate: 0.01, batchSize: 32 }],
  ["XVII", "IV", { technique: "max-norm + dropout", maxNorm: NORM_DENSE, dropout: SECOND }],
  ["XVIIa", "XVII", { learningRate: 0.05, batchSize: 32 }],

  ["XVIII", "IV", { technique: "batch normalisation", batchNorm: BATCH_ALL }],
  ["XVIIIa", "XVIII", { learningRate: 0.05, batchSize: 32 }],
  ["XVIIIb", "XVIII", { learningRate: 0.1, batchSize: 32 }],
  ["XIX", "IV", { technique: "batch normalisation", batchNorm: BATCH_CONV }],
  ["XIXa", "XIX", { learningRate: 0.05, batchSize: 32 }],
  ["XX", "IV", { technique: "batch normalisation", batchNorm: BATCH_DENSE }],
  ["XXa", "XX", { learningRate: 0.05, batchSize: 32 }],

  ["XXI", "IV", { technique: "L2", l2: { conv: 0.005, dense: 0.01 } }],
  ["XXIa", "XXI", { learningRate: 0.1, batchSize: 32 }],
  ["XXII", "IV", { technique: "L2", l2: { conv: 0.005, dense: 0 } }],
  ["XXIIa", "XXII", { learningRate: 0.05, batchSize: 32 }],
  ["XXIII", "IV", { technique: "L2", l2: { conv: 0, dense: 0.01 } }],
  ["XXIIIa", "XXIII", { learningRate: 0.1, batchSize: 32 }],

  ["IV-rate", "IV", { learningRate: 0.01 }],
  ["IV-batch", "IV", { batchSize: 32 }],
  ["IV-slow", "IV", { learningRate: 0.0003 }],
  ["IV-unweighted", "IV", { technique: "no class weights", classWeights: false }],
  ["IV-mirror", "IV", { technique: "mirrored photos", horizontalFlip: true }],
  ["IV-maps", "IV", { technique: "dropout", dropout: { conv: 0.2, dense: [] } }],
  ["IV-average", "IV", {
    technique: "global average pooling",
    head: "global average",
    dense: [128],
  }],
  ["IV-average-batch", "IV-average", { batchNorm: BATCH_CONV }],
  ["XVIII-dropout", "XVIII", { technique: "batch normalisation + dropout", dropout: BOTH }],
  ["XVIII-before", "XVIII", { batchNorm: { conv: "before ReLU", dense: "before ReLU" } }],
  ["XXI-mild", "XXI", { l2: { conv: 0.0005, dense: 0.001 } }],
];

/** The questions that the original left open, by the models of ours that answer them. */
const QUESTIONS: Readonly<Record<string, string>> = {
  "IV-rate": "IVb changes learning rate and batch size at once: what does the rate do alone?",
  "IV-batch": "IVb changes learning rate and batch size at once: what does the batch do alone?",
  "IV-slow": "No variant of the original lowers the learning rate: is a lower one better?",
  "IV-unweighted": "What do class weights of up to 7 cost in accuracy, and what do they give 60+?",
  "IV-mirror": "The original shows the same photos in every epoch: does mirroring some help?",
  "IV-maps": "The original never drops after a convolution: does dropping whole maps help?",
  "IV-average": "At 256 pixels, 90% of IV's parameters are its first dense layer: are they needed?",
  "IV-average-batch": "Does batch normalisation make up for the layer that averaging takes away?",
  "XVIII-dropout": "The original combines dropout with max-norm only: how about normalisation?",
  "XVIII-before": "The original meant to normalise after ReLU: is it better before, as is usual?",
  "XXI-mild": "Are the original's L2 penalties too strong? Here is a tenth of them",
};

/** Errors of the original study's notebook, `code/Source_Code.ipynb`, and the models that have them. */
const FLAWS: Readonly<Record<string, readonly string[]>> = {
  "model I was trained further in its place": ["Ia", "Ib"],
  "model IIa was trained further in its place": ["IIb"],
  "its checkpoint was overwritten by IIIa's": ["III"],
  "its checkpoint overwrote III's": ["IIIa"],
  "could not run, as its optimizer was misnamed": ["VIa", "VIb", "XIIa", "XVIIIa", "XVIIIb"],
  "batch normalisation was never added": [
    ...["XVIII", "XVIIIa", "XVIIIb", "XIX", "XIXa", "XX", "XXa"],
  ],
  "max-norm held for each column of a kernel, not for each filter": [
    ...["X", "Xa", "XII", "XIIa", "XIV", "XIVa", "XV", "XVa", "XVb"],
  ],
  "learning rate 50 to 100 times Adam's default": [
    ...["VIIa", "VIIIa", "IXa", "Xa", "XIa", "XIb", "XIIa", "XIVa", "XVIIa"],
    ...["XVIIIa", "XVIIIb", "XIXa", "XXa", "XXIa", "XXIIa", "XXIIIa"],
  ],
};

/** The models that the search trains: the original's 53 in their order, then 11 of ours. */
export const ZOO: readonly Spec[] = ROWS.reduce(
  (models: readonly Spec[], row) => [...models, derive(row, models)],
  [],
);

/** A model for tests, of photos with a side of 16 pixels; not one of the zoo. */
export const TESTING = derive(
  ["testing", null, { conv: [same(4), same(8)], dense: [8, 8], batchSize: 8, epochs: 2 }],
  [],
);

/**
 * Finds a model of the zoo, or one that goes beyond it, by its name.
 *
 * @throws {RangeError} if there is none of that name
 *
 * @example The model that the original found best
 * ```ts
 * import { equal } from "node:assert/strict";
 *
 * equal(findSpec("IV").learningRate, 0.001);
 * equal(findSpec("VIIa").parent, "VII");
 * ```
 */
export function findSpec(id: string): Spec {
  const spec = [...ZOO, ...BETTER].find((spec) => spec.id === id);
  if (spec) return spec;
  const [zoo, better] = [ZOO, BETTER].map((rows) => rows.map(({ id }) => id).join(", "));
  throw new RangeError(
    `There is no model "${id}": the zoo has ${zoo}; beyond it there are ${better}`,
  );
}

/**
 * The same model, planned for another number of epochs: a learning rate that falls in the course of the training
 * falls within these, and what would not stop early still does not.
 *
 * @example A third of the epochs
 * ```ts
 * import { equal } from "node:assert/strict";
 *
 * const short = withEpochs(findSpec("IV"), 12);
 * equal(short.id, "IV-12-epochs");
 * equal(short.patience, 12);
 * ```
 */
export function withEpochs(spec: Spec, epochs: number): Spec {
  if (epochs === spec.epochs) return spec;
  const patience = spec.patience < spec.epochs ? Math.min(spec.patience, epochs) : epochs;
  return { ...spec, id: `${spec.id}-${epochs}-epochs`, epochs, patience };
}

function derive([id, parent, difference]: Row, models: readonly Spec[]): Spec {
  const base = models.find((model) => model.id === parent) ?? DEFAULTS;
  const question = QUESTIONS[id] ?? null, original = flaws(id);
  return { ...base, repeats: null, question, ...difference, id, parent, original };
}

function flaws(id: string): string | null {
  const own = Object.entries(FLAWS).filter(([, models]) => models.includes(id));
  return own.map(([flaw]) => flaw).join("; ") || null;
}
