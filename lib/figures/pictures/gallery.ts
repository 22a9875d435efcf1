/**
 * A gallery to page through: photos as thumbnails with their full names and what is to be said of each, as
 * one HTML page that needs no server and no network.
 */
import { escapeHtml } from "@/base/text.ts";

export interface GalleryItem {
  /** The photo's full name, as the labels have it. */
  name: string;
  /** Address for a browser, such as a `file:` URL. */
  href: string;
  /** Words about it, a line each; the gallery can be filtered by the first. */
  lines: readonly string[];
}

const PER_PAGE = 60;

const STYLE = `
  body { font: 14px/1.4 system-ui, sans-serif; margin: 1.5rem; color: #222; background: #fff; }
  nav { position: sticky; top: 0; background: #fff; padding: .5rem 0; }
  button, select { font: inherit; padding: .3rem .8rem; }
  main { display: grid; grid-template-columns: repeat(auto-fill, minmax(170px, 1fr)); gap: 1rem; }
  figure { margin: 0; }
  img { width: 100%; height: 170px; object-fit: contain; background: #eee; }
  figcaption { overflow-wrap: anywhere; }
  b { font-weight: 600; }
`;

/** Draws the page that the address names, such as `#3`; arrow keys turn pages. */
const SCRIPT = `
  const items = JSON.parse(document.getElementById("items").textContent);
  const main = document.querySelector("main"), kind = document.querySelector("select");
  const where = document.getElementById("where");
  const chosen = () => items.filter(({ lines }) => !kind.value || lines[0] === kind.value);
  const pages = () => Math.max(1, Math.ceil(chosen().length / ${PER_PAGE}));
  const page = () => Math.min(pages(), Math.max(1, Number(location.hash.slice(1)) || 1));
  function element(name, text) {
    const made = document.createElement(name);
    made.textContent = text;
    return made;
  }
  function figure({ name, href, lines }) {
    const link = document.createElement("a"), image = document.createElement("img");
    Object.assign(link, { href, target: "_blank" });
    Object.assign(image, { src: href, alt: name, title: name, loading: "lazy" });
    link.append(image);
    const caption = document.createElement("figcaption");
    caption.append(element("b", name), ...lines.map((line) => element("div", line)));
    const made = document.createElement("figure");
    made.append(link, caption);
    return made;
  }
  function draw() {
    const first = (page() - 1) * ${PER_PAGE};
    main.replaceChildren(...chosen().slice(first, first + ${PER_PAGE}).map(figure));
    where.textContent = "page " + page() + " of " + pages() + ", " + chosen().length + " entries";
    scrollTo(0, 0);
  }
  const turn = (by) => { location.hash = String(Math.min(pages(), Math.max(1, page() + by))); };
  document.getElementById("back").onclick = () => turn(-1);
  document.getElementById("on").onclick = () => turn(1);
  kind.onchange = () => { location.hash = "1"; draw(); };
  onhashchange = draw;
  onkeydown = ({ key }) => { if (key === "ArrowRight") turn(1); else if (key === "ArrowLeft") turn(-1); };
  draw();
`;

/**
 * Makes the page of a gallery, 60 thumbnails at a time. The browser loads the photos themselves from where
 * they are; the page holds none.
 */
export function galleryPage(title: string, items: readonly GalleryItem[]): string {
  const kinds = [...new Set(items.map(({ lines }) => lines[0] ?? ""))].filter((kind) =>
    kind !== ""
  );
  const options = kinds.map((kind) => `<option>${escapeHtml(kind)}</option>`).join("");
  const json = JSON.stringify(items).replaceAll("<", "\\u003c");
  return `<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
<h1>${escapeHtml(title)}</h1>
<nav>
  <button id="back">Back</button> <button id="on">On</button> <span id="where"></span>
  <select aria-label="What to show"><option value="">all</option>${options}</select>
</nav>
<main></main>
<script type="application/json" id="items">${json}</script>
<script>${SCRIPT}</script>
</html>
`;
}
