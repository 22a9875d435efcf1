/** Figures 1 to 4 and the age groups: photos per age label, gender and group. */
import * as Plot from "@observablehq/plot";
import { groups, max, range, sort, sum } from "d3";
import { percent } from "@/base/text.ts";
import type { Gender } from "@/dataset/photo.ts";
import { type Bar, barPlot } from "@/figures/shared/bars.ts";
import { drawPage, MARGIN, margins, type Page } from "@/figures/shared/document.ts";
import { COLOR, count, countOf, GRID, HUE, percentTick } from "@/figures/shared/style.ts";

interface Row {
  label: string;
  gender: Gender | null;
  photos: number;
}

/** The genders in the original's order, in colours near its violet, orange and green; null where a label has none. */
const GENDERS: readonly { gender: Gender | null; name: string; color: string }[] = [
  { gender: "f", name: "female", color: HUE.purple },
  { gender: "m", name: "male", color: HUE.orange },
  { gender: "u", name: "unknown", color: HUE.green },
  { gender: null, name: "not given", color: COLOR.frame },
];

/** Returns the genders that occur in the rows, in the order of {@linkcode GENDERS}. */
export function gendersIn(rows: readonly { gender: Gender | null }[]): typeof GENDERS {
  return GENDERS.filter(({ gender }) => rows.some((row) => row.gender === gender));
}

function genderOf(gender: Gender | null) {
  return GENDERS.find((entry) => entry.gender === gender)!;
}

/**
 * Draws the photos of each age label as bars; the label `none`, the photos without an age, stands last and muted.
 *
 * @example Two labels and no age
 * ```ts
 * import { ok } from "node:assert/strict";
 *
 * const rows = [{ label: "(0, 2)", photos: 2488 }, { label: "none", photos: 748 }];
 * ok(ageLabelsFigure(rows).includes("2,488"));
 * ```
 */
export function ageLabelsFigure(rows: readonly Omit<Row, "gender">[]): string {
  const isNone = ({ label }: Pick<Row, "label">) => label === "none";
  const ageless = total(rows.filter(isNone));
  const ages = ageless ? `of which ${count(ageless)} without an age` : "all with an age";
  const bars = sort(rows, isNone).map((row) => (
    { across: row.label, fill: isNone(row) ? COLOR.barMuted : COLOR.bar, photos: row.photos }
  ));
  const subtitle = `${countOf(total(rows), "photo")}, ${ages}`;
  return drawBars("Photos per age label", "age label", bars, { subtitle });
}

/**
 * Draws the photos of each gender as bars: female, male, unknown, and those whose label gives none.
 *
 * @example A gender and no gender
 * ```ts
 * import { ok } from "node:assert/strict";
 *
 * const rows = [{ gender: "f" as const, photos: 9368 }, { gender: null, photos: 779 }];
 * ok(gendersFigure(rows).includes("9,368"));
 * ```
 */
export function gendersFigure(rows: readonly Omit<Row, "label">[]): string {
  const bars = gendersIn(rows).flatMap(({ gender, name, color }) => {
    const own = rows.filter((row) => row.gender === gender);
    return own.map(({ photos }) => ({ across: name, fill: color, photos }));
  });
  return drawBars("Photos per gender", "gender", bars);
}

/**
 * Draws the photos of each age label, in the order given, as a group of bars, one for each gender.
 *
 * @example A label and two genders
 * ```ts
 * import { ok } from "node:assert/strict";
 *
 * const svg = ageByGenderFigure([
 *   { label: "(0, 2)", gender: "f", photos: 681 },
 *   { label: "(0, 2)", gender: "u", photos: 1091 },
 * ]);
 * ok(svg.includes("1,091"));
 * ```
 */
export function ageByGenderFigure(rows: readonly Row[]): string {
  const bars = rows.map(({ label, gender, photos }) => {
    const { name, color } = genderOf(gender);
    return { across: label, within: name, fill: color, photos };
  });
  const subtitle = countOf(total(rows), "photo"), key = gendersIn(rows);
  return drawBars("Photos per age label and gender", "age label", bars, { subtitle, key });
}

/**
 * Draws the photos of each age group as a group of bars, one for each stage of the work; the last stage stands out.
 *
 * @example A group before and after cleaning
 * ```ts
 * import { ok } from "node:assert/strict";
 *
 * const svg = groupsFigure([
 *   { group: "0-6", stage: "as labelled", photos: 4649 },
 *   { group: "0-6", stage: "after cleaning", photos: 4602 },
 * ]);
 * ok(svg.includes("4,602"));
 * ```
 */
export function groupsFigure(
  rows: readonly { group: string; stage: string; photos: number }[],
): string {
  const stages = [...new Set(rows.map(({ stage }) => stage))];
  const color = (stage: string) => stage === stages.at(-1) ? COLOR.bar : COLOR.barMuted;
  const bars = rows.map(({ group, stage, photos }) => (
    { across: group, within: stage, fill: color(stage), photos }
  ));
  const key = stages.map((stage) => ({ name: stage, color: color(stage) }));
  return drawBars("Photos per age group", "age group", bars, { key });
}

/** Draws a page of bars, in groups by the key; without other words, it says how many photos there are in all. */
function drawBars(
  title: string,
  label: string,
  bars: readonly Bar[],
  words: Pick<Page, "subtitle" | "key"> = { subtitle: countOf(total(bars), "photo") },
): string {
  const plot = barPlot(bars, label, words.key?.map(({ name }) => name));
  return drawPage({ title, ...words, empty: bars.length === 0 && "No photos", plots: [plot] });
}

function total(rows: readonly { photos: number }[]): number {
  return sum(rows, ({ photos }) => photos);
}

/** A panel in pixels: its width, the height of a bar with its gap, and the margins. */
const WIDTH = 400, BAR = 30, TOP = 44, BOTTOM = 34, LEFT = 100, RIGHT = 136;

/** From one line of the grid to the next. */
const STEP = 0.25;

/**
 * Draws a panel for each age label, with a bar for the share of each gender among its photos; all have one scale.
 *
 * @example A panel with two bars
 * ```ts
 * import { ok } from "node:assert/strict";
 *
 * const svg = genderPanelsFigure([
 *   { label: "(4, 6)", gender: "f", photos: 1230 },
 *   { label: "(4, 6)", gender: "m", photos: 410 },
 * ]);
 * ok(svg.includes("1,230") && svg.includes("75.0%"));
 * ```
 */
export function genderPanelsFigure(rows: readonly Row[]): string {
  const panels = groups(rows, ({ label }) => label).map(([label, own]) => {
    const photos = total(own), all = photos || 1;
    return { label, photos, bars: own.map((row) => ({ ...row, share: row.photos / all })) };
  });
  const most = max(panels, ({ bars }) => max(bars, ({ share }) => share)) || 1;
  const top = Math.ceil(most / STEP) * STEP; // a line of the grid beyond every bar
  return drawPage({
    title: "Genders within each age label",
    subtitle: "Bars show each gender's share of the photos of an age label, all on one scale.",
    empty: rows.length === 0 && "No photos",
    columns: Math.min(2, panels.length),
    plots: panels.map((panel) => panelPlot(panel, top)),
  });
}

type Panel = { label: string; photos: number; bars: (Row & { share: number })[] };

/** One panel: the age label and its photos over the bars of the genders that it has. */
function panelPlot({ label, photos, bars }: Panel, top: number): Plot.PlotOptions {
  const nameOf = ({ gender }: Row) => genderOf(gender).name;
  const ticks = range(0, top + STEP / 2, STEP);
  const left = { frameAnchor: "top-left", dx: MARGIN - LEFT, dy: -26 } as const;
  const right = { frameAnchor: "top-right", dx: RIGHT - MARGIN, dy: -26 } as const;
  return {
    width: WIDTH,
    height: TOP + bars.length * BAR + BOTTOM,
    ...margins(TOP, RIGHT, BOTTOM, LEFT),
    x: { domain: [0, top] },
    y: { domain: gendersIn(bars).map(({ name }) => name), padding: 0.2 },
    marks: [
      Plot.gridX(ticks, GRID),
      Plot.axisX(ticks, { tickFormat: percentTick, tickSize: 0, label: null }),
      Plot.axisY({ tickSize: 0, label: null }),
      Plot.barX(bars, {
        ...{ x: "share", y: nameOf, fill: ({ gender }) => genderOf(gender).color },
        title: (row) =>
          `${label}, ${nameOf(row)}: ${countOf(row.photos, "photo")}, ${percent(row.share)}`,
      }),
      Plot.text(bars, {
        ...{ x: "share", y: nameOf, textAnchor: "start", dx: 6 },
        ...{ text: ({ photos, share }) => `${count(photos)} (${percent(share)})` },
        ...{ stroke: "white", strokeWidth: 4, fill: COLOR.ink },
      }),
      Plot.ruleX([0], { stroke: COLOR.muted }),
      Plot.text([label], { ...left, fontWeight: 600, fontSize: 16 }),
      Plot.text([countOf(photos, "photo")], { ...right, fill: COLOR.muted }),
    ],
  };
}
