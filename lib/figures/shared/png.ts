/** From SVG to PNG, with the font that comes with the project, so that every machine draws the same. */
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
 */
export function svgToPng(svg: string, { scale = 2 }: { scale?: number } = {}): Uint8Array {
  const resvg = new Resvg(svg.replaceAll(...SHARP_PIXELS), {
    background: "white",
    fitTo: { mode: "zoom", value: scale },
    font: { loadSystemFonts: false, fontFiles: FONT_FILES, defaultFontFamily: "Inter" },
  });
  return new Uint8Array(resvg.render().asPng());
}
