/**
 * The squares of a photo that BlazeFace looks at.
 *
 * It finds faces that are 0.1 to 0.8 times as wide as what it looks at: of 80 faces, all from 0.12 to 0.7, 98% at
 * 0.1 and at 0.8, 94% at 0.08. So it looks at the whole photo, at the photo with black around it for a face that fills
 * it, and for small faces at tiles.
 */
import type { Box, Size } from "@/base/pixels.ts";

/** A square of a photo, in pixels; it may reach beyond the photo. */
export interface View {
  x: number;
  y: number;
  side: number;
}

/** The least width of a face, in shares of a view, that is found surely. */
const SMALLEST_SHARE = 0.1;

/** The photo's longer side in widths of the smallest face that is sought. */
const MOST_FACES = 80;

/** The width of the smallest face that is sought, in pixels, however small the photo: below, an age is hard to tell. */
const LEAST_SOUGHT = 40;

/** The greatest ratio of the views of one round to those of the next. */
const STEP = 2.5;

/** The greatest reach of a face beyond a tile, in shares of its width: beyond that, the next tile shows it better. */
const OVERHANG = 0.15;

/** The width, in shares of the photo, from which something like a face may fill the photo. */
const FILLING_SHARE = 0.5;

/** The width of a face, in shares of its tile, below which smaller ones beside it are sought. */
const LARGE_SHARE = 1 / 3;

/** The photo in the middle of black, `size` times as wide as its longer side. */
export function wholeView({ width, height }: Size, size: number): View {
  const side = size * Math.max(width, height);
  return { x: (width - side) / 2, y: (height - side) / 2, side };
}

/** Tells whether one of these, seen ever so faintly, may fill the photo and so needs black around it to be found. */
export function mayFill(faces: readonly Box[], { width, height }: Size): boolean {
  return faces.some((box) => box.width > FILLING_SHARE * Math.max(width, height));
}

/**
 * Returns rounds of tiles, each for smaller faces than the one before: the last for those of an eightieth of the longer
 * side, but not below 40 pixels. No rounds if the whole photo shows them. Tiles of a round overlap by more than the
 * largest face that only they show.
 */
export function tileRounds(photo: Size): View[][] {
  const longer = Math.max(photo.width, photo.height);
  const last = Math.max(LEAST_SOUGHT, longer / MOST_FACES) / SMALLEST_SHARE;
  if (last >= longer) return [];
  const rounds = Math.ceil(Math.log(longer / last) / Math.log(STEP));
  const step = (longer / last) ** (1 / rounds);
  return Array.from({ length: rounds }, (_, k) => {
    const side = longer / step ** (k + 1);
    return tilesOf(photo, side, Math.min(0.5, 1.2 * SMALLEST_SHARE * step));
  });
}

/** Tiles of this side over a photo, that overlap by this share at least. */
function tilesOf({ width, height }: Size, side: number, overlap: number): View[] {
  const xs = startsOf(width, side, overlap);
  return startsOf(height, side, overlap).flatMap((y) => xs.map((x) => ({ x, y, side })));
}

/** The beginnings of tiles along a line; a line shorter than a tile is in the middle of it. */
function startsOf(length: number, side: number, overlap: number): number[] {
  if (length <= side) return [(length - side) / 2];
  const steps = Math.ceil((length - side) / (side * (1 - overlap)));
  return Array.from({ length: steps + 1 }, (_, k) => k * (length - side) / steps);
}

/**
 * The tiles of a round in which there may be a face: the middle of what looks like one, ever so faintly, lies in them, and
 * it is so small that these tiles show it better.
 */
export function hinted(tiles: readonly View[], hints: readonly Box[]): View[] {
  return tiles.filter(({ x, y, side }) => (
    hints.some((box) => {
      const u = box.x + box.width / 2 - x, v = box.y + box.height / 2 - y;
      return u >= 0 && v >= 0 && u <= side && v <= side && box.width < LARGE_SHARE * side;
    })
  ));
}

/** Tells whether a tile shows all of a face, but for a little, or the photo ends where the tile does. */
export function isWithin({ x, y, width, height }: Box, view: View, photo: Size): boolean {
  const overhangs = [
    view.x > 0 ? view.x - x : 0,
    view.y > 0 ? view.y - y : 0,
    view.x + view.side < photo.width ? x + width - view.x - view.side : 0,
    view.y + view.side < photo.height ? y + height - view.y - view.side : 0,
  ];
  return overhangs.every((overhang) => overhang <= OVERHANG * width);
}

/**
 * Tells whether smaller tiles are worth a look after those of this side: not where a face is so large that the next would be
 * a third of it and less.
 */
export function goesOn(faces: readonly Box[], side: number): boolean {
  return faces.every(({ width }) => width < LARGE_SHARE * side);
}
