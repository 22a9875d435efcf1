/** What the page and its worker tell each other. */
import type { Box, Pixels, Size } from "@/base/pixels.ts";
import type { AgeAnswer } from "@/metrics/answer.ts";

export type BackendName = "webgpu" | "webgl" | "wasm";

/** The parts of the model's card that the page shows. */
export interface About {
  /** The model's name, such as `age-groups-2`. */
  name: string;
  /** Its predictions, their accuracy, its training photos and their terms, a sentence each. */
  facts: string[];
  /** Uses that it is not for, a sentence each. */
  notFor: string[];
}

/** The worker's first message, once it can read photos. */
export type Ready = { backend: BackendName; about: About };

/** A face, and what the network says of it. */
export interface FaceReading extends AgeAnswer {
  /** In pixels of the photo. */
  box: Box;
  /** The face upright, for people to look at. */
  crop: Pixels;
  /** The square that the network sees. */
  square: Pixels;
  /** Doubts about the answer, a sentence each. */
  warnings: string[];
}

/** A photo that was read, upright. */
export interface Reading extends Size {
  /** The largest face first. */
  faces: FaceReading[];
  /** Milliseconds that reading took, without decoding. */
  time: number;
}

/** A photo's file that was read, and what the page shows of it. */
export interface PhotoReading extends Reading {
  /** The file, or a smaller picture of a large one. */
  picture: Blob;
  /** Width and height of the file's picture, which is shrunk before it is read where it is large. */
  original: Size;
}

export interface Reader {
  open(options: { backend: BackendName | null }): Promise<Ready>;
  readPhoto(file: Blob): Promise<PhotoReading>;
  /** Reads a frame of the camera, which is closed. */
  readFrame(frame: ImageBitmap): Promise<Reading>;
  /** Tells where the network looked for a group: the crop in grey, with colours laid over. */
  explain(face: Pick<FaceReading, "crop" | "square">, group: number): Promise<Pixels>;
}

/** The progress of loading, in bytes. */
export type Progress = { loaded: number; total: number };
