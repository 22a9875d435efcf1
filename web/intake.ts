/** Where photos come in: dropped, pasted, chosen. */
import { byId } from "./dom.ts";
import { itemsOf, leftOut, readDropped } from "./dropped.ts";

/** Takes files, and words about others that were left out. */
type Take = (files: File[], remark?: string) => void;

/** Hands over files whenever some are dropped, pasted or chosen; `say` tells people how it goes. */
export function takeFiles(take: Take, say: (text: string) => void): void {
  takeChosen(take);
  const takeAll = async (data: DataTransfer) => {
    const text = data.getData("text/uri-list") || data.getData("text/plain"), items = itemsOf(data);
    if (items.length === 0) return say(noPhoto(text));
    say("Looking for photos …");
    const { photos, left } = await readDropped(items, (found) => {
      if (found % 100 === 0) say(`Looking for photos: ${found.toLocaleString("en")} so far …`);
    });
    const remark = leftOut(left);
    photos.length ? take(photos, remark) : say(`No photo is in it. ${remark}`.trim());
  };
  takeDropped(takeAll);
  document.addEventListener("paste", ({ clipboardData: data }) => data && takeAll(data));
}

/** Says that a text is none of a photo, and where it is an address, that nothing is fetched. */
function noPhoto(text: string): string {
  if (text === "") return "Nothing of that is a photo: copy or drop a picture, or its file.";
  return /^\s*(\w[\w+.-]*:|www\.)\S+\s*$/.test(text)
    ? "That is an address, not a photo, and this page fetches nothing from elsewhere: save the picture and drop its " +
      "file, or copy the picture itself and paste it."
    : "That is text, not a photo: copy or drop a picture, or its file.";
}

function takeChosen(take: Take): void {
  const input = byId<HTMLInputElement>("files");
  byId("choose").addEventListener("click", () => input.click());
  input.addEventListener("change", () => {
    take([...input.files ?? []]);
    input.value = ""; // so that the same file can be chosen again
  });
}

/** Photos may be dropped anywhere; the browser would leave the page for them. */
function takeDropped(take: (data: DataTransfer) => void): void {
  const mark = (isOver: boolean) => byId("intake").classList.toggle("over", isOver);
  document.addEventListener("dragover", (event) => {
    event.preventDefault();
    mark(true);
  });
  document.addEventListener("dragleave", ({ relatedTarget }) => mark(relatedTarget !== null));
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    mark(false);
    if (event.dataTransfer) take(event.dataTransfer);
  });
}
