/** How a network is trained beyond the original study's way, as data. */

/** The years of a distribution over ages are 0 to 100; an older age counts as the last. */
export const YEARS = 101;

/** The course of the learning rate, a step at a time. */
export type Schedule =
  | { kind: "constant" }
  /** Up from 0 in a straight line for some epochs, then down to 0 along half a cosine. */
  | { kind: "cosine"; warmUp: number };

/** The network's target for a photo. */
export type Targets =
  /** The photo's group, and nothing else. */
  | { kind: "hard" }
  /** The photo's group, less a share that goes to the groups beside it. */
  | { kind: "smoothed"; neighbours: number }
  /**
   * A distribution over the years 0 to 100; groups are sums of it. The loss is the cross-entropy of the
   * groups, and of the years times `yearsWeight`. An age of one year is a bell around it, `width` times as
   * wide as the usual one; left out for 1.
   */
  | { kind: "years"; yearsWeight: number; width?: number; teacher?: Teacher };

/** A trained network whose predictions take a share of the targets: the trained one is its student. */
export interface Teacher {
  /** The name of a model that ships, and answers with years. */
  model: string;
  share: number;
}

/** The teacher that a recipe asks for, if any. */
export function teacherOf(recipe?: Recipe): Teacher | undefined {
  return recipe?.targets.kind === "years" ? recipe.targets.teacher : undefined;
}

/** The variations of training photos. Each number is the most that a photo may be changed by. */
export interface Augmentation {
  /** True if half of the photos are mirrored left to right. */
  flip: boolean;
  /** In turns: 0.05 is up to 18 degrees either way. */
  rotation: number;
  /** As a share of the side, along both axes. */
  shift: number;
  /** As a share of the size: 0.1 is 0.9 to 1.1 times. */
  zoom: number;
  /** As a share of the range of values. */
  brightness: number;
  /** As a share of the distance from mid-grey. */
  contrast: number;
  /** A rectangle painted over: how often, and the most of the photo's area; null for never. */
  erasing: { probability: number; area: number } | null;
  /** Of red, green and blue, each by itself, as a share. */
  colour?: number;
  /** Blur and JPEG compression: how often, the largest deviation in pixels, and the lowest quality. */
  damage?: { probability: number; blur: number; quality: number };
}

/** All that a row may ask for beside the fields that every model of the zoo has. */
export interface Recipe {
  schedule: Schedule;
  targets: Targets;
  augmentation: Augmentation | null;
  /**
   * Parameter of mixup's beta distribution: below 1, most photos are mixed with little of another one;
   * at 1, every share is as likely. Left out or null for none.
   */
  mixup?: number | null;
  /** Share of each kernel taken away in a step, times the learning rate (AdamW); 0 for none. */
  weightDecay: number;
  /** The share of the moving average of the weights each step keeps; null to use the last weights. */
  averageWeights: number | null;
  /** True if an answer is the mean over the photo and its mirror image. */
  mirrorAverage: boolean;
}
