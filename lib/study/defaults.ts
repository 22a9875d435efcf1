/**
 * The settings of a study where nobody chooses others, for commands and notebooks alike, and the environment
 * variables that choose them.
 */

/** The environment variable of each setting. */
export const VARIABLES = {
  folder: "HUMAN_AGE_DATA",
  side: "HUMAN_AGE_SIDE",
  split: "HUMAN_AGE_SPLIT",
  seed: "HUMAN_AGE_SEED",
  model: "HUMAN_AGE_MODEL",
} as const;

/** Default side of the squares in pixels, for each purpose. */
export const SIDES = {
  /** The original study's, which notebooks 01 to 03 look at. */
  original: 256,
  /** Training and searching the zoo within minutes: at this side its 53 models differ as they do at 256. */
  zoo: 96,
  /** The better network and its ablation, many trainings of which run in a notebook. */
  better: 64,
  /** Networks that start from published weights, which were made for faces of about this size. */
  published: 160,
} as const;

/** The default split: by photo, near-duplicates together, which the original study intended. */
export const SPLIT = "photo";

/** The seed of weights, order, dropout and splits. */
export const SEED = 7;
