/** Folders in which programs keep previews, trash and snapshots beside people's photos. */

const KEPT = new RegExp(
  `^(${
    [
      ...["@eadir", "[#@]recycle", "#snapshot", "@recently-snapshot", "\\.@__thumb"], // Synology, QNAP
      ...["\\$recycle\\.bin", "recycler", "system volume information", "lost\\+found"],
      ...["\\.trash(es|-\\d+)?", "__macosx", "\\.thumbnails", "\\.xvpics", "appdata_\\w+"],
      ...["\\.picasaoriginals", "\\.dtrash", ".*(previews|helper|sync)\\.lrdata"], // Picasa, digiKam, Lightroom
    ].join("|")
  })$`,
  "i",
);

/** A library of Apple's Photos, iPhoto or Aperture, and what in it is no preview. */
const LIBRARY = /(\.(photos?library|aplibrary|migrated\w+library)|^iphoto library)$/i;
const ORIGINALS = /^(originals|masters|modified)$/i;

/** Tells whether a folder holds no photos of its owner but what a program made of them, or what was thrown away. */
export function isKeptByProgram(path: string): boolean {
  const [name = "", parent = ""] = path.split(/[\\/]/).reverse();
  return KEPT.test(name) || LIBRARY.test(parent) && !ORIGINALS.test(name);
}
