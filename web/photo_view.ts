/** A photo as the page shows it, with its faces; or why it could not be read. */
import { createBoxes, createFaceView, inWords } from "./face_view.ts";
import { fromTemplate, inside } from "./dom.ts";
import type { PhotoReading, Reading } from "./protocol.ts";

export interface PhotoView {
  element: HTMLElement;
  words: string;
  /** The faces read in it; null if it could not be read. */
  reading: Reading | null;
}

/** Shows a photo that was read. */
export function createPhotoView(file: File, reading: PhotoReading): PhotoView {
  const view = createArticle(file.name), { faces, picture, original } = reading;
  const words = `${file.name}: ${facesInWords(reading)}`;
  const image = inside<HTMLImageElement>(view, "img");
  image.src = URL.createObjectURL(picture);
  image.alt = words;
  inside(view, ".boxes").append(...createBoxes(reading));
  const caption = inside(view, "figcaption");
  caption.textContent = `${file.name}, ${original.width} × ${original.height} pixels`;
  caption.title = `Read in ${(reading.time / 1000).toFixed(2)} s`;
  inside(view, ".faces").append(...faces.map((face, k) => createFaceView(face, k + 1)));
  inside(view, ".none").textContent = faces.length ? "" : "No face was found in this photo.";
  return { element: view, words, reading };
}

/** Shows why a photo could not be read. */
export function createFailedView(file: File, reason: string): PhotoView {
  const view = createArticle(file.name), words = `${file.name} cannot be read: ${reason}`;
  view.classList.add("failed");
  inside(view, "figure").remove();
  inside(view, ".none").textContent = words;
  return { element: view, words, reading: null };
}

function createArticle(name: string): HTMLElement {
  const view = fromTemplate("photo-template");
  view.ariaLabel = name;
  inside(view, ".remove").ariaLabel = `Remove ${name}`;
  return view;
}

function facesInWords({ faces }: Reading): string {
  if (faces.length === 0) return "no face found";
  if (faces.length === 1) return `one face, ${inWords(faces[0]!)}`;
  const each = faces.map((face, k) => `; ${k + 1}: ${inWords(face)}`);
  return `${faces.length} faces${each.join("")}`;
}
