/** A photo with the faces that were found on it, and under it a card for each: picture, group, bars, years, warnings. */
import * as Plot from "@observablehq/plot";
import { GUESS } from "@/model/model_card.ts";
import { drawPage, IN_PIXELS, MARGIN } from "@/figures/shared/document.ts";
import { COLOR, countOf, HUE, SIZE } from "@/figures/shared/style.ts";
import { AGE_GROUPS } from "@/dataset/age_group.ts";
import { percent } from "@/base/text.ts";
import { type AgeAnswer, mostProbable } from "@/metrics/answer.ts";
import type { Face } from "@/faces/face.ts";
import type { Picture } from "@/figures/pictures/picture_sheets.ts";

export interface FacesRow {
  /** The photo as a data URL, and its width and height in pixels, in which the boxes are told. */
  photo: Picture;
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
 * import { ok } from "node:assert/strict";
 *
 * const photo = { href: "sky.png", width: 40, height: 30 };
 * const svg = facesFigure({ photo, faces: [], model: "age-groups-2", coverage: null });
 * ok(svg.includes("No face found"));
 * ```
 */
export function facesFigure({ photo, faces, model, coverage }: FacesRow): string {
  const found = faces.length ? `${countOf(faces.length, "face")} found` : "No face found";
  return drawPage({
    title: `${found}, and what the network says`,
    subtitle: `Model ${model}. ${GUESS}`,
    columns: 1,
    plots: [photoPlot(photo, faces), ...(faces.length ? [faceCards(faces, coverage)] : [])],
  });
}

/** The photo as large as fits, its boxes over it. */
function photoPlot(photo: Picture, faces: readonly FaceRow[]): Plot.PlotOptions {
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

/** A face on a photo, and what is said of it. */
export interface FaceRow
  extends Pick<Face, "number" | "box">, Pick<AgeAnswer, "probabilities" | "years"> {
  /** The face as the network sees it: a data URL. */
  crop: string;
  /** The names of the groups; the five of the study if left out. */
  groups?: readonly string[];
  /** Years between which the truth lies as often as `coverage` says; null if that is not known. */
  range: { from: number; to: number } | null;
  warnings: readonly string[];
}

/** Colours of boxes and their cards, one after another. */
const COLORS = [HUE.vermilion, HUE.blue, HUE.green, HUE.orange, HUE.purple, HUE.sky, HUE.wine];

function colorOf({ number }: Pick<FaceRow, "number">): string {
  return COLORS[(number - 1) % COLORS.length]!;
}

/** Sizes in pixels: a card, its picture, its lines, the widest bar. */
const CARD = { width: 376, height: 166 }, CROP = 104, LINE = 19, BAR = 96;

const COLUMNS = 2;

const NAMES: readonly string[] = AGE_GROUPS.map(({ name }) => name);

/** Letters that fit below a card's bars. */
const LONGEST = 52;

function ageText(face: FaceRow, coverage: number | null): string {
  const { groups = NAMES, probabilities, years, range } = face;
  const likely = groups[mostProbable(probabilities)]!;
  const about = years === null ? "" : `, about ${Math.round(years)} years`;
  if (!range || coverage === null) return likely + about;
  return `${likely}${about} (${range.from} to ${range.to} in ${10 * coverage} of 10 cases)`;
}

function faceCards(faces: readonly FaceRow[], coverage: number | null): Plot.PlotOptions {
  const more = faces.map(({ probabilities }) => probabilities.length - NAMES.length);
  const cardHeight = CARD.height + Math.max(0, ...more) * LINE;
  return {
    width: WIDTH,
    height: 8 + Math.ceil(faces.length / COLUMNS) * cardHeight,
    ...IN_PIXELS,
    marks: faces.flatMap((face, k) => {
      const x = MARGIN + (k % COLUMNS) * (CARD.width + 8);
      return cardMarks(face, x, 8 + Math.floor(k / COLUMNS) * cardHeight, coverage);
    }),
  };
}

function cardMarks(face: FaceRow, x: number, y: number, coverage: number | null) {
  const color = colorOf(face), middle = CROP / 2, left = x + CROP + 12;
  const bars = (face.groups ?? NAMES).map((name, group) => (
    { name, share: face.probabilities[group]!, y: y + 34 + group * LINE }
  ));
  const warning = face.warnings.join("; ");
  const start = { textAnchor: "start", lineAnchor: "middle" } as const;
  return [
    Plot.rect([0], { x1: x, x2: x + 6, y1: y, y2: y + 18, fill: color }),
    Plot.text([`${face.number}: ${ageText(face, coverage)}`], {
      ...{ ...start, x: x + 12, y: y + 9, fontSize: SIZE.tick, fontWeight: 600 },
    }),
    Plot.image([face.crop], {
      ...{ src: (href: string) => href, x: x + middle, y: y + 26 + middle },
      ...{ width: CROP, height: CROP },
    }),
    Plot.rect([0], {
      ...{ x1: x, x2: x + CROP, y1: y + 26, y2: y + 26 + CROP, stroke: color, strokeWidth: 2 },
    }),
    Plot.text(bars, { ...start, x: left, y: "y", text: "name" }),
    Plot.rect(bars, {
      ...{ x1: left + 52, x2: ({ share }) => left + 52 + Math.max(1, BAR * share), fill: color },
      ...{ y1: ({ y }) => y - 6, y2: ({ y }) => y + 6 },
    }),
    Plot.text(bars, {
      ...{ ...start, x: ({ share }) => left + 58 + BAR * share, y: "y" },
      text: ({ share }) => percent(share),
    }),
    Plot.text(warning ? [warning] : [], {
      ...{ ...start, x, y: y + CROP + 40, fill: COLOR.muted },
      text: (text: string) => text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text,
    }),
  ];
}
