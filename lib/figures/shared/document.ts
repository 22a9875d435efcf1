/** The page that every figure is drawn on: heading, key, plots side by side and caption in one standalone SVG. */
import * as Plot from "@observablehq/plot";
import { cumsum, groups, max, sum } from "d3";
import { DOMParser } from "linkedom";
import { COLOR, FONT, SIZE } from "@/figures/shared/style.ts";

export interface Page {
  title: string;
  /** A sentence under the title, wrapped where it is long. */
  subtitle?: string;
  /** The meaning of each colour, in a line under the heading, or in more where they are many. */
  key?: readonly {
    name: string;
    color: string;
    /** In that colour, a square unless told otherwise; lines are better served by a dash. */
    sign?: string;
  }[];
  /** The plots, each of its own `width` and `height` (800 by 420 pixels unless told). */
  plots: readonly Plot.PlotOptions[];
  /** The number of plots beside each other before the next row; all unless told. */
  columns?: number;
  /** A note under the plots, wrapped where it is long. */
  caption?: string;
  /** Words in place of all else but the title; false where there is something to plot. */
  empty?: string | false;
}

type Key = NonNullable<Page["key"]>;

/** Space in pixels between the edge of the page and what stands on it. */
export const MARGIN = 24;

export function margins(top: number, right: number, bottom: number, left: number) {
  return { marginTop: top, marginRight: right, marginBottom: bottom, marginLeft: left };
}

const IDENTITY = { type: "identity" } as const;

/** The options of a plot without axes, whose marks stand where they say, in pixels. */
export const IN_PIXELS = { margin: 0, axis: null, x: IDENTITY, y: IDENTITY };

/** A document that belongs to no browser; as XML, so that what is written out is well-formed. */
const document = new DOMParser().parseFromString("<svg/>", "image/svg+xml");

/** Draws a page as one standalone SVG: the same page gives the same text, character by character. */
export function drawPage(page: Page): string {
  const { title, key = [], ...rest } = page.empty ? emptyPage(page) : page;
  const { plots, width, height } = arrange(rest.plots, rest.columns ?? rest.plots.length);
  const subtitle = wrap(rest.subtitle, width), caption = wrap(rest.caption, width);
  const keyY = MARGIN + SIZE.title + subtitle.length * LINE;
  const keyLines = inLines(key, (line) => sum(line, keyWidth) <= width - MARGIN);
  const plotsY = keyY + (key.length ? keyLines.length * LINE + 20 : 8);
  const captionY = plotsY + height + (caption.length ? 8 : 0);
  const total = captionY + caption.length * LINE + MARGIN / 2;
  return write(title, [width, total], [
    textAt(MARGIN, MARGIN + 15, title, { "font-size": SIZE.title, "font-weight": 600 }),
    ...subtitle.map((line, i) => textAt(MARGIN, MARGIN + 38 + i * LINE, line, MUTED)),
    ...keyLines.map((line, i) => keyLine(line, keyY + 26 + i * LINE)),
    ...plots.map(({ plot, x, y }) => drawPlot(plot, x, plotsY + y)),
    ...caption.map((line, i) => textAt(MARGIN, captionY + 14 + i * LINE, line, MUTED)),
  ]);
}

/** Places plots in rows of so many columns, and tells the width and height of the whole. */
function arrange(plots: readonly Plot.PlotOptions[], columns: number) {
  const sized = plots.map((plot) => ({ width: 800, height: 420, ...plot }));
  const row = (i: number) => Math.floor(i / columns);
  const rows = groups(sized, (_, i) => row(i)).map(([, own]) => own);
  const tops = [0, ...cumsum(rows, (own) => max(own, ({ height }) => height)!)];
  const placed = sized.map((plot, i) => {
    const before = sized.slice(row(i) * columns, i);
    return { plot, x: sum(before, ({ width }) => width), y: tops[row(i)]! };
  });
  const width = max(rows, (own) => sum(own, (plot) => plot.width)) ?? 0;
  return { plots: placed, width, height: tops.at(-1)! };
}

function emptyPage({ title, empty }: Page): Page {
  const note = Plot.text([empty], { frameAnchor: "middle", fill: COLOR.muted });
  return { title, plots: [{ height: 120, marks: [note] }] };
}

const LINE = 22;

const MUTED = { fill: COLOR.muted };

/** Draws one plot as a group, so that its texts may reach beyond it without being cut. */
function drawPlot(plot: Plot.PlotOptions, x: number, y: number) {
  const drawn = Plot.plot({ ...plot, document });
  drawn.querySelector("style")?.remove(); // Plot's own sheet is for pages of a browser
  const look = { "font-size": SIZE.tick, "text-anchor": "middle" };
  return element("g", { transform: `translate(${x},${y})`, ...look }, [...drawn.childNodes]);
}

/** Puts items in lines, in each as many as fit, but one at least. */
export function inLines<Item>(items: readonly Item[], fits: (line: Item[]) => boolean): Item[][] {
  return items.reduce<Item[][]>((lines, item) => {
    const line = [...lines.at(-1) ?? [], item];
    return lines.length > 0 && fits(line) ? [...lines.slice(0, -1), line] : [...lines, [item]];
  }, []);
}

function keyWidth({ name }: Key[number]): number {
  return name.length * SIZE.text * LETTER + SIZE.title + 24;
}

/** A line of the key as one text, so that its entries stand close together in any font. */
function keyLine(key: Key, y: number) {
  const entries = key.flatMap(({ name, color, sign = "■" }, i) => [
    element("tspan", { fill: color, dx: i ? 18 : 0, "font-size": SIZE.title }, [sign]),
    element("tspan", { dx: 6 }, [name]),
  ]);
  return element("text", { x: MARGIN, y }, entries);
}

type Attributes = Record<string, string | number>;

function textAt(x: number, y: number, text: string, attributes: Attributes) {
  return element("text", { x, y, ...attributes }, [text]);
}

function element(name: string, attributes: Attributes, children: (object | string)[] = []) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", name, undefined);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, `${value}`);
  node.append(...children);
  return node;
}

/** The mean width of a letter, as a share of its size. */
const LETTER = 0.52;

function wrap(text: string | undefined, width: number): string[] {
  const longest = (width - 2 * MARGIN) / (SIZE.text * LETTER), words = text?.split(" ") ?? [];
  const lines = inLines(words, (line) => line.join(" ").length <= longest);
  return lines.map((line) => line.join(" "));
}

/**
 * Writes a page out. Plot numbers its clip paths and patterns through all plots ever drawn; here
 * they are numbered anew, under the page's title, since a notebook shows many figures on one page.
 */
function write(title: string, [width, height]: [number, number], children: object[]): string {
  const svg = element("svg", {
    ...{ xmlns: "http://www.w3.org/2000/svg", width, height, viewBox: `0 0 ${width} ${height}` },
    ...{ role: "img", "aria-label": title, fill: COLOR.ink, color: COLOR.ink },
    ...{ "font-family": FONT, "font-size": SIZE.text },
    style: "max-width: 100%; height: auto; background: white", // for notebooks, where it may shrink
  }, [element("rect", { width: "100%", height: "100%", fill: "white" }), ...children]);
  const name = title.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-"), seen: string[] = [];
  return svg.outerHTML.replaceAll(/plot-(?:clip|pattern)-\d+/g, (id) => {
    if (!seen.includes(id)) seen.push(id);
    return `${name}-${seen.indexOf(id) + 1}`;
  }) + "\n";
}
