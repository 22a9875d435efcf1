/** A face as the page shows it: crop, group, years, five bars, warnings. */
import { AGE_GROUPS } from "@/dataset/age_group.ts";
import { percent } from "@/base/text.ts";
import { startLarge } from "./about.ts";
import { drawPixels, element, fromTemplate, inside } from "./dom.ts";
import type { FaceReading, Reading } from "./protocol.ts";

/** The age of a face in words: `21-37, 67.4%`. */
export function inWords({ group, probabilities }: FaceReading): string {
  return `${AGE_GROUPS[group].name}, ${percent(probabilities[group]!)}`;
}

/** Shows a face, the `number`-th of its photo, in a new element. */
export function createFaceView(face: FaceReading, number: number): HTMLElement {
  const view = fromTemplate("face-template");
  inside(view, ".bars").append(...AGE_GROUPS.map(() => fromTemplate("bar-template")));
  updateFaceView(view, face, number);
  return view;
}

/** Shows another reading in an element that `createFaceView` made. */
export function updateFaceView(view: HTMLElement, face: FaceReading, number: number): void {
  const canvas = inside<HTMLCanvasElement>(view, "canvas");
  drawPixels(canvas, face.crop);
  canvas.ariaLabel = `Face ${number}`;
  inside(view, ".number").textContent = String(number);
  inside(view, ".group").textContent = AGE_GROUPS[face.group].name;
  inside(view, ".years").textContent = yearsText(face);
  [...inside(view, ".bars").children].forEach((bar, group) => updateBar(bar, face, group));
  const warnings = face.warnings.map((text) => element("li", "", startLarge(text)));
  inside(view, ".warnings").replaceChildren(...warnings);
}

function updateBar(bar: Element, face: FaceReading, group: number): void {
  const share = face.probabilities[group]!;
  bar.classList.toggle("most", group === face.group);
  inside(bar, ".name").textContent = AGE_GROUPS[group]!.name;
  inside(bar, ".share").textContent = percent(share);
  inside(bar, ".track span").style.setProperty("--share", share.toFixed(3));
}

function yearsText({ years, range }: FaceReading): string {
  if (years === null) return "";
  const about = `about ${Math.round(years)} years`;
  return range ? `${about}, probably ${range.from} to ${range.to}` : about;
}

/** Marks the faces of a photo: a box each, with the face's number. */
export function createBoxes({ width, height, faces }: Reading, isMirrored = false): HTMLElement[] {
  return faces.map(({ box }, k) => {
    const view = element("div", "box"), share = (part: number, of: number) => `${100 * part / of}%`;
    view.style[isMirrored ? "right" : "left"] = share(box.x, width);
    view.style.top = share(box.y, height);
    view.style.width = share(box.width, width);
    view.style.height = share(box.height, height);
    view.append(element("span", "number", String(k + 1)));
    return view;
  });
}
