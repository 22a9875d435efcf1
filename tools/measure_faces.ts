/**
 * Measures the finder of faces on a folder of UTKFace's crops, as they are and as parts of larger photos:
 *
 *     deno run -A tools/measure_faces.ts FOLDER [PHOTOS]
 *
 * @module
 */
import { mean, median, quantile } from "d3";
import { createRandom } from "@/base/random.ts";
import { type Eyes, type Point, type Similarity, transform } from "@/faces/align.ts";
import { cutSquare, layersOf } from "@/faces/cut_square.ts";
import { type Face, readFaces } from "@/faces/read_faces.ts";
import { loadFaceNetworks } from "@/faces/load_networks.ts";
import { readPhoto } from "@/images/pixels.ts";

const CANVAS = 640;

const [folder, count = "200"] = Deno.args;
if (!folder) throw new Error("Name the folder that holds UTKFace's photos");

const random = createRandom(7, "measure faces");
const names = [...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) => (
  name.endsWith(".jpg")
)).sort();
const step = Math.max(1, Math.floor(names.length / Number(count)));
const networks = await loadFaceNetworks();
const crops: Face[] = [], errors: number[] = [];
let photos = 0, found = 0, surplus = 0, surplusCrop = 0, cropped = 0, milliseconds = 0;

for (let i = 0; i < names.length; i += step) {
  const photo = await readPhoto(folder, names[i]!);
  const [known, ...more] = await readFaces(networks, photo);
  photos++;
  surplusCrop += more.length;
  if (known) crops.push(known);
  if (known?.isWhole) cropped++;
  const placed = place(), canvas = cutSquare(layersOf(photo), placed, CANVAS);
  const start = performance.now();
  const faces = await readFaces(networks, canvas);
  milliseconds += performance.now() - start;
  const back = faces.map(({ eyes }) => (
    eyes.map((eye) => transform(placed, eye)) as unknown as Eyes
  ));
  const same = back.find((eyes) =>
    eyes.every(([x, y]) => (
      x > 0 && y > 0 && x < photo.width && y < photo.height
    ))
  );
  if (same) found++;
  surplus += faces.length - (same ? 1 : 0);
  if (same && known) errors.push(distance(same, known.eyes));
}

/** Distance of both eyes, in shares of the distance between them. */
function distance(eyes: Eyes, known: Eyes): number {
  const between = (a: Point, b: Point) => Math.hypot(a[0] - b[0], a[1] - b[1]);
  return mean(eyes, (eye, i) => between(eye, known[i]!))! / between(...known);
}

/** From the canvas to the crop: 0.4 to 0.9 of its size, turned by up to 20 degrees, anywhere inside. */
function place(): Similarity {
  const scale = 1 / (0.4 + 0.5 * random()), angle = (random() - 0.5) * 40 * Math.PI / 180;
  const cos = scale * Math.cos(angle), sin = scale * Math.sin(angle);
  const [x, y] = [0, 0].map(() => 140 + random() * (CANVAS - 280)) as [number, number];
  return { cos, sin, x: 100 - cos * x + sin * y, y: 100 - sin * x - cos * y };
}

const share = (part: number) => `${(100 * part / photos).toFixed(1)}%`;
const eye = (side: 0 | 1, axis: 0 | 1) => median(crops, ({ eyes }) => eyes[side][axis])!.toFixed(1);
console.table({
  "photos": photos,
  "crops: found": share(crops.length),
  "crops: surplus faces": surplusCrop,
  "crops: known as crops": share(cropped),
  "crops: left eye, median": `${eye(0, 0)}, ${eye(0, 1)}`,
  "crops: right eye, median": `${eye(1, 0)}, ${eye(1, 1)}`,
  "in larger photos: found": share(found),
  "in larger photos: surplus faces": surplus,
  "eyes off, median of the eyes' distance": median(errors)!.toFixed(3),
  "eyes off, 95th percentile": quantile(errors, 0.95)!.toFixed(3),
  "milliseconds a photo": (milliseconds / photos).toFixed(0),
} as Record<string, unknown>);
