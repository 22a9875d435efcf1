/**
 * Figures below a cell, in the forms that Jupyter's front ends understand. JupyterLab prefers HTML to a PNG. Where it
 * trusts a notebook, the figure is a document of its own, in which the pointer finds exact values; elsewhere an image.
 */
import { escapeHtml } from "@/base/text.ts";

export function hasPhotos(svg: string): boolean {
  return /<image\b/.test(svg);
}

/** Returns a figure's title, which says what it shows. */
export function titleOf(svg: string): string {
  return svg.match(/aria-label="([^"]*)"/)?.[1] ?? "";
}

export function widthOf(svg: string): number | undefined {
  const width = svg.match(/width="(\d+)/)?.[1];
  return width === undefined ? undefined : Number(width);
}

/** Writes a figure as HTML: an image with alternative text; one without photos has hover titles with exact values. */
export function figureHtml(svg: string, alternative: string): string {
  const source = `data:image/svg+xml;base64,${new TextEncoder().encode(svg).toBase64()}`;
  const alt = escapeHtml(alternative).replaceAll('"', "&quot;"), width = widthOf(svg);
  const look = `${width ? `width="${width}" ` : ""}style="max-width: 100%; height: auto"`;
  const image = `<img src="${source}" alt="${alt}" ${look}>`;
  if (hasPhotos(svg)) return image;
  const named = `type="image/svg+xml" aria-label="${alt}"`;
  return `<object data="${source}" ${named} ${look}>${image}</object>`;
}
