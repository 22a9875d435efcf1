/** Pictures in rows and columns, each with a title over it and a note under it. */
import * as Plot from "@observablehq/plot";
import { cumsum, max, range } from "d3";
import { IN_PIXELS, MARGIN } from "@/figures/shared/document.ts";
import { COLOR, SIZE } from "@/figures/shared/style.ts";

export interface PlacedPicture {
  /** The picture as a data URL, so that the figure needs no other file. */
  href: string;
  /** Its place, counted from 0 at the top left. */
  column: number;
  row: number;
  title?: string;
  note?: string;
  /** Its width and height as shares of its square; the whole square unless told. */
  width?: number;
  height?: number;
}

export interface GridLook {
  /** Width and height of a picture's square, and what is between two squares, in pixels. */
  side: number;
  gap?: number;
  /** True if enlarged pictures keep their pixels as squares. */
  pixelated?: boolean;
  /** Width of the grid; as wide as the pictures unless told. */
  width?: number;
}

/** Height in pixels of a line of text over or under a picture. */
const LINE = 26;

/** Places the middles of pictures in pixels; rows with titles or notes are higher by a line each. */
function placeInGrid(pictures: readonly PlacedPicture[], side: number, gap: number) {
  const rows = range(1 + (max(pictures, ({ row }) => row) ?? 0)).map((row) => {
    const own = pictures.filter((picture) => picture.row === row);
    return {
      over: own.some(({ title }) => title) ? LINE : 0,
      under: own.some(({ note }) => note) ? LINE : 0,
    };
  });
  const bottoms = cumsum(rows, ({ over, under }) => over + side + under + gap);
  const placed = pictures.map(({ width = 1, height = 1, ...picture }) => ({
    ...picture,
    width: width * side,
    height: height * side,
    x: MARGIN + picture.column * (side + gap) + side / 2,
    y: bottoms[picture.row]! - gap - rows[picture.row]!.under - side / 2,
  }));
  return { placed, height: bottoms.at(-1)! };
}

/** Plots pictures, each in a thin frame, under its title and over its note. */
export function pictureGrid(
  pictures: readonly PlacedPicture[],
  { side, gap = 12, pixelated = false, width }: GridLook,
): Plot.PlotOptions {
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
