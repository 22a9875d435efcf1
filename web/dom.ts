/** The page's elements. */
import type { Pixels } from "@/base/pixels.ts";

/** Finds the element with an id of `index.html`. */
export function byId<T extends HTMLElement = HTMLElement>(id: string): T {
  return document.getElementById(id) as T;
}

/** Finds the first element inside another that matches a selector. */
export function inside<T extends HTMLElement = HTMLElement>(parent: Element, selector: string): T {
  return parent.querySelector<T>(selector)!;
}

/** Makes a copy of what a template of `index.html` holds. */
export function fromTemplate<T extends HTMLElement = HTMLElement>(id: string): T {
  const { content } = byId<HTMLTemplateElement>(id);
  return content.firstElementChild!.cloneNode(true) as T;
}

export function element(tag: string, className: string, text = ""): HTMLElement {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

export function drawPixels(canvas: HTMLCanvasElement, { width, height, data }: Pixels): void {
  canvas.width = width;
  canvas.height = height;
  const rgba = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let from = 0, to = 0; from < data.length; from += 3, to += 4) {
    rgba[to] = data[from]!;
    rgba[to + 1] = data[from + 1]!;
    rgba[to + 2] = data[from + 2]!;
  }
  canvas.getContext("2d")!.putImageData(new ImageData(rgba, width, height), 0, 0);
}
