/**
 * From SVG to PNG, with the font that comes with the project, so that every machine draws the same.
 *
 * @module
 */
import { createRequire } from "node:module";
import { Resvg } from "@resvg/resvg-js";

/** The cuts of the font that figures use: without a font file resvg leaves out all text. */
const FONT_FILES = ["400Regular/Inter_400Regular.ttf", "600SemiBold/Inter_600SemiBold.ttf"]
  .map((file) => createRequire(import.meta.url).resolve(`@expo-google-fonts/inter/${file}`));

/** Enlarged pictures with sharp pixels: resvg knows only the older of the two names. */
const SHARP_PIXELS = ['image-rendering="pixelated"', 'image-rendering="optimizeSpeed"'] as const;

/**
 * Draws an SVG as the bytes of a PNG on a white ground; `scale` is pixels of the PNG for each pixel
 * of the SVG.
 *
 * @throws {Error} if the text is no SVG
 *
 * @example A square, twice its size
 * ```ts
 * import { svgToPng } from "@/figures/shared/png.ts";
 * import { deepEqual } from "node:assert/strict";
 *
 * const png = svgToPng('<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"/>');
 * deepEqual([...png.subarray(1, 4)], [..."PNG"].map((letter) => letter.charCodeAt(0)));
 * ```
 */
export function svgToPng(svg: string, { scale = 2 }: { scale?: number } = {}): Uint8Array {
  const resvg = new Resvg(svg.replaceAll(...SHARP_PIXELS), {
    background: "white",
    fitTo: { mode: "zoom", value: scale },
    font: { loadSystemFonts: false, fontFiles: FONT_FILES, defaultFontFamily: "Inter" },
  });
  return new Uint8Array(resvg.render().asPng());
}
