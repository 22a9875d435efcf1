/**
 * Measures how faces are found, placed and cropped, on a folder of UTKFace's crops: as they are, and pasted into larger
 * photos, shrunk and turned; and what that does to a network's answers.
 *
 *     deno run -A bench/measure_faces.ts FOLDER [PHOTOS] [MODEL]
 *
 * Photos that the model was trained on or chosen by are left out.
 */
import { createHash } from "node:crypto";
import { mean, median, quantile, sort, sum } from "d3";
import { ageGroup } from "@/dataset/age_group.ts";
import { UTKFACE } from "@/dataset/readers/utkface.ts";
import { compare } from "@/metrics/comparison.ts";
import { openModel } from "@/answers/open_model.ts";
import { predictSquares } from "@/answers/prediction.ts";
import type { Pixels } from "@/base/pixels.ts";
import { createRandom } from "@/base/random.ts";
import { type Eyes, type Point, scaleOf, type Similarity, transform } from "@/faces/align.ts";
import { cropFrom } from "@/faces/crop_face.ts";
import { cutSquare, layersOf } from "@/faces/cut_square.ts";
import { openFaceNetworks } from "@/faces/onnx_networks.ts";
import { type Face, readFaces } from "@/faces/read_faces.ts";
import { decodePhoto } from "@/images/decode_photo.ts";
import { resizeToSquare } from "@/images/resize.ts";
import { mostProbable } from "@/metrics/answer.ts";
import { tf } from "@/native/tensorflow.ts";

const CANVAS = 640, CROP = 200;

/** The number of photos that are changed in each way, to see whether the answer stays. */
const CHANGED = 100;

const [folder, count = "200", modelName = "age-groups-2"] = Deno.args;
if (!folder) throw new Error("Name the folder that holds UTKFace's photos");

const random = createRandom(7, "measure faces");
const networks = await openFaceNetworks(), model = await openModel(modelName);
const { photos } = UTKFACE.read([...Deno.readDirSync(folder)].map(({ name }) => name).sort(), []);

/** Predicts a square: five probabilities. */
async function ask(square: Pixels): Promise<number[]> {
  const [answer] = await predictSquares(model, [square]);
  return answer!.probabilities;
}

/** Predicts a face in a photo; null if there is none. */
async function askFace(photo: Pixels, face: Face | undefined): Promise<number[] | null> {
  return face ? await ask(cropFrom(layersOf(photo), face, model.card.input.side)) : null;
}

/** Predicts the largest face of a photo; null if there is none. */
async function askPhoto(photo: Pixels): Promise<number[] | null> {
  return await askFace(photo, (await readFaces(networks, photo, { tiles: false }))[0]);
}

/** From a canvas to the crop that lies in it: scaled, turned by so many degrees, its middle at a place. */
function placeCrop(scale: number, degrees: number, [x, y]: Point): Similarity {
  const angle = degrees * Math.PI / 180;
  const cos = Math.cos(angle) / scale, sin = Math.sin(angle) / scale;
  return { cos, sin, x: CROP / 2 - cos * x + sin * y, y: CROP / 2 - sin * x - cos * y };
}

function paste(photo: Pixels, placed: Similarity): Pixels {
  return cutSquare(layersOf(photo), placed, CANVAS);
}

const middle: Point = [CANVAS / 2, CANVAS / 2], plainly = placeCrop(0.7, 0, middle);

/** A photo after some harm, by its name. */
const HARM: Record<string, (photo: Pixels) => Pixels | Promise<Pixels>> = {
  "shifted": (photo) => paste(photo, placeCrop(0.7, 0, [middle[0] + 41.3, middle[1] - 27.7])),
  "scaled by 0.85": (photo) => paste(photo, placeCrop(0.7 * 0.85, 0, middle)),
  "turned by 10 degrees": (photo) => paste(photo, placeCrop(0.7, 10, middle)),
  "turned by 20 degrees": (photo) => paste(photo, placeCrop(0.7, -20, middle)),
  "JPEG of quality 50": async (photo) => {
    const image = tf.tensor3d(paste(photo, plainly).data, [CANVAS, CANVAS, 3], "int32");
    const bytes = await tf.node.encodeJpeg(image, "rgb", 50);
    image.dispose();
    return await decodePhoto(bytes);
  },
  "half as bright": (photo) => {
    const { data, ...size } = paste(photo, plainly);
    return { ...size, data: data.map((value) => value / 2) };
  },
};

/** Distance of both eyes, in shares of the distance between them. */
function eyesOff(eyes: Iterable<Point>, known: Eyes): number {
  const between = (a: Point, b: Point) => Math.hypot(a[0] - b[0], a[1] - b[1]);
  return mean(eyes, (eye, i) => between(eye, known[i]!))! / between(...known);
}

/** The face in a canvas that is the crop's, not one found elsewhere. */
function sameFace(faces: readonly Face[], placed: Similarity): Face | undefined {
  return faces.find(({ eyes }) => (
    eyes.flatMap((eye) => transform(placed, eye)).every((value) => value > 0 && value < CROP)
  ));
}

/** The place of the crop cut out of a canvas in the original: larger, turned, shifted. */
function spreadOf(face: Face, placed: Similarity) {
  const at = (u: number, v: number) => transform(placed, transform(face.transform, [u, v]));
  const [x, y] = at(0.5, 0.5), [a, b] = [at(0, 0.5), at(1, 0.5)];
  return {
    scale: Math.log(scaleOf(face.transform) * scaleOf(placed) / CROP),
    angle: Math.atan2(b[1] - a[1], b[0] - a[0]) * 180 / Math.PI,
    x: x / CROP - 0.5,
    y: y / CROP - 0.5,
  };
}

/** By how many degrees photos are turned to see whether their faces are read the right way up. */
const TURNS = [45, 90, 135, 180, 225, 270, 315];

/** How the face in a canvas that is turned is read. */
async function readTurned(photo: Pixels, degrees: number): Promise<keyof typeof READ> {
  const placed = placeCrop(0.7, degrees, middle);
  const face = sameFace(await readFaces(networks, paste(photo, placed)), placed);
  if (!face) return "missed";
  if (Math.abs(spreadOf(face, placed).angle) < 30) return "right";
  return face.warnings.some(({ kind }) => kind === "lying") ? "warned" : "wrong";
}

/** Ways in which a turned face is read, in words. */
const READ = {
  right: "the right way up",
  warned: "not, with a warning",
  wrong: "not, without one",
  missed: "not found",
};

/** Reads a crop as it is, and pasted into a larger photo: shrunk, turned by 20 degrees at most, anywhere in it. */
async function measure(photo: Pixels, group: number) {
  const before = await ask(resizeToSquare(photo, model.card.input.side));
  const tight = await readFaces(networks, photo), known = tight[0]?.eyes;
  const degrees = (random() - 0.5) * 40, scale = 0.4 + 0.5 * random();
  const [x, y] = [0, 0].map(() => 140 + random() * (CANVAS - 280)) as [number, number];
  const placed = placeCrop(scale, degrees, [x, y]), canvas = paste(photo, placed);
  const start = performance.now(), faces = await readFaces(networks, canvas);
  const milliseconds = performance.now() - start, face = sameFace(faces, placed);
  return {
    ...{ group, before, tight, milliseconds, pasted: faces.length, face },
    tightAnswer: await askFace(photo, tight[0]),
    after: await askFace(canvas, face),
    spread: face && spreadOf(face, placed),
    eyes: face && known && eyesOff(face.eyes.map((eye) => transform(placed, eye)), known),
  };
}

type Row = Awaited<ReturnType<typeof measure>>;

/** By how much each harm changes the highest probability; null where no face is found. */
async function harm(photo: Pixels): Promise<Record<string, number | null>> {
  const plain = await askPhoto(paste(photo, plainly)), changes: Record<string, number | null> = {};
  const top = plain ? mostProbable(plain) : 0;
  for (const [name, change] of Object.entries(HARM)) {
    const answer = plain && await askPhoto(await change(photo));
    changes[name] = answer && Math.abs(answer[top]! - plain![top]!);
  }
  return changes;
}

const rows: Row[] = [], changes: Awaited<ReturnType<typeof harm>>[] = [];
const turned = TURNS.map((): (keyof typeof READ)[] => []);
const order = new Map(photos.map(({ photo }) => [photo, random()]));

for (const { photo: name, age } of sort(photos, ({ photo }) => order.get(photo)!)) {
  if (rows.length >= Number(count)) break;
  const bytes = await Deno.readFile(`${folder}/${name}`);
  if (model.seen.isFile(createHash("md5").update(bytes).digest("hex"))) continue;
  const photo = await decodePhoto(bytes).catch(() => null), group = ageGroup(age ?? "");
  if (photo?.width !== CROP || group === null) continue;
  rows.push(await measure(photo, group));
  if (rows.length <= CHANGED) {
    changes.push(await harm(photo));
    for (const [k, degrees] of TURNS.entries()) turned[k]!.push(await readTurned(photo, degrees));
  }
  if (rows.length % 50 === 0) report();
}
report();

type AnswerOf = (row: Row) => number[] | null;

/** The group by an answer; without one, a wrong group. */
function groupBy(answerOf: AnswerOf, row: Row): number {
  return mostProbable(answerOf(row) ?? row.before.map((_, k) => k === row.group ? 0 : 1));
}

/** Compares the accuracy of answers with that of answers to the crops, on the same photos; no answer is a wrong one. */
function differenceOf(answerOf: AnswerOf): string {
  const truth = rows.map(({ group }) => group);
  const after = rows.map((row) => groupBy(answerOf, row));
  const before = rows.map(({ before }) => mostProbable(before));
  const { accuracy } = compare(truth, after, before, rows.map(() => null), { seed: 7 });
  const [value, low, high] = [accuracy.value, accuracy.low, accuracy.high]
    .map((share) => (100 * share).toFixed(1));
  return `${value} points (95%: ${low} to ${high})`;
}

function share(part: number, of = rows.length): string {
  return `${(100 * part / of).toFixed(1)}%`;
}

function shareOf(holds: (row: Row) => boolean): string {
  return share(rows.filter(holds).length);
}

function onCrops(): Record<string, unknown> {
  const eye = (side: 0 | 1, axis: 0 | 1) =>
    median(rows.flatMap(({ tight }) => tight[0]?.eyes[side][axis] ?? []))!.toFixed(1);
  const warned = (kind: string) =>
    shareOf(({ tight }) => tight[0]?.warnings.some((warning) => warning.kind === kind) ?? false);
  return {
    "crops: found": shareOf(({ tight }) => tight.length > 0),
    "crops: further faces": sum(rows, ({ tight }) => Math.max(0, tight.length - 1)),
    "crops: known as crops": shareOf(({ tight }) => tight[0]?.isWhole ?? false),
    "crops: eyes, median": `${eye(0, 0)}, ${eye(0, 1)} and ${eye(1, 0)}, ${eye(1, 1)}`,
    "crops: warned of as turned": warned("turned"),
    "crops: warned of as blurred": warned("blurred"),
  };
}

function inLargerPhotos(): Record<string, unknown> {
  const found = rows.filter(({ face }) => face), eyes = rows.flatMap(({ eyes }) => eyes ?? []);
  const spread = (key: "scale" | "angle" | "x" | "y") => {
    const values = found.map((row) => row.spread![key]), centre = median(values)!;
    const off = values.map((value) => Math.abs(value - centre));
    const root = Math.sqrt(mean(values, (value) => value ** 2)!);
    return `${(1.4826 * median(off)!).toFixed(4)} robust, ${root.toFixed(4)} root mean square, ` +
      `${quantile(off, 0.95)!.toFixed(3)} at 95%, median ${centre.toFixed(4)}`;
  };
  return {
    "larger photos: found": share(found.length),
    "larger photos: further faces": sum(rows, ({ pasted, face }) => pasted - (face ? 1 : 0)),
    "eyes off, median of their distance": median(eyes)?.toFixed(3),
    "eyes off, 95th percentile": quantile(eyes, 0.95)?.toFixed(3),
    "crop against UTKFace's: size": spread("scale"),
    "crop against UTKFace's: degrees": spread("angle"),
    "crop against UTKFace's: across": spread("x"),
    "crop against UTKFace's: down": spread("y"),
  };
}

function ofAnswers(): Record<string, unknown> {
  const correct = (answerOf: AnswerOf) => shareOf((row) => groupBy(answerOf, row) === row.group);
  return {
    "accuracy on the crops": correct((row) => row.before),
    "accuracy on the crops, after reading faces": correct((row) => row.tightAnswer),
    "accuracy in larger photos": correct((row) => row.after),
    "accuracy in larger photos less that on the crops": differenceOf((row) => row.after),
    "accuracy after reading faces less that on the crops": differenceOf((row) => row.tightAnswer),
    "milliseconds a larger photo": mean(rows, (row) => row.milliseconds)!.toFixed(0),
  };
}

function afterHarm(): Record<string, unknown> {
  return Object.fromEntries(
    Object.keys(HARM).map((name) => {
      const values = changes.map((change) => change[name]!),
        known = values.filter((x) => x !== null);
      const words = `${median(known)?.toFixed(3)} (${share(known.length, values.length)} found)`;
      return [`${name}: top probability changes by`, words];
    }),
  );
}

function ofTurned(): Record<string, unknown> {
  return Object.fromEntries(TURNS.map((degrees, k) => {
    const count = (way: string) => turned[k]!.filter((read) => read === way).length;
    const words = Object.entries(READ).map(([way, words]) => `${count(way)} ${words}`);
    return [`turned by ${degrees} degrees`, words.join(", ")];
  }));
}

function report(): void {
  const parts = [onCrops(), inLargerPhotos(), ofAnswers(), afterHarm(), ofTurned()];
  console.table(Object.assign({ "photos": rows.length }, ...parts));
}
