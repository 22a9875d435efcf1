/** Figures as files: SVG, and PNG with the font that comes with the project, so that every machine draws the same. */
import { join } from "node:path";
import { writeText, writeWhole } from "@/base/files.ts";
import { createRequire } from "node:module";

/**
 * Writes a figure as `<name>.svg` and `<name>.png` into a folder, which is made if it is missing, and returns the two
 * paths. Each file appears whole or not at all. `scale` is how many pixels of the PNG stand for one of the SVG.
 *
 * @throws {RangeError} if the name is not one of a file: letters, digits, `_` and `-`
 */
export async function saveFigure(
  folder: string,
  name: string,
  svg: string,
  { scale = 2 } = {},
): Promise<{ svg: string; png: string }> {
  if (!/^[\p{L}\p{M}\p{N}_-]+$/u.test(name)) {
    throw new RangeError(
      `Cannot save a figure as "${name}": a name has letters, digits, "_" and "-", and no folder`,
    );
  }
  const paths = { svg: join(folder, `${name}.svg`), png: join(folder, `${name}.png`) };
  const png = await svgToPng(svg, { scale });
  await writeText(paths.svg, svg);
  await writeWhole(paths.png, (part) => Deno.writeFile(part, png));
  return paths;
}

/** The cuts of the font that figures use: without a font file resvg leaves out all text. */
const FONTS = ["400Regular/Inter_400Regular.ttf", "600SemiBold/Inter_600SemiBold.ttf"];

/** Enlarged pictures with sharp pixels: resvg knows only the older of the two names. */
const SHARP_PIXELS = ['image-rendering="pixelated"', 'image-rendering="optimizeSpeed"'] as const;

/**
 * Draws an SVG as the bytes of a PNG on a white ground, `scale` pixels for each of the SVG.
 *
 * @throws {Error} if the text is no SVG
 */
export async function svgToPng(svg: string, { scale = 2 } = {}): Promise<Uint8Array> {
  // loaded only here, since it is native code, and pure code imports this file
  const { Resvg } = await import("@resvg/resvg-js"), { resolve } = createRequire(import.meta.url);
  const fontFiles = FONTS.map((file) => resolve(`@expo-google-fonts/inter/${file}`));
  const resvg = new Resvg(svg.replaceAll(...SHARP_PIXELS), {
    background: "white",
    fitTo: { mode: "zoom", value: scale },
    font: { loadSystemFonts: false, fontFiles, defaultFontFamily: "Inter" },
  });
  return new Uint8Array(resvg.render().asPng());
}
