/** The look that the figures share: font, colours, and how numbers are written. */
import { format } from "d3";

/** The font of every figure: the PNG's Inter, and where a browser lacks it, others, all a little narrower. */
export const FONT = "Inter, 'Helvetica Neue', Arial, sans-serif";

/** Sizes of text in pixels, for a figure 800 pixels wide that is also read at half size. */
export const SIZE = { title: 21, text: 15, tick: 14 };

/**
 * The hues of all figures: those that the colour-blind tell apart (M. Okabe and K. Ito, "Color Universal Design",
 * 2008), and wine, Paul Tol's, from his scheme "muted".
 */
export const HUE = {
  orange: "#e69f00",
  sky: "#56b4e9",
  green: "#009e73",
  yellow: "#f0e442",
  blue: "#0072b2",
  vermilion: "#d55e00",
  purple: "#cc79a7",
  wine: "#882255",
} as const;

export const COLOR = {
  ink: "#1f2933",
  muted: "#5f6b76",
  grid: "#e4e7eb",
  frame: "#9aa5b1",
  bar: HUE.blue,
  barMuted: "#b3bcc6",
};

export const GRID = { stroke: COLOR.grid, strokeOpacity: 1 };

/** The look of an axis under a plot, its label in the middle. */
export const AXIS_UNDER = { tickSize: 0, labelAnchor: "center", labelArrow: "none" } as const;

/** Colours and symbols of series, in the order given; `sign` stands for the symbol in a key. */
const SIGNS = [
  { color: HUE.blue, symbol: "circle", sign: "●" },
  { color: HUE.vermilion, symbol: "diamond", sign: "◆" },
  { color: HUE.green, symbol: "square", sign: "■" },
] as const;

/**
 * Gives each series a colour and a symbol.
 *
 * @throws {RangeError} if there are more than three
 */
export function toSigns(names: readonly string[], things: string) {
  if (names.length <= SIGNS.length) return names.map((name, i) => ({ name, ...SIGNS[i]! }));
  throw new RangeError(
    `Cannot draw ${names.length} ${things} (${names.join(", ")}): the figure has colours for ` +
      `${SIGNS.length}`,
  );
}

/** Writes a count with thousands separators: 19370 as `19,370`. */
export const count: (value: number) => string = format(",d");

/** Writes the share at a tick of an axis, without the zeros that it does not need: `5%`, `0.25%`. */
export function percentTick(share: number): string {
  return `${Number((share * 100).toPrecision(3))}%`;
}

/** Writes a number of things, `1 photo` or `19,370 photos`. */
export function countOf(value: number, thing: string): string {
  return `${count(value)} ${thing}${value === 1 ? "" : "s"}`;
}
