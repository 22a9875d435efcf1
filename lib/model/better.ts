/**
 * Networks that go beyond the original's: residual blocks, and all that a recipe can ask for. They are
 * no part of the zoo, through which the search looks.
 */
import type { Augmentation, Recipe } from "@/model/recipe.ts";
import type { Spec } from "@/model/spec.ts";

const RECIPE: Recipe = {
  schedule: { kind: "cosine", warmUp: 1 },
  targets: { kind: "years", yearsWeight: 0.5 },
  augmentation: {
    ...{ flip: true, rotation: 0.05, shift: 0.08, zoom: 0.15, brightness: 0.3, contrast: 0.3 },
    erasing: { probability: 0.3, area: 0.2 },
  },
  weightDecay: 0.02,
  averageWeights: 0.998,
  mirrorAverage: true,
};

const EPOCHS = 60;

const ALL: Spec = {
  id: "better",
  parent: null,
  technique: "none",
  conv: [],
  residual: {
    stem: { filters: 32, kernel: 5, stride: 2 },
    stages: [32, 64, 128, 192].map((filters) => ({ filters, blocks: 2, stride: 2 })),
    dropout: 0.3,
    momentum: 0.9, // 0.99 lags behind the first thousand steps: the first epoch validated at 9.8%
  },
  head: "global average",
  dense: [],
  dropout: { conv: 0, dense: [] },
  maxNorm: { conv: null, dense: null },
  batchNorm: { conv: "before ReLU", dense: "none" },
  l2: { conv: 0, dense: 0 },
  learningRate: 0.002,
  batchSize: 64,
  epochs: EPOCHS,
  patience: EPOCHS, // the rate has fallen to 0 only then
  classWeights: "square root",
  horizontalFlip: false, // the augmentation does it
  repeats: null,
  original: null,
  question: "How much better is a residual network with today's recipe, from scratch?",
  recipe: RECIPE,
};

/** Little is changed of photos that the published weights have seen many of. */
const LIGHT: Augmentation = {
  flip: true,
  rotation: 0.04,
  shift: 0.05,
  zoom: 0.12,
  brightness: 0.2,
  contrast: 0.2,
  erasing: { probability: 0.2, area: 0.2 },
};

const { residual: _, ...PLAIN } = ALL;

/** A head on a published network, then its last four pairs of convolutions with it. */
const PUBLISHED: Spec = {
  ...PLAIN,
  id: "published",
  start: { weights: "faceres", frozen: 10, rate: 0.3, headEpochs: 6, dropout: 0.3 },
  batchNorm: { conv: "none", dense: "none" },
  epochs: 14,
  patience: 14,
  question: "How far does a network get that has seen other faces before?",
  recipe: {
    ...RECIPE,
    schedule: { kind: "cosine", warmUp: 0.25 },
    augmentation: LIGHT,
    weightDecay: 0.05,
    averageWeights: 0.995,
  },
};

const ROBUST: Spec = {
  ...ALL,
  id: "better-robust",
  parent: "better",
  recipe: {
    ...RECIPE,
    targets: { kind: "years", yearsWeight: 0.5, width: 2 },
    augmentation: {
      ...RECIPE.augmentation!,
      colour: 0.1,
      damage: { probability: 0.3, blur: 1.5, quality: 30 },
    },
  },
  question: "What do wider targets give, and photos that are blurred and compressed?",
};

/** The better network, and the same with one thing changed; then networks from published weights. */
export const BETTER: readonly Spec[] = [
  ALL,
  {
    ...{ ...ALL, id: "better-brief", parent: "better" },
    ...{ batchSize: 16, learningRate: 0.001, epochs: 8, patience: 8 },
    question: "How far does it get with some hundred photos, in half a minute?",
  },
  {
    ...ALL,
    id: "better-groups",
    parent: "better",
    recipe: { ...RECIPE, targets: { kind: "smoothed", neighbours: 0.1 } },
    question: "What do years give over the five groups as targets?",
  },
  ROBUST,
  {
    ...ROBUST,
    id: "better-student",
    parent: "better-robust",
    ...{ epochs: EPOCHS / 2, patience: EPOCHS / 2 },
    recipe: {
      ...ROBUST.recipe!,
      targets: {
        ...{ kind: "years", yearsWeight: 0.5, width: 2 } as const,
        teacher: { model: "age-groups-published-2", share: 0.7 },
      },
    },
    question: "What does a network learn from a better one, beside the labels?",
  },
  PUBLISHED,
  {
    ...PUBLISHED,
    id: "published-whole",
    parent: "published",
    start: { ...PUBLISHED.start!, frozen: 0, rate: 0.1, headEpochs: 3 },
    epochs: 16,
    patience: 16,
    question: "What does it give to train all of it?",
    recipe: {
      ...PUBLISHED.recipe!,
      augmentation: {
        ...LIGHT,
        colour: 0.1,
        damage: { probability: 0.3, blur: 1.5, quality: 30 },
      },
      averageWeights: 0.998,
    },
  },
];
