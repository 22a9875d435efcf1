/** The photos on the page: they are read one after the other, the newest first on the page. */
import { byId, drawPixels, inside } from "./dom.ts";
import { likeliest } from "./face_view.ts";
import { messageOf } from "./messages.ts";
import {
  createFailedView,
  createPhotoView,
  type PhotoView,
  removePhotoView,
} from "./photo_view.ts";
import type { Reader } from "./protocol.ts";

/** Lets photos be read and shown; `say` tells people how it goes. */
export function createResults(reader: Reader, say: (text: string) => void): {
  /** Reads files; `remark` is said in the end. */
  add: (files: readonly File[], remark?: string) => Promise<void>;
} {
  const views = new Set<PhotoView>(), explain = byId<HTMLInputElement>("explain");
  const explainAll = (views: readonly PhotoView[], isExplained: boolean) => {
    for (const view of views) {
      showCrops(reader, view, isExplained).catch((error) => say(messageOf(error)));
    }
  };
  const update = () => {
    byId("results").hidden = views.size === 0;
    document.body.classList.toggle("filled", views.size > 0);
  };
  const remove = (view: PhotoView) => {
    views.delete(view);
    removePhotoView(view);
    update();
  };
  const show = (view: PhotoView) => {
    views.add(view);
    byId("photos").prepend(view.element);
    inside(view.element, ".remove").addEventListener("click", () => remove(view));
    update();
    if (explain.checked) explainAll([view], true);
  };
  byId("clear").addEventListener("click", () => [...views].forEach(remove));
  explain.addEventListener("change", () => {
    document.body.classList.toggle("explained", explain.checked);
    explainAll([...views], explain.checked);
  });
  return {
    add: async (files, remark = "") => {
      for (const [k, file] of files.entries()) {
        say(`Reading ${file.name}${files.length > 1 ? `, ${k + 1} of ${files.length}` : ""} …`);
        const view = await read(reader, file);
        show(view);
        say(view.words);
      }
      if (remark) say(`Read: ${files.length.toLocaleString("en")} photos. ${remark}`);
    },
  };
}

async function read(reader: Reader, file: File): Promise<PhotoView> {
  try {
    return createPhotoView(file, await reader.readPhoto(file));
  } catch (error) {
    return createFailedView(file, messageOf(error));
  }
}

/** Shows the crops of a photo's faces, or where the network looked in them. */
async function showCrops(reader: Reader, view: PhotoView, isExplained: boolean): Promise<void> {
  const canvases = view.element.querySelectorAll("canvas");
  view.element.dataset.explained = "changing";
  for (const [k, face] of (view.reading?.faces ?? []).entries()) {
    const pixels = isExplained ? await reader.explain(face, likeliest(face)) : face.crop;
    if (document.body.classList.contains("explained") !== isExplained) return; // switched meanwhile
    drawPixels(canvases[k]!, pixels);
  }
  view.element.dataset.explained = String(isExplained);
}
