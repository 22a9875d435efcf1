/**
 * Where photos come in: dropped, pasted, chosen.
 *
 * @module
 */
import { byId } from "./dom.ts";

/** Hands over files whenever some are dropped, pasted or chosen. */
export function takeFiles(take: (files: File[]) => void): void {
  takeChosen(take);
  takeDropped(take);
  document.addEventListener("paste", ({ clipboardData }) => {
    const files = [...clipboardData?.files ?? []];
    if (files.length) take(files);
  });
}

function takeChosen(take: (files: File[]) => void): void {
  const input = byId<HTMLInputElement>("files");
  byId("choose").addEventListener("click", () => input.click());
  input.addEventListener("change", () => {
    take([...input.files ?? []]);
    input.value = ""; // so that the same file can be chosen again
  });
}

/** Photos may be dropped anywhere; the browser would leave the page for them. */
function takeDropped(take: (files: File[]) => void): void {
  const mark = (isOver: boolean) => byId("intake").classList.toggle("over", isOver);
  document.addEventListener("dragover", (event) => {
    event.preventDefault();
    mark(true);
  });
  document.addEventListener("dragleave", ({ relatedTarget }) => mark(relatedTarget !== null));
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    mark(false);
    take([...event.dataTransfer?.files ?? []]);
  });
}
