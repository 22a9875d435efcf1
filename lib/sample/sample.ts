/**
 * The sample: a data set of synthetic faces in Adience's own layout, from a seed. Nobody in it is real:
 * the faces are drawn by rule, so that anyone can run, test and show the whole study.
 *
 * Labels have Adience's shares of ages and genders, and its odd labels (`(25, 23)`, `35`, `None`). No
 * album is in two folds. Each person has one label, and a few have many photos. As in any real collection
 * there are defects, here on purpose:
 *
 * - unreadable files: empty, cut off, a web page or a text in place of a photo, a TIFF named `.jpg`;
 * - exact duplicates under another name, some with a label that contradicts the first;
 * - near-duplicates: the same photo saved again at another quality, or cropped at its edges;
 * - rows that occur twice in a fold file, a label without a photo, a photo without a label.
 */
import { dirname, join } from "node:path";
import { range, sum } from "d3";
import type { Image } from "imagescript";
import {
  DONE,
  type Ended,
  openWorker,
  shareJobs,
  type WorkerProcess,
} from "@/base/worker_process.ts";
import { writeInStages } from "@/base/files.ts";
import type { Size } from "@/base/pixels.ts";
import { createRandom, type Random } from "@/base/random.ts";
import { between, chance } from "@/sample/dice.ts";
import { type Defects, type Fault, planDefects, UNREADABLE } from "@/sample/plan/defects.ts";
import { drawPortrait } from "@/sample/draw/face.ts";
import {
  type Face,
  facePath,
  foldText,
  planFaces,
  type SampleSize,
  yearsFor,
} from "@/sample/plan/labels.ts";
import { cropEdges, takePhoto, toJpeg } from "@/sample/photo/photo.ts";
import { createCamera, createLight, createShot } from "@/sample/photo/shot.ts";
import { createPerson, type Person } from "@/sample/plan/traits.ts";

/** The size of the study's sample: about 1,200 photos of 300 people in 40 albums. */
export const STUDY_SAMPLE: SampleSize = { photos: 1200, subjects: 300, albums: 40 };

/** The size of a sample, its seed, the number of processes, and a callback for progress. */
export interface SampleOptions extends SampleSize {
  seed?: number;
  /** 1 uses this process; more start worker processes. */
  processes?: number;
  /** Called with the number of photos made so far; what it throws, ends the work. */
  onPhotos?: (done: number, total: number) => void | Promise<void>;
  /** Ends the work, and the worker processes. */
  signal?: AbortSignal;
}

export interface PhotosJob {
  folder: string;
  seed: number;
  photos: { face: Face; fault?: Fault }[];
}

/** Photos per job: few enough that the progress bar moves. */
const AT_ONCE = 20;

const PAINTER = join(import.meta.dirname!, "sample_worker.ts");

/**
 * Makes a sample in a new folder: five fold files and the photos, the study's in less than a minute. The same seed
 * gives the same bytes.
 *
 * The files are written beside the folder, which appears only when it is complete. After an interruption, the
 * next call goes on with them.
 *
 * @throws {Interrupted} if the work was interrupted through `signal`
 * @throws {Error} if the folder exists already, or the disk is full
 * @throws {RangeError} if the sample would be too small
 */
export async function makeSample(
  folder: string,
  { seed = 7, photos, subjects, albums, ...running }: SampleOptions,
): Promise<void> {
  if (await Deno.stat(folder).catch(() => null)) {
    throw new Error(`Cannot make the sample in ${folder}: it is there already. Remove it first`);
  }
  const faces = planFaces({ photos, subjects, albums }, seed);
  const defects = planDefects(faces, createRandom(seed, "dirt")); // the stream's first name, so that no photo changes
  const source = JSON.stringify({ seed, photos, subjects, albums });
  await writeInStages<number[]>(folder, source, async (part, done, note) => {
    await writeFolds(part, faces, defects);
    await writePhotos(planJobs(part, faces, defects, seed), new Set(done), note, running);
  });
}

/**
 * The years of life that each labelled person was drawn with, by the photo's path; labels tell ranges of most. A copy of
 * another person's photo, under a label of its own, shows that one.
 */
export function drawnYears({ seed = 7, ...size }: SampleOptions = STUDY_SAMPLE) {
  const faces = planFaces(size, seed);
  return new Map(faces.map((face) => {
    const years = yearsFor(face.age, createRandom(seed, `person ${face.subject}`));
    return [facePath(face), Math.floor(years)];
  }));
}

async function writeFolds(folder: string, faces: readonly Face[], defects: Defects): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  const rows = faces.flatMap((face) => defects.repeatedRows.has(face) ? [face, face] : [face]);
  for (const fold of [0, 1, 2, 3, 4]) {
    const text = foldText(rows.filter((face) => face.fold === fold));
    await Deno.writeTextFile(join(folder, `fold_${fold}_data.txt`), text);
  }
}

function planJobs(
  folder: string,
  faces: readonly Face[],
  { faults, unlabelled }: Defects,
  seed: number,
): PhotosJob[] {
  const photos = [...faces, ...unlabelled].map((face) => ({ face, fault: faults.get(face) }));
  return range(0, photos.length, AT_ONCE).map((from) => (
    { folder, seed, photos: photos.slice(from, from + AT_ONCE) }
  ));
}

async function writePhotos(
  jobs: readonly PhotosJob[],
  done: Set<number>,
  note: (done: number[]) => void,
  { processes = 1, onPhotos, signal }: Omit<SampleOptions, keyof SampleSize>,
): Promise<void> {
  const painters = processes === 1 || jobs.length === 1
    ? [HERE]
    : jobs.slice(0, processes).map(() => openWorker<PhotosJob>(PAINTER, { threads: 1, signal }));
  const total = sum(jobs, ({ photos }) => photos.length);
  const onDone = async (job: PhotosJob) => {
    note([...done.add(jobs.indexOf(job))]);
    await onPhotos?.(sum(done, (place) => jobs[place]!.photos.length), total);
  };
  await shareJobs(jobs.filter((_, place) => !done.has(place)), painters, { onDone, signal });
}

const HERE: WorkerProcess<PhotosJob> = { do: makePhotos, end: () => Promise.resolve() };

export async function makePhotos({ folder, seed, photos }: PhotosJob): Promise<Ended> {
  for (const { face, fault } of photos) {
    const bytes = await photoBytes(face, fault, seed), path = join(folder, facePath(face));
    if (!bytes) continue;
    await Deno.mkdir(dirname(path), { recursive: true });
    await Deno.writeFile(path, bytes);
  }
  return DONE;
}

/** Makes the bytes of a face's file, with its defect; null if the file is missing. */
async function photoBytes(face: Face, fault: Fault | undefined, seed: number) {
  if (fault?.kind === "missing") return null;
  const { photo, quality } = paint(fault && "of" in fault ? fault.of : face, seed);
  if (fault?.kind === "near-duplicate") {
    const random = createRandom(seed, facePath(face));
    return fault.how === "cropped"
      ? await toJpeg(cropEdges(photo, between(random, 0.005, 0.015)), quality)
      : await toJpeg(photo, quality - Math.round(between(random, 15, 35)));
  }
  const bytes = await toJpeg(photo, quality);
  return fault?.kind === "unreadable" ? UNREADABLE[fault.how](bytes) : bytes;
}

/** Paints the photo of a face: a person at a place, through a camera, at this moment. */
function paint(face: Face, seed: number): { photo: Image; quality: number } {
  const person = personOf(face, seed), place = placeOf(face, seed);
  const light = createLight(createRandom(seed, `light ${place}`));
  const camera = createCamera(createRandom(seed, `camera ${face.image}`));
  const random = createRandom(seed, facePath(face));
  const shot = createShot(person, face.yaw, random);
  const background = createRandom(seed, `background ${place}`);
  const svg = drawPortrait(person, shot, light, photoSize(random), background);
  return { photo: takePhoto(svg, light, camera, random), quality: camera.quality };
}

/** Chooses where a photograph was taken: each album has a few places. */
function placeOf({ album, image }: Face, seed: number): string {
  return `${album} ${Math.floor(PLACES * createRandom(seed, `place ${image}`)())}`;
}

const PLACES = 2;

/** Creates the person behind a subject's number: the same in all photos. */
function personOf({ subject, age, gender }: Face, seed: number): Person {
  const random = createRandom(seed, `person ${subject}`);
  const years = yearsFor(age, random), guess = chance(random, 0.5) ? "f" : "m";
  return createPerson(years, gender === "f" || gender === "m" ? gender : guess, random);
}

/** Draws width and height in pixels: the longer side 60 to 400, the ratio 0.6 to 1.67, one in five a square. */
export function photoSize(random: Random): Size {
  const longer = Math.round(60 + 340 * random() ** 1.5);
  const ratio = chance(random, 0.2) ? 1 : between(random, 0.6, 1) ** (chance(random, 0.5) ? 1 : -1);
  const shorter = (share: number) => Math.max(1, Math.round(longer * share));
  return ratio > 1
    ? { width: longer, height: shorter(1 / ratio) }
    : { width: shorter(ratio), height: longer };
}
