/**
 * What programs see of the package `human-age`: photos in, age groups out.
 *
 * @module
 */
import type { PhotoSource } from "@/images/photo_source.ts";

/** An age group: years of life, the last one included; with groups of one's own, the name of one of these. */
export type AgeGroupName =
  | "0-6"
  | "7-20"
  | "21-37"
  | "38-59"
  | "60+"
  | `${number}-${number}`
  | `${number}+`;

/** A share, 0 to 1, and its 95% interval. */
export interface ShareInterval {
  value: number;
  low: number;
  high: number;
}

/**
 * How well a model tells groups of one's own, measured on the photos of its test part; a calibrated one on those that it
 * was fitted to, each as a fit tells it that has not seen it.
 */
export interface OwnGroups {
  photos: number;
  /** The mean recall of the groups. */
  balancedAccuracy: ShareInterval;
  /** The share of photos that are put into their group or a neighbour of it. */
  oneOffAccuracy: ShareInterval;
  /** For each group, the share of its photos that are put into it. */
  groups: { group: string; photos: number; recall: ShareInterval }[];
}

/** Options of opening a reader. */
export interface ReaderOptions {
  /**
   * The model: `age-groups-published-2`, the best and the default; `age-groups-2`, which is lighter and faster, and the
   * default in a browser; or the folder of a model card and its `model.onnx`, in a browser its name in `data/models/`.
   */
  model?: string;
  /**
   * `native`, the default where `onnxruntime-node` is installed, is fast, and its last digits are this processor's.
   * `pinned` computes in WebAssembly: the same bytes on every machine. A browser computes so in any case.
   */
  arithmetic?: "native" | "pinned";
  /** Threads of the native arithmetic; 2 if left out. */
  threads?: number;
  /**
   * Groups of your own, such as `0-12,13-17,18-39,40+`, in place of the five: every year in one of them, the last one
   * open, and 30 of the photos that the model was measured on in each. The reader's `ownGroups` says how well they are
   * told. They are a guess from appearance, not for deciding about anyone.
   */
  groups?: string;
  /** In a browser, the address of the package's folder, where a bundler has moved its program elsewhere. */
  files?: string | URL;
}

/** Options of reading photos. */
export interface ReadingOptions {
  /** Ends the reading: the promise rejects with the signal's reason. */
  signal?: AbortSignal;
  /** Looks at each photo as a whole only: faces below a tenth of it may be missed. */
  quick?: boolean;
  /** The least confidence that something is a face, 0 to 1; 0.5 if left out. */
  minimumConfidence?: number;
}

export interface ReadAllOptions extends ReadingOptions {
  /** Called after each photo. */
  onProgress?: (progress: ReadingProgress) => void;
}

export interface ReadingProgress {
  /** Photos that are done, those that could not be read included. */
  done: number;
  /** Photos in all; null if they come from an iterator, which does not say. */
  total: number | null;
}

/** Reads the ages of faces on photos. */
export interface Reader {
  /** The model's name. */
  readonly model: string;
  /** The arithmetic in use. */
  readonly arithmetic: "native" | "pinned";
  /** The threads in use. */
  readonly threads: number;
  /** How well groups of your own are told; null without such. */
  readonly ownGroups: OwnGroups | null;
  /**
   * Finds the faces on a photo, and predicts the age group of each. Calls are done one after another, so that one photo
   * is in memory however many wait.
   *
   * @throws {UnreadablePhoto} if it is no readable photo; the message is the reason
   */
  read(photo: PhotoSource, options?: ReadingOptions): Promise<PhotoReading>;
  /**
   * Reads photos one after another, with one in memory at a time. One that cannot be read does not end it: its reading
   * has the reason as `fault`.
   *
   * @param photos an array, or anything else that gives one after another
   */
  readAll<Photo extends PhotoSource>(
    photos: Iterable<Photo> | AsyncIterable<Photo>,
    options?: ReadAllOptions,
  ): AsyncIterableIterator<OneOfMany<Photo>>;
  /** Gives the memory of the networks back, once the reading that goes on has ended. */
  close(): void;
}

/** The faces on a photo. */
export interface PhotoReading {
  /** Width and height in pixels, upright. */
  width: number;
  height: number;
  /** The largest first; none where none was found. */
  faces: FaceReading[];
}

/** The reading of one photo of many. */
export interface OneOfMany<Photo> extends PhotoReading {
  /** The photo, as it was given. */
  photo: Photo;
  /** The reason that it could not be read, and has no faces; null if it was. */
  fault: string | null;
}

/** A face on a photo. Its age is a guess from appearance: do not use it to make decisions about anyone. */
export interface FaceReading {
  /** 1 for the largest face of the photo, 2 for the next. */
  number: number;
  /** Around brows, cheeks and chin, in pixels of the upright photo from the top left; it may reach beyond the photo. */
  box: { x: number; y: number; width: number; height: number };
  /** The confidence that this is a face, 0 to 1. */
  confidence: number;
  /** The most probable age group. */
  group: AgeGroupName;
  /** Calibrated probabilities of the groups, which sum to 1. */
  probabilities: Record<AgeGroupName, number>;
  /** The age in years; null if the model predicts groups alone. */
  years: number | null;
  /** Years that hold the true age in as many cases as the model card says, such as 8 of 10; null if that is not known. */
  range: { from: number; to: number } | null;
  /** Reasons to doubt the answer, a sentence each: the face is tiny, turned, blurred or dark, the photo may stand on its head, or two ages fit. */
  warnings: string[];
}
