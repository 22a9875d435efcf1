/** The photos on the page: they are read one after the other, the newest first on the page. */
import { byId, drawPixels, inside } from "./dom.ts";
import { messageOf } from "./messages.ts";
import { createFailedView, createPhotoView, type PhotoView } from "./photo_view.ts";
import type { Reader } from "./protocol.ts";

const views = new Set<PhotoView>();

/** Returns what reads and shows files; `say` tells people how it goes, with a remark in the end. */
export function createResults(reader: Reader, say: (text: string) => void) {
  const explain = byId<HTMLInputElement>("explain");
  let turn = 0; // counts switches: what one asked for, nobody wants after the next
  const showCropsOf = (view: PhotoView, own = turn) => {
    const isWanted = () => own === turn && views.has(view);
    return showCrops(reader, view, explain.checked, isWanted).catch((error) => (
      say(messageOf(error))
    ));
  };
  byId("clear").addEventListener("click", () => [...views].forEach(remove));
  explain.addEventListener("change", async () => {
    const own = ++turn;
    document.body.classList.toggle("explained", explain.checked);
    for (const view of [...views].reverse()) await showCropsOf(view, own); // so that photos can come in between
  });
  return async (files: readonly File[], remark = ""): Promise<void> => {
    for (const [k, file] of files.entries()) {
      say(`Reading ${file.name}${files.length > 1 ? `, ${k + 1} of ${files.length}` : ""} …`);
      const view = await reader.readPhoto(file).then((reading) => createPhotoView(file, reading))
        .catch((error) => createFailedView(file, messageOf(error)));
      add(view);
      if (explain.checked) showCropsOf(view);
      say(view.words);
    }
    if (remark) say(`Read: ${files.length.toLocaleString("en")} photos. ${remark}`);
  };
}

function add(view: PhotoView): void {
  views.add(view);
  byId("photos").prepend(view.element);
  inside(view.element, ".remove").addEventListener("click", () => remove(view));
  update();
}

function remove(view: PhotoView): void {
  views.delete(view);
  const image = view.element.querySelector("img");
  if (image) URL.revokeObjectURL(image.src); // gives the memory back
  view.element.remove();
  update();
}

function update(): void {
  byId("results").hidden = views.size === 0;
  document.body.classList.toggle("filled", views.size > 0);
}

/** Shows the crops of a photo's faces, or where the network looked in them, as long as that is wanted. */
async function showCrops(
  reader: Reader,
  view: PhotoView,
  isExplained: boolean,
  isWanted: () => boolean,
): Promise<void> {
  if (!isWanted()) return;
  const canvases = view.element.querySelectorAll("canvas");
  view.element.dataset.explained = "changing";
  for (const [k, face] of (view.reading?.faces ?? []).entries()) {
    const pixels = isExplained ? await reader.explain(face, face.group) : face.crop;
    if (!isWanted()) return;
    drawPixels(canvases[k]!, pixels);
  }
  view.element.dataset.explained = String(isExplained);
}
