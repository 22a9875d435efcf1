/**
 * Photos answered a part at a time by worker processes: finished parts are kept in a folder, so that an interrupted
 * command resumes, and memory stays flat however many photos there are.
 *
 * A part is always the same photos, and the network is asked about all its faces at once, whether the
 * command was interrupted before or not: so the answers are the same to the last bit.
 */
import { createHash } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { availableParallelism } from "node:os";
import { range, sum } from "d3";
import { faultOfFile, writeText } from "@/base/files.ts";
import { DONE, openWorker, shareJobs, type WorkerProcess } from "@/base/worker_process.ts";
import type { Arithmetic } from "@/native/arithmetic.ts";
import type { FaceReader } from "@/answers/face_answers.ts";
import type { NamedAnswer, PhotoAnswer, PhotoFile } from "@/answers/photo_answer.ts";
import { UnusableSidecar, writeSidecar } from "@/answers/sidecar.ts";
import { UnreadablePhoto } from "@/images/unreadable_photo.ts";
import type { ModelCard } from "@/model/model_card.ts";

/** Photos of a part. */
const PART = 16;

export interface PartJob {
  /** The file that takes the answers. */
  target: string;
  photos: PhotoFile[];
  model: string;
  /** The folder for pictures with boxes and bars; null for none. */
  pictures: string | null;
  /** Looks at the photo as a whole only, so that small faces are missed. */
  quick: boolean;
  arithmetic: Arithmetic;
  /** Groups of one's own, such as `0-17,18+`; the five if left out. */
  groups?: string | null;
}

/** The settings of all parts, and who is told of them. */
export interface PredictOptions extends Omit<PartJob, "target" | "photos"> {
  /** The folder that keeps parts that are done. */
  folder: string;
  /** The model's card, so that parts of another model are not taken for this one's. */
  card: object;
  /** Told how many photos are done. */
  onPhotos: (done: number) => Promise<void>;
  /** Told of each part in its order, as soon as all before it are done. */
  onPart: (answers: NamedAnswer[]) => Promise<void>;
  /** Ends the work, which keeps the parts that are done. */
  signal: AbortSignal;
}

const WORKER = join(import.meta.dirname!, "predict_worker.ts");

/** The file that names the photos and settings of a folder's parts. */
const QUESTION = "question.txt";

/** Answers all photos but those of finished parts. */
export async function predictFiles(
  photos: readonly PhotoFile[],
  { folder, card, onPhotos, onPart, signal, ...options }: PredictOptions,
): Promise<void> {
  const question = await questionOf(photos, [PART, card, options]), digits = question.slice(0, 8);
  await openFolder(folder, question);
  const jobs = range(0, photos.length, PART).map((from, k): PartJob => ({
    // another process may answer another question there
    target: join(folder, `${String(k).padStart(6, "0")}-${digits}.json`),
    photos: photos.slice(from, from + PART),
    ...options,
  }));
  const rest = jobs.filter(({ target }) => !existsSync(target)), order = inOrder(jobs, onPart);
  let done = photos.length - sum(rest, (job) => job.photos.length);
  const tell = async (photos: number) => {
    await onPhotos(done += photos);
    await order.next();
  };
  await tell(0); // of the parts that are kept
  await shareJobs(rest, openWorkers(rest.length, signal), {
    onDone: ({ photos }) => tell(photos.length),
    about: ({ photos }) => `(among the photos from ${photos[0]!.name} on)`,
    signal,
  });
  order.close();
}

/** Hands parts on in their order, once all before them are there; at the close none may be missing. */
function inOrder(jobs: readonly PartJob[], onPart: PredictOptions["onPart"]) {
  let handed = 0, last = Promise.resolve();
  const handOn = async () => {
    while (handed < jobs.length && existsSync(jobs[handed]!.target)) {
      await onPart(JSON.parse(await Deno.readTextFile(jobs[handed++]!.target)));
    }
  };
  return {
    next: () => last = last.then(handOn),
    close() {
      if (handed === jobs.length) return;
      const { target } = jobs[handed]!;
      throw new Error(
        `${target} is gone, though it was written: another process works on the same answers. ` +
          "Run it again when that has ended",
      );
    },
  };
}

/** Hashes all that answers depend on: the photos as they are, the model as it is, and where pictures go. */
async function questionOf(photos: readonly PhotoFile[], given: unknown[]): Promise<string> {
  const hash = createHash("sha256").update(JSON.stringify(given));
  for (const { name, path, sidecar } of photos) {
    const { size, mtime } = await Deno.stat(path).catch(() => ({ size: -1, mtime: null }));
    hash.update(JSON.stringify([name, path, sidecar, size, mtime]));
  }
  return hash.digest("hex");
}

/** A part's file. One alone is left by a process that went on when another had removed the folder. */
const PART_FILE = /^\d{6,}-[\da-f]{8}\.json$/;

export function hasParts(folder: string): boolean {
  const names = readdirSync(folder);
  return names.includes(QUESTION) || names.every((name) => PART_FILE.test(name));
}

/** Begins a folder of parts, or goes on with one that answers the same question. */
async function openFolder(folder: string, question: string): Promise<void> {
  const path = join(folder, QUESTION);
  if (existsSync(path) && await Deno.readTextFile(path) === question) return;
  await Deno.remove(folder, { recursive: true }).catch(() => {});
  await writeText(path, question);
}

/**
 * Less memory for a worker, for 2 to 5% more processor time: one heap for all threads; what is as large as a photo or a
 * network goes back to the system at once; and JavaScript's garbage is collected early.
 */
const ENV = {
  MALLOC_ARENA_MAX: "1",
  MALLOC_MMAP_THRESHOLD_: "500000",
  DENO_V8_FLAGS: "--max-semi-space-size=1",
};

/** A part or two are done in this process; for more, it pays to start others. */
function openWorkers(parts: number, signal: AbortSignal): WorkerProcess<PartJob>[] {
  if (parts <= 2) return [{ do: answerPart, end: closeOpen }];
  const count = Math.min(availableParallelism(), parts);
  return Array.from({ length: count }, () => openWorker(WORKER, { threads: 1, env: ENV, signal }));
}

/** Loads what answers photos only where they are answered: a process that shares them out needs no networks, no decoder. */
const loadAnswers = () => import("@/answers/face_answers.ts");

/** Threads of this process: a worker has one, a process that does all alone takes two. */
const THREADS = Number(Deno.env.get("TF_NUM_INTRAOP_THREADS") ?? 2);

/** The reader that is open in this process: all its parts have the same settings. */
let open: FaceReader | undefined;

async function closeOpen(): Promise<void> {
  if (open) (await loadAnswers()).closeReader(open);
  open = undefined;
}

/** Answers the photos of a part, draws their pictures if they are wanted, and keeps the answers. */
export async function answerPart({ target, photos, pictures, quick, model, ...how }: PartJob) {
  const { answerPhotos, openReader } = await loadAnswers();
  const reader = open ??= await openReader(model, { ...how, threads: THREADS });
  const answers = await answerPhotos(reader, photos.map(({ path }) => path), { tiles: !quick });
  const named: NamedAnswer[] = [];
  for (const [k, answer] of answers.entries()) {
    const unwritten = await writeAbout(photos[k]!, answer, { pictures, card: reader.model.card });
    named.push({ photo: photos[k]!.name, ...answer, ...unwritten.length > 0 && { unwritten } });
  }
  await writeText(target, JSON.stringify(named));
  return DONE;
}

/** Writes the files about a photo; returns the reasons that some could not be. */
async function writeAbout(
  photo: PhotoFile,
  answer: PhotoAnswer,
  { pictures, card }: Pick<PartJob, "pictures"> & { card: ModelCard },
): Promise<string[]> {
  if (answer.fault !== null) return [];
  const faults = [
    pictures === null ? null : await faultIn(async () => {
      const { drawPicture } = await import("@/answers/predict_pictures.ts");
      await drawPicture(pictures, photo, answer, card);
    }),
    photo.sidecar === undefined ? null : await faultIn(() => tell(photo, answer, card)),
  ];
  return faults.filter((fault) => fault !== null);
}

async function tell({ path, sidecar }: PhotoFile, answer: PhotoAnswer, card: ModelCard) {
  const { orientationOf } = await import("@/images/photo_file.ts");
  const orientation = await orientationOf(await Deno.readFile(path));
  const groups = card.classes.map(({ name }) => name);
  await writeSidecar(sidecar!, { ...answer, orientation, groups, model: card.name });
}

/** Returns why a file could not be written; null if it was. What concerns all files is thrown. */
async function faultIn(write: () => Promise<void>): Promise<string | null> {
  try {
    await write();
    return null;
  } catch (error) {
    const isOfPhoto = error instanceof UnusableSidecar || error instanceof UnreadablePhoto;
    const fault = isOfPhoto ? error.message : faultOfFile(error);
    if (fault === null) throw error;
    return fault;
  }
}

/** The bytes of a picture's name that leave room for a number and an ending: file systems take 255. */
const LONGEST = 200;

/** Gives each photo a picture's name: the file's own, with a number where another has it. */
export function nameFiles(photos: readonly { name: string; path: string }[]): PhotoFile[] {
  const taken = new Set<string>(), numbers = new Map<string, number>();
  return photos.map((photo) => {
    const plain = cut(basename(photo.name).replaceAll(/[^\p{L}\p{M}\p{N}_-]+/gu, "_"));
    let picture = plain, number = numbers.get(alike(plain)) ?? 1; // those below are taken
    while (taken.has(alike(picture))) picture = `${plain}-${++number}`;
    numbers.set(alike(plain), number);
    taken.add(alike(picture));
    return { ...photo, picture };
  });
}

/** Cuts a name behind the last letter that has room. */
function cut(name: string): string {
  let bytes = 0;
  return [...name].filter((letter) => (bytes += Buffer.byteLength(letter)) <= LONGEST).join("");
}

/** Returns one text for names that some file systems take for the same. */
const alike = (name: string) => name.normalize("NFC").toLowerCase();
