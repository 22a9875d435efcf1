/**
 * The way of faces into a network, a row a face: found, turned and cropped, made small, looked at.
 *
 * @module
 */
import { percent } from "@/base/text.ts";
import { drawPage } from "@/figures/shared/document.ts";
import { pictureGrid } from "@/figures/shared/pictures.ts";

/** A face on its way; pictures are data URLs. */
export interface FaceStepsRow {
  /** 1 for the largest face. */
  number: number;
  /** Name of the group that the network says, and its probability, 0 to 1. */
  group: string;
  probability: number;
  /** The face as it is on the photo. */
  found: string;
  /** The same turned upright and cropped. */
  cropped: string;
  /** The square that the network sees, pixel by pixel. */
  seen: string;
  /** What spoke for the group, laid over the face. */
  looked: string;
}

/** What stands over the pictures. */
const TITLES = ["found", "turned and cropped", "what the network sees", "where it looked"];

/** The most faces shown. */
const FACES = 5;

/**
 * Draws the first five faces, each in four steps.
 *
 * @returns the figure as the text of an SVG
 *
 * @example A face (the references would be data URLs)
 * ```ts
 * import { faceStepsFigure } from "@/figures/pictures/face_steps.ts";
 * import { ok } from "node:assert/strict";
 *
 * const pictures = { found: "a.png", cropped: "b.png", seen: "c.png", looked: "d.png" };
 * const row = { number: 1, group: "21-37", probability: 0.75, ...pictures };
 * ok(faceStepsFigure([row]).includes("75.0%"));
 * ```
 */
export function faceStepsFigure(rows: readonly FaceStepsRow[]): string {
  const pictures = rows.slice(0, FACES).flatMap((face, row) => {
    const { found, cropped, seen, looked, number, group, probability } = face;
    const note = ["", "", "", `for ${group}: ${percent(probability)}`];
    return [found, cropped, seen, looked].map((href, column) => ({
      ...{ href, column, row, note: column === 0 ? `face ${number}` : note[column] },
      title: row === 0 ? TITLES[column] : undefined,
    }));
  });
  return drawPage({
    title: "From the photo to the answer",
    subtitle:
      "The brighter a cell, the more it spoke for the group that the network says (Grad-CAM), on " +
      "each face's own scale, from 0 to its strongest cell. A grey rim lies beyond the outermost cells.",
    empty: rows.length === 0 && "No face found",
    plots: [pictureGrid(pictures, { side: 179, pixelated: true })],
  });
}
