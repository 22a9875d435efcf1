import { deepEqual } from "node:assert/strict";
import type { Photo } from "@/dataset/photo.ts";
import { dropRepeats, isPhoto, matchPhotos, remark } from "@/dataset/readers/reader.ts";

function label(photo: string, gender: Photo["gender"] = null): Photo {
  return { photo, age: "26", group: 2, gender, subject: null, album: null, fold: null };
}

Deno.test("isPhoto() recognises photos by their extension, readable or not", () => {
  const photos = [
    "a.jpg",
    "a.JPEG",
    "b/a.Png",
    "a.gif",
    "a.webp",
    "a.tif",
    "a.jfif",
    "a.jpe",
    "a.HEIC",
  ];
  deepEqual([...photos, "jpg", "a.txt", "a.jpg.zip"].filter(isPhoto), photos);
});

Deno.test("remark() counts all findings and keeps five examples", () => {
  const findings = ["a", "b", "c", "d", "e", "f", "g"];
  deepEqual(remark("odd", findings), [{ what: "odd", count: 7, examples: findings.slice(0, 5) }]);
});

Deno.test("remark() is empty if nothing was found", () => deepEqual(remark("odd", []), []));

Deno.test("dropRepeats() keeps the first label and remarks repeats and disagreements apart", () => {
  const labels = [label("a", "f"), label("b"), label("a", "f"), label("a", "m")];
  const { photos, remarks } = dropRepeats(labels);
  deepEqual(photos, labels.slice(0, 2));
  deepEqual(remarks.map(({ count }) => count), [2, 1]);
});

Deno.test("matchPhotos() remarks labels without photo and photos without label", () => {
  const labels = ["a.jpg", "b.jpg"].map((photo) => label(photo));
  const { photos, remarks } = matchPhotos(labels, ["b.jpg", "c.jpg", "notes.txt"]);
  deepEqual(photos, [label("b.jpg")]);
  deepEqual(remarks, [
    { what: "label without photo: left out", count: 1, examples: ["a.jpg"] },
    { what: "photo without label: left out", count: 1, examples: ["c.jpg"] },
  ]);
});

Deno.test("matchPhotos() finds a name whose accents are composed in another way", () => {
  const composed = "Zo\u00eb.jpg", decomposed = "Zoe\u0308.jpg";
  for (const [written, file] of [[composed, decomposed], [decomposed, composed]] as const) {
    const { photos, remarks } = matchPhotos([label(written)], [file]);
    deepEqual(photos.map(({ photo }) => photo), [file]); // the name that opens the file
    deepEqual(remarks, []);
  }
});

Deno.test("matchPhotos() takes a name that differs in case alone, and remarks it", () => {
  const { photos, remarks } = matchPhotos([label("in/a.jpg"), label("b.jpg")], [
    "In/A.JPG",
    "b.jpg",
  ]);
  deepEqual(photos.map(({ photo }) => photo), ["In/A.JPG", "b.jpg"]);
  const what = "name that differs from its label in case: taken";
  deepEqual(remarks, [{ what, count: 1, examples: ["In/A.JPG"] }]);
});

Deno.test("matchPhotos() takes no name in another case where two files or two labels could be meant", () => {
  const two = matchPhotos([label("a.jpg")], ["A.jpg", "a.JPG"]);
  deepEqual(two.photos, []);
  const one = matchPhotos([label("a.jpg"), label("A.jpg")], ["A.JPG"]);
  deepEqual(one.photos, []);
});

Deno.test("matchPhotos() gives a file to the label that names it exactly", () => {
  const { photos } = matchPhotos([label("A.jpg"), label("a.jpg")], ["a.jpg"]);
  deepEqual(photos.map(({ photo }) => photo), ["a.jpg"]);
});
