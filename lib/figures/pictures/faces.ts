/** A photo with the faces that were found on it, and what a network says of each. */
import * as Plot from "@observablehq/plot";
import { GUESS } from "@/model/model_card.ts";
import { drawPage, IN_PIXELS, MARGIN } from "@/figures/shared/document.ts";
import { colorOf, faceCards, type FaceRow } from "@/figures/shared/face_cards.ts";
import { COLOR, countOf, SIZE } from "@/figures/shared/style.ts";

export type { FaceRow };

export interface FacesRow {
  /** The photo as a data URL, and its width and height in pixels, in which the boxes are told. */
  photo: { href: string; width: number; height: number };
  faces: readonly FaceRow[];
  model: string;
  /** The share of cases, 0 to 1, in which a range of years holds the truth; null if that is not known. */
  coverage: number | null;
}

/** The most that the photo takes of the page, in pixels. */
const WIDTH = 800, HEIGHT = 560;

/**
 * Draws a photo with a numbered box around each face, and under it a card a face: the face as the network
 * sees it, bars of the five groups, the years where the network tells them, warnings.
 *
 * @example A photo without a face (the reference would be a data URL)
 * ```ts
 * import { facesFigure } from "@/figures/pictures/faces.ts";
 * import { ok } from "node:assert/strict";
 *
 * const photo = { href: "sky.png", width: 40, height: 30 };
 * const svg = facesFigure({ photo, faces: [], model: "age-groups-1", coverage: null });
 * ok(svg.includes("No face found"));
 * ```
 */
export function facesFigure({ photo, faces, model, coverage }: FacesRow): string {
  const found = faces.length ? `${countOf(faces.length, "face")} found` : "No face found";
  return drawPage({
    title: `${found}, and what the network says`,
    subtitle: `Model ${model}. ${GUESS}`,
    columns: 1,
    plots: [
      photoPlot(photo, faces),
      ...(faces.length ? [faceCards(faces, { coverage, width: WIDTH })] : []),
    ],
  });
}

/** The photo as large as fits, its boxes over it. */
function photoPlot(photo: FacesRow["photo"], faces: readonly FaceRow[]): Plot.PlotOptions {
  const scale = Math.min((WIDTH - 2 * MARGIN) / photo.width, HEIGHT / photo.height);
  const width = photo.width * scale, height = photo.height * scale, left = (WIDTH - width) / 2;
  const boxes = faces.map((face) => ({
    label: String(face.number),
    color: colorOf(face),
    x1: left + Math.max(0, face.box.x * scale),
    x2: left + Math.min(width, (face.box.x + face.box.width) * scale),
    y1: 8 + Math.max(0, face.box.y * scale),
    y2: 8 + Math.min(height, (face.box.y + face.box.height) * scale),
  }));
  const corners = { x1: "x1", x2: "x2", y1: "y1", y2: "y2" } as const;
  return {
    width: WIDTH,
    height: height + 16,
    ...IN_PIXELS,
    marks: [
      Plot.image([photo], { src: "href", x: left + width / 2, y: 8 + height / 2, width, height }),
      Plot.rect([0], { x1: left, x2: left + width, y1: 8, y2: 8 + height, stroke: COLOR.frame }),
      Plot.rect(boxes, { ...corners, stroke: "white", strokeWidth: 5 }),
      Plot.rect(boxes, { ...corners, stroke: "color", strokeWidth: 3 }),
      Plot.rect(boxes, {
        ...{ x1: "x1", x2: ({ x1, label }) => x1 + 10 + 9 * label.length, fill: "color" },
        ...{ y1: "y1", y2: ({ y1 }) => y1 + 20 },
      }),
      Plot.text(boxes, {
        ...{ x: ({ x1, label }) => x1 + 5 + 4.5 * label.length, y: ({ y1 }) => y1 + 10 },
        ...{ text: "label", fill: "white", fontSize: SIZE.text, fontWeight: 600 },
      }),
    ],
  };
}
