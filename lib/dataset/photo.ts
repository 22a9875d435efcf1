/** The record on which everything works: one labelled face photo. */
import type { Box } from "@/base/pixels.ts";
import type { AgeGroup } from "@/dataset/age_group.ts";

/** One labelled face photo, whichever data set it comes from. */
export interface Photo {
  /** Path of the photo inside the data folder, with forward slashes. */
  photo: string;
  /** Age as the label writes it, such as `(25, 32)` or `26`; null if it gives none. */
  age: string | null;
  /** Age group, 0 to 4; null if the label gives no age. */
  group: AgeGroup | null;
  /** Gender: `f`, `m`, or `u` if the label calls it unknown; null if the label does not say. */
  gender: Gender | null;
  /** The subject: an id of the person in the photo; null if the data set does not say. */
  subject: string | null;
  /** The album of the photo; null if the data set does not say. */
  album: string | null;
  /** The fold of the published cross-validation, 0 to 4; null if there is none. */
  fold: number | null;
  /** The box of the labelled face in pixels of the upright photo; only where the label says so. */
  box?: Box;
}

/** Gender as Adience writes it: female, male, unknown. */
export type Gender = "f" | "m" | "u";
