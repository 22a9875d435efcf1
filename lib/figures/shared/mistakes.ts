/**
 * The mistakes of one group in a row: what the figures of their photos and of their reasons share.
 *
 * @module
 */
import type * as Plot from "@observablehq/plot";
import { pictureGrid } from "@/figures/shared/pictures.ts";
import { percent } from "@/base/text.ts";

/** Photos of one group that a network predicts to be in another. */
export interface Mistakes {
  /** Name of their true group. */
  group: string;
  /** The surest first. */
  rows: readonly {
    /** Where the picture is: a data URL, so that the figure needs no other file. */
    href: string;
    /** Name of the predicted group. */
    predicted: string;
    /** The probability, 0 to 1, that the network gives it. */
    probability: number;
    /** Rows and columns of cells that a reason is drawn in. */
    cells?: { rows: number; columns: number };
  }[];
}

/** The most photos shown. */
const PHOTOS = 4;

/** Width of the page in pixels. */
const WIDTH = 800;

/** Width and height of a photo in pixels: four and the gaps between them fill the page. */
export const MISTAKE_SIDE = 179;

/** Plots the first four pictures, each with its predicted group and probability. */
export function mistakeGrid(rows: Mistakes["rows"]): Plot.PlotOptions {
  const pictures = rows.slice(0, PHOTOS).map(({ href, predicted, probability }, column) => ({
    href,
    column,
    row: 0,
    title: `predicted ${predicted}`,
    note: `probability ${percent(probability)}`,
  }));
  return { ...pictureGrid(pictures, { side: MISTAKE_SIDE }), width: WIDTH };
}
