/** Cards that say what a network tells of each face on a photo: picture, group, bars, years, warnings. */
import * as Plot from "@observablehq/plot";
import { AGE_GROUPS } from "@/dataset/age_group.ts";
import { percent } from "@/base/text.ts";
import { IN_PIXELS, MARGIN } from "@/figures/shared/document.ts";
import { COLOR, HUE, SIZE } from "@/figures/shared/style.ts";
import { mostProbable } from "@/metrics/answer.ts";

/** A face on a photo, and what is said of it. */
export interface FaceRow {
  /** 1 for the largest face. */
  number: number;
  /** The place of the face, in pixels of the photo. */
  box: { x: number; y: number; width: number; height: number };
  /** The face as the network sees it: a data URL. */
  crop: string;
  /** The names of the groups; the five of the study if left out. */
  groups?: readonly string[];
  /** The groups' probabilities, 0 to 1. */
  probabilities: readonly number[];
  /** The age in years; null if the network tells groups alone. */
  years: number | null;
  /** Years between which the truth lies as often as `coverage` says; null if that is not known. */
  range: { from: number; to: number } | null;
  warnings: readonly string[];
}

/** Colours of boxes and their cards, one after another. */
const COLORS = [HUE.vermilion, HUE.blue, HUE.green, HUE.orange, HUE.purple, HUE.sky, HUE.wine];

export function colorOf({ number }: Pick<FaceRow, "number">): string {
  return COLORS[(number - 1) % COLORS.length]!;
}

/** Sizes in pixels: a card, its picture, its lines, the widest bar. */
const CARD = { width: 376, height: 166 }, CROP = 104, LINE = 19, BAR = 96;

const COLUMNS = 2;

const NAMES: readonly string[] = AGE_GROUPS.map(({ name }) => name);

/** Letters that fit below a card's bars. */
const LONGEST = 52;

export function ageText(
  { groups = NAMES, probabilities, years, range }: Pick<
    FaceRow,
    "groups" | "probabilities" | "years" | "range"
  >,
  coverage: number | null,
): string {
  const likely = groups[mostProbable(probabilities)]!;
  const about = years === null ? "" : `, about ${Math.round(years)} years`;
  if (!range || coverage === null) return likely + about;
  return `${likely}${about} (${range.from} to ${range.to} in ${10 * coverage} of 10 cases)`;
}

export function faceCards(
  faces: readonly FaceRow[],
  { coverage, width = 800 }: { coverage: number | null; width?: number },
): Plot.PlotOptions {
  const more = Math.max(
    0,
    ...faces.map(({ probabilities }) => probabilities.length - NAMES.length),
  );
  const cardHeight = CARD.height + more * LINE;
  const placed = faces.map((face, k) => ({
    face,
    x: MARGIN + (k % COLUMNS) * (CARD.width + 8),
    y: 8 + Math.floor(k / COLUMNS) * cardHeight,
  }));
  return {
    width,
    height: 8 + Math.ceil(faces.length / COLUMNS) * cardHeight,
    ...IN_PIXELS,
    marks: placed.flatMap(({ face, x, y }) => cardMarks(face, x, y, coverage)),
  };
}

function cardMarks(face: FaceRow, x: number, y: number, coverage: number | null) {
  const color = colorOf(face), middle = CROP / 2, left = x + CROP + 12;
  const bars = (face.groups ?? NAMES).map((name, group) => ({
    name,
    share: face.probabilities[group]!,
    y: y + 34 + group * LINE,
  }));
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
