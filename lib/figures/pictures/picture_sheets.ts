/** Figures 6, 7 and 10 to 19, and their kin: sheets of pictures in rows and columns, each with a title over it and a note under it. */
import * as Plot from "@observablehq/plot";
import { cumsum, groups, interpolateInferno, max, range } from "d3";
import type { Size } from "@/base/pixels.ts";
import { percent } from "@/base/text.ts";
import { textWidth } from "@/figures/shared/bars.ts";
import { drawPage, IN_PIXELS, MARGIN, type Page } from "@/figures/shared/document.ts";
import { COLOR, SIZE } from "@/figures/shared/style.ts";

interface Sheet extends Pick<Page, "title" | "subtitle"> {
  /** The pictures, row by row; column by column if `down` is set. */
  pictures: readonly (readonly SheetPicture[])[];
  down?: boolean;
  heads?: readonly string[];
  empty?: string;
  over?: Plot.PlotOptions;
  /** Width and height of a picture's square, and what is between two squares, in pixels. */
  side: number;
  gap?: number;
  /** True if enlarged pictures keep their pixels as squares. */
  pixelated?: boolean;
  /** Width of the grid; as wide as the pictures unless told. */
  width?: number;
}

interface SheetPicture {
  /** The picture as a data URL, so that the figure needs no other file. */
  href: string;
  title?: string;
  note?: string;
  /** Its width and height as shares of its square; the whole square unless told. */
  width?: number;
  height?: number;
}

function drawSheet(sheet: Sheet): string {
  const { title, subtitle, empty = "No photos", over } = sheet, pictures = inRows(sheet);
  return drawPage({
    ...{ title, subtitle, empty: pictures.length === 0 && empty, columns: 1 },
    plots: [...over ? [over] : [], pictureGrid(pictures, sheet)],
  });
}

type Placed = ReturnType<typeof inRows>[number];

/** Gives pictures their row and column, counted from 0 at the top left, and those of the first row their heads. */
function inRows({ pictures, down, heads }: Sheet) {
  return pictures.flatMap((line, i) =>
    line.map((picture, j) => {
      const [row, column] = down ? [j, i] : [i, j];
      return { ...row === 0 && { title: heads?.[column] }, ...picture, row, column };
    })
  );
}

export type Picture = Size & { href: string };

/**
 * Draws each photo, its zero-padded square and, if given, the square at the network's size, to the same scale.
 *
 * @example A wide photo (the references would be data URLs)
 * ```ts
 * import { ok } from "node:assert/strict";
 *
 * const before = { href: "wide.jpg", width: 238, height: 200 };
 * const after = { href: "square.jpg", width: 238, height: 238 };
 * ok(paddingFigure([{ before, after }]).includes("1. original, ratio 1.19"));
 * ```
 */
export function paddingFigure(
  rows: readonly { before: Picture; after: Picture; resized?: Picture }[],
): string {
  return drawSheet({
    title: "From a photo to a square for the network",
    subtitle:
      "Black bars complete the shorter side, then the square is resized; the face keeps its " +
      "proportions. The pictures of a row are to scale.",
    pictures: rows.map(({ before, after, resized }) => {
      const steps = [before, after, ...resized ? [resized] : []];
      const side = Math.max(...steps.flatMap(({ width, height }) => [width, height]));
      const ratio = (before.width / before.height).toFixed(2);
      const titles = [`1. original, ratio ${ratio}`, "2. zero-padded", "3. resized"];
      return steps.map(({ href, width, height }, k) => ({
        ...{ href, width: width / side, height: height / side },
        ...{ title: titles[k], note: `${width} × ${height} pixels` },
      }));
    }),
    side: 236,
    gap: 22,
  });
}

/**
 * Draws the same photo as each method resizes it, enlarged so that every pixel is a sharp square.
 *
 * @example Two methods (the references would be data URLs)
 * ```ts
 * import { ok } from "node:assert/strict";
 *
 * const svg = interpolationFigure([
 *   { method: "bicubic", href: "bicubic.png" },
 *   { method: "nearest neighbour", href: "nearest.png" },
 * ]);
 * ok(svg.includes("nearest neighbour"));
 * ```
 */
export function interpolationFigure(rows: readonly { method: string; href: string }[]): string {
  return drawSheet({
    title: "One photo resized by different methods",
    subtitle: "Enlarged: each square is one pixel of the resized photo.",
    pictures: [rows],
    heads: rows.map(({ method }) => method),
    side: Math.min(364, 776 / rows.length - 24), // two pictures fill a page 800 pixels wide
    gap: 24,
    pixelated: true,
  });
}

/**
 * Draws a column for each group, in the order given, with the first five of its photos.
 *
 * @example Two groups (the references would be data URLs)
 * ```ts
 * import { ok } from "node:assert/strict";
 *
 * const svg = examplesFigure([
 *   { group: "0-6", href: "child.png" },
 *   { group: "60+", href: "grandmother.png" },
 * ]);
 * ok(svg.includes("grandmother.png"));
 * ```
 */
export function examplesFigure(rows: readonly { group: string; href: string }[]): string {
  const byGroup = groups(rows, ({ group }) => group);
  return drawSheet({
    title: "Photos of each age group",
    pictures: byGroup.map(([, photos]) => photos.slice(0, 5)),
    down: true,
    heads: byGroup.map(([group]) => group),
    side: 140,
  });
}

/**
 * Draws a row for each photo: the photo as it is, then as the first epochs of a training augment it.
 *
 * @example One photo in two epochs (the references would be data URLs)
 * ```ts
 * import { ok } from "node:assert/strict";
 *
 * const svg = augmentationFigure([{ href: "ann.png", varied: ["turned.png", "darker.png"] }]);
 * ok(svg.includes("darker.png") && svg.includes("epoch 2"));
 * ```
 */
export function augmentationFigure(
  rows: readonly { href: string; varied: readonly string[] }[],
): string {
  return drawSheet({
    title: "Training photos, varied anew in each epoch",
    subtitle:
      "Mirrored, turned, shifted, scaled, lit differently, partly covered: the age stays the same.",
    pictures: rows.map(({ href, varied }) => [href, ...varied].map((href) => ({ href }))),
    heads: ["as it is", ...(rows[0]?.varied ?? []).map((_, k) => `epoch ${k + 1}`)],
    side: 118,
  });
}

/** Photos of one group that a network predicts to be in another. */
interface Mistakes {
  group: string;
  /** The surest first. */
  rows: readonly {
    href: string;
    predicted: string;
    /** The probability, 0 to 1, that the network gives it. */
    probability: number;
    /** Rows and columns of cells that a reason is drawn in. */
    cells?: { rows: number; columns: number };
  }[];
}

/** Width and height of a photo in pixels: four and the gaps between them fill the page. */
export const MISTAKE_SIDE = 179;

/** The first four mistakes, each with its predicted group and probability. */
function mistakeSheet({ group, rows }: Mistakes) {
  return {
    empty: `No photo of group ${group} is predicted wrongly`,
    pictures: [
      rows.slice(0, 4).map(({ href, predicted, probability }) => (
        { href, title: `predicted ${predicted}`, note: `probability ${percent(probability)}` }
      )),
    ],
    side: MISTAKE_SIDE,
    width: 800,
  };
}

/**
 * Draws up to four photos of one group, each under the predicted group and over the probability of that.
 *
 * @example A child predicted to be older (the reference would be a data URL)
 * ```ts
 * import { ok } from "node:assert/strict";
 *
 * const rows = [{ href: "child.png", predicted: "21-37", probability: 0.87 }];
 * ok(mistakesFigure({ group: "0-6", rows }).includes("probability 87.0%"));
 * ```
 */
export function mistakesFigure(mistakes: Mistakes): string {
  return drawSheet({
    title: `Photos of group ${mistakes.group} predicted wrongly`,
    subtitle: mistakes.rows.length === 1
      ? "The only mistake in this group"
      : "The mistakes that the network is surest of",
    ...mistakeSheet(mistakes),
  });
}

/**
 * Draws the pictures of {@linkcode mistakesFigure} with the cells of Grad-CAM laid over them, and a key to its colours:
 * those of d3's `interpolateInferno`, which also tell apart in grey and to the colour-blind.
 *
 * @example A child predicted to be older (the reference would be a data URL)
 * ```ts
 * import { ok } from "node:assert/strict";
 *
 * const rows = [{ href: "heat.png", predicted: "21-37", probability: 0.87 }];
 * ok(reasonsFigure({ group: "0-6", rows }).includes("strongest cell"));
 * ```
 */
export function reasonsFigure(mistakes: Mistakes): string {
  const { rows, columns } = mistakes.rows[0]?.cells ?? {};
  const cells = rows ? `The network's last convolution has ${rows} × ${columns} cells. ` : "";
  return drawSheet({
    title: `Where the network looked, photos of group ${mistakes.group}`,
    subtitle:
      "The brighter a cell, the more it spoke for the wrong group (Grad-CAM), on each photo's own " +
      `scale: colours cannot be compared between photos. ${cells}Outside the outermost cells, a rim is grey.`,
    over: colorKey("0", "the photo's strongest cell"),
    ...mistakeSheet(mistakes),
  });
}

/** Width in pixels of the key's bar of colours, and the steps it has. */
const BAR = 180, STEPS = 60;

function colorKey(low: string, high: string): Plot.PlotOptions {
  const left = MARGIN + textWidth(low) + 4;
  const at = (step: number) => left + step * BAR / STEPS;
  const text = { y: 16, textAnchor: "start" } as const;
  return {
    height: 36,
    ...IN_PIXELS,
    marks: [
      Plot.rect(range(STEPS), {
        ...{ x1: at, x2: (step) => at(step + 1) + 0.5, y1: 8, y2: 24 }, // no seams
        fill: (step) => interpolateInferno(step / (STEPS - 1)),
      }),
      Plot.rect([0], { x1: left, x2: left + BAR, y1: 8, y2: 24, stroke: COLOR.frame }),
      Plot.text([low], { ...text, x: MARGIN }),
      Plot.text([high], { ...text, x: left + BAR + 10 }),
    ],
  };
}

/** A face on its way into a network: pictures as data URLs, and the group that the network says. */
export interface FaceStepsRow {
  /** 1 for the largest face. */
  number: number;
  group: string;
  probability: number;
  /** As it is on the photo; turned upright and cropped. */
  found: string;
  cropped: string;
  /** The square that the network sees; the face overlaid with the Grad-CAM heat map of the group. */
  seen: string;
  looked: string;
}

/**
 * Draws the first five faces, each in four steps.
 *
 * @example A face (the references would be data URLs)
 * ```ts
 * import { ok } from "node:assert/strict";
 *
 * const pictures = { found: "a.png", cropped: "b.png", seen: "c.png", looked: "d.png" };
 * const row = { number: 1, group: "21-37", probability: 0.75, ...pictures };
 * ok(faceStepsFigure([row]).includes("75.0%"));
 * ```
 */
export function faceStepsFigure(rows: readonly FaceStepsRow[]): string {
  return drawSheet({
    title: "From the photo to the answer",
    subtitle:
      "The brighter a cell, the more it spoke for the predicted group (Grad-CAM), on each face's own " +
      "scale. Outside the outermost cells, a rim is grey.",
    empty: "No face found",
    pictures: rows.slice(0, 5).map((face) => [
      { href: face.found, note: `face ${face.number}` },
      { href: face.cropped },
      { href: face.seen },
      { href: face.looked, note: `for ${face.group}: ${percent(face.probability)}` },
    ]),
    heads: ["found", "turned and cropped", "what the network sees", "where it looked"],
    side: 179,
    pixelated: true,
  });
}

/** Height in pixels of a line of text over or under a picture. */
const LINE = 26;

/** Places the middles of pictures in pixels; rows with titles or notes are higher by a line each. */
function placeInGrid(pictures: readonly Placed[], side: number, gap: number) {
  const rows = groups(pictures, ({ row }) => row).map(([, own]) => (
    { over: own.some((p) => p.title) ? LINE : 0, under: own.some((p) => p.note) ? LINE : 0 }
  ));
  const bottoms = cumsum(rows, ({ over, under }) => over + side + under + gap);
  const placed = pictures.map(({ width = 1, height = 1, ...picture }) => ({
    ...{ ...picture, width: width * side, height: height * side },
    x: MARGIN + picture.column * (side + gap) + side / 2,
    y: bottoms[picture.row]! - gap - rows[picture.row]!.under - side / 2,
  }));
  return { placed, height: bottoms.at(-1)! };
}

/** Plots pictures, each in a thin frame, under its title and over its note. */
function pictureGrid(pictures: readonly Placed[], look: Sheet): Plot.PlotOptions {
  const { side, gap = 12, pixelated, width } = look;
  const columns = 1 + (max(pictures, ({ column }) => column) ?? 0), away = (side + LINE) / 2;
  const { placed, height } = placeInGrid(pictures, side, gap);
  const size = { width: "width", height: "height" } as const;
  const imageRendering = pixelated ? "pixelated" : undefined;
  const title = { text: "title", fontSize: SIZE.text, fontWeight: 600 } as const;
  return {
    width: width ?? 2 * MARGIN + columns * (side + gap) - gap,
    height,
    ...IN_PIXELS,
    marks: [
      Plot.image(placed, { src: "href", x: "x", y: "y", ...size, imageRendering }),
      Plot.rect(placed, {
        ...{ x1: ({ x, width }) => x - width / 2, x2: ({ x, width }) => x + width / 2 },
        ...{ y1: ({ y, height }) => y - height / 2, y2: ({ y, height }) => y + height / 2 },
        stroke: COLOR.frame,
      }),
      Plot.text(placed.filter(({ title }) => title), { x: "x", y: ({ y }) => y - away, ...title }),
      Plot.text(placed.filter(({ note }) => note), {
        ...{ x: "x", y: ({ y }) => y + away, text: "note", fill: COLOR.muted },
      }),
    ],
  };
}
