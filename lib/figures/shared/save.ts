/** Figures as files. */
import { join } from "node:path";
import { svgToPng } from "@/figures/shared/png.ts";
import { writeWhole } from "@/base/files.ts";

/**
 * Writes a figure as `<name>.svg` and `<name>.png` into a folder, which is made where it is missing,
 * and returns the two paths. Each file appears whole or not at all. `scale` is how many pixels of the
 * PNG stand for one of the SVG.
 *
 * The SVG needs no other file, so that a page may hold it as it is: marks without photos carry their exact
 * values as `<title>`, which a browser shows where the pointer rests.
 *
 * @throws {RangeError} if the name is not one of a file: letters, digits, `_` and `-`
 */
export async function saveFigure(
  folder: string,
  name: string,
  svg: string,
  { scale = 2 }: { scale?: number } = {},
): Promise<{ svg: string; png: string }> {
  if (!/^[\p{L}\p{M}\p{N}_-]+$/u.test(name)) {
    throw new RangeError(
      `Cannot save a figure as "${name}": a name has letters, digits, "_" and "-", and no folder`,
    );
  }
  const paths = { svg: join(folder, `${name}.svg`), png: join(folder, `${name}.png`) };
  const png = svgToPng(svg, { scale });
  await writeWhole(paths.svg, (part) => Deno.writeTextFile(part, svg));
  await writeWhole(paths.png, (part) => Deno.writeFile(part, png));
  return paths;
}
