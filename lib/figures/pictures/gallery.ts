/**
 * A gallery to page through: photos as thumbnails with their full names and what is to be said of each, as
 * one HTML page that needs no server and no network.
 */
import { escapeHtml } from "@/base/text.ts";
import PAGE from "@/figures/pictures/gallery.html" with { type: "text" };

interface GalleryItem {
  /** The photo's full name, as the labels have it. */
  name: string;
  /** Address for a browser, such as a `file:` URL. */
  href: string;
  /** Words about it, a line each; the gallery can be filtered by the first. */
  lines: readonly string[];
}

/**
 * Makes the page of a gallery, 60 thumbnails at a time. The browser loads the photos themselves from where
 * they are; the page holds none.
 */
export function galleryPage(title: string, items: readonly GalleryItem[]): string {
  const kinds = new Set(items.flatMap(({ lines: [kind] }) => kind || []));
  const parts: Record<string, string> = {
    "%title%": escapeHtml(title),
    "%options%": [...kinds].map((kind) => `<option>${escapeHtml(kind)}</option>`).join(""),
    '"%items%"': JSON.stringify(items).replaceAll("<", "\\u003c"),
  };
  return PAGE.replaceAll(/"%items%"|%\w+%/g, (place) => parts[place]!);
}
