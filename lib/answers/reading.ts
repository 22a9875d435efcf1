/** Answers about the faces on photos, as programs and people see them. */
import { AGE_GROUPS } from "@/dataset/age_group.ts";
import type { Face } from "@/faces/face.ts";
import { type AgeAnswer, doubtsAbout } from "@/metrics/answer.ts";
import type { AgeGroupName, FaceReading, PhotoReading } from "@/answers/reader_types.ts";

/** A face on a photo, and its answer; places and sizes in pixels of the upright photo. */
export type FaceAnswer = Face & AgeAnswer;

/** The faces on a photo, the largest first; none where none was found. */
export interface PhotoAnswer {
  /** Width and height in pixels, upright; 0 if it could not be read. */
  width: number;
  height: number;
  faces: FaceAnswer[];
  /** The reason that the photo could not be read; null if it was. */
  fault: string | null;
}

/** Writes an answer as programs see it: groups by their `names`, doubts as sentences. */
export function toReading(
  { width, height, faces, fault }: PhotoAnswer,
  names: readonly string[],
): PhotoReading & Pick<PhotoAnswer, "fault"> {
  return { width, height, faces: faces.map((face) => faceReading(face, names)), fault };
}

function faceReading(face: FaceAnswer, names: readonly string[]): FaceReading {
  const { number, box, confidence, group, probabilities, years } = face;
  const shares = probabilities.map((share, k) => [names[k]!, share]);
  return {
    ...{ number, box, confidence, group: names[group] as AgeGroupName },
    probabilities: Object.fromEntries(shares),
    ...{ years, range: yearRange(face), warnings: remarks(face) },
  };
}

/**
 * Returns the years that hold the truth as often as the model's card says: the range of a network that predicts years,
 * else those of its set of groups; null if unknown.
 *
 * @example A set of two groups
 * ```ts
 * import { yearRange } from "@/answers/photo_answer.ts";
 * import { deepEqual } from "node:assert/strict";
 *
 * deepEqual(yearRange({ years: null, range: null, set: [1, 2] }), { from: 7, to: 37 });
 * ```
 */
export function yearRange({ years, range, set }: Pick<AgeAnswer, "years" | "range" | "set">) {
  if (years !== null || !set) return range;
  return { from: AGE_GROUPS[set[0]!].from, to: AGE_GROUPS[set.at(-1)!]!.to };
}

/**
 * Collects the reasons to doubt the answer about a face, as sentences.
 *
 * @example A face that two ages fit
 * ```ts
 * import { remarks } from "@/answers/photo_answer.ts";
 * import { deepEqual } from "node:assert/strict";
 *
 * const doubts = remarks({ warnings: [], twoAges: [8, 31] });
 * deepEqual(doubts, ["two ages fit: about 8 and about 31 years"]);
 * ```
 */
export function remarks({ warnings, ...answer }: Pick<FaceAnswer, "warnings" | "twoAges">) {
  return [...warnings.map(({ text }) => text), ...doubtsAbout(answer)];
}
