import { deepEqual } from "node:assert/strict";
import { isKeptByProgram } from "@/base/kept_folders.ts";

Deno.test("isKeptByProgram() knows previews and trash, and not the originals of a library", () => {
  const kept = [
    ...["photos/@eaDir", ".thumbnails", "x/$RECYCLE.BIN", "C:\\x\\.picasaoriginals"],
    ...["Catalog Previews.lrdata", "My.photoslibrary/resources", "iPhoto Library/Thumbnails"],
  ];
  const photos = ["photos", "photos/2024", "My.photoslibrary", "My.photoslibrary/originals"];
  deepEqual([...kept, ...photos].filter(isKeptByProgram), kept);
});
