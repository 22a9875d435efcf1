/**
 * The record that everything works on: one labelled face photo.
 *
 * @module
 */
import type { AgeGroup } from "@/dataset/age_group.ts";

/** One labelled face photo, whichever data set it comes from. */
export interface Photo {
  /** Path of the photo inside the data folder, with forward slashes. */
  photo: string;
  /** Age as the label writes it, such as `(25, 32)` or `26`; null where it gives none. */
  age: string | null;
  /** Age group, 0 to 4; null where the label gives no age. */
  group: AgeGroup | null;
  /** Gender: `f`, `m`, or `u` where the label says that it is unknown; null where it says nothing. */
  gender: Gender | null;
  /** The person in the photo; null where the data set does not tell. */
  subject: string | null;
  /** The album that the photo comes from; null where the data set does not tell. */
  album: string | null;
  /** The fold of the published cross-validation, 0 to 4; null where there is none. */
  fold: number | null;
}

/** Gender as Adience writes it: female, male, unknown. */
export type Gender = "f" | "m" | "u";
