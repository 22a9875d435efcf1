/** What the page and its worker tell each other. */
import type { Pixels } from "@/base/pixels.ts";

export type BackendName = "webgpu" | "webgl" | "wasm";

/** The parts of the model's card that the page shows. */
export interface About {
  /** The model's name, such as `age-groups-1`. */
  name: string;
  /** Its predictions, their accuracy, its training photos and their terms, a sentence each. */
  facts: string[];
  /** Uses that it is not for, a sentence each. */
  notFor: string[];
}

/** The worker's first message, once it can read photos. */
export type Ready = { backend: BackendName; about: About };

/** A face, and what the network says of it. */
export interface FaceReading {
  /** In pixels of the photo. */
  box: { x: number; y: number; width: number; height: number };
  /** The face upright, for people to look at. */
  crop: Pixels;
  /** The square that the network sees. */
  square: Pixels;
  /** Five probabilities, the youngest group first. */
  groups: number[];
  /** The age in years, and the range that mostly holds it; null if the model tells groups alone. */
  years: { mean: number; range: { from: number; to: number } | null } | null;
  /** Doubts about the answer, a sentence each. */
  warnings: string[];
}

/** A photo that was read. */
export interface Reading {
  /** In pixels, upright. */
  width: number;
  height: number;
  /** The largest face first. */
  faces: FaceReading[];
  /** Milliseconds that reading took, without decoding. */
  time: number;
}

export interface Reader {
  open(options: { backend: BackendName | null }): Promise<Ready>;
  readPhoto(file: Blob): Promise<Reading>;
  /** Reads a frame of the camera, which is closed. */
  readFrame(frame: ImageBitmap): Promise<Reading>;
  /** Tells where the network looked for a group: the crop in grey, with colours laid over. */
  explain(face: Pick<FaceReading, "crop" | "square">, group: number): Promise<Pixels>;
}

/** The progress of loading, in bytes. */
export type Progress = { loaded: number; total: number };
