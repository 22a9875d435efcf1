/** The faces of a set of whole photos, cut out once and kept: photos like UTKFace's, to make squares of. */
import { join } from "node:path";
import { availableParallelism } from "node:os";
import { range, rollup } from "d3";
import { csvTable } from "@/base/csv.ts";
import { writeText } from "@/base/files.ts";
import { withProgress } from "@/base/progress.ts";
import { WORK } from "@/base/project.ts";
import { openWorker, shareJobs, type WorkerProcess } from "@/base/worker_process.ts";
import { facesName } from "@/dataset/data_set.ts";
import { type Remark, remark } from "@/dataset/readers/reader.ts";
import {
  closeNetworks,
  type CutJob,
  cutPhoto,
  type Finding,
  keptFindings,
} from "@/faces/cut_photo.ts";
import type { Box, Warning } from "@/faces/face.ts";
import type { InspectedPhoto } from "@/images/integrity.ts";

/** A set of photos that show one face each, cropped. */
export interface FacePhotos {
  /** Name for files of results. */
  name: string;
  folder: string;
  /** One a label whose face was found, in their order; each tells of its own file now. */
  photos: InspectedPhoto[];
  /** The paths of the files of a photo's faces, by its own. */
  files: ReadonlyMap<string, string[]>;
  /** Photos without a face, and faces whose age may be told badly. */
  remarks: Remark[];
}

/** What was found for a label, and its photo. */
interface Row extends Finding {
  photo: InspectedPhoto;
}

const WORKER = join(import.meta.dirname!, "cut_worker.ts");

/** The photos from which on it pays to start a worker process for them. */
const SHARE = 16;

/**
 * Cuts the labelled face out of each photo: the one that the label's box names, else the largest. A photo that is cropped
 * to a face already is taken as it is; one without a face is left out, and told. Labels of one photo name a face each.
 *
 * The faces are kept in the work folder under `faces/<data set>/`, with a table of what was found. A photo
 * is read again only if it, its boxes or the code have changed; interrupted work goes on where it was.
 *
 * @param photos all readable
 * @throws {Error} if a photo has become unreadable since it was inspected
 * @throws {Interrupted} if it was interrupted
 */
export async function cutFaces(
  data: { name: string; folder: string },
  photos: readonly InspectedPhoto[],
  { signal }: { signal?: AbortSignal } = {},
): Promise<FacePhotos> {
  const folder = join(WORK, "faces", data.name);
  const own = Map.groupBy(photos, ({ photo }) => photo);
  const jobs = [...own].map(([photo, labels]): CutJob => ({
    files: nameFaces(photo, labels.length, own),
    ...{ photo, md5: labels[0]!.md5, boxes: labels.map(({ box }) => box ?? null) },
    ...{ from: data.folder, folder },
  }));
  const found = new Map<string, Finding[]>();
  await withProgress("Photos searched for faces", jobs.length, async (tick) => {
    const note = (job: CutJob, kept: Finding[]) => tick(found.set(job.photo, kept).size);
    for (const job of jobs) {
      const kept = await keptFindings(job);
      if (kept) await note(job, kept);
    }
    const rest = jobs.filter(({ photo }) => !found.has(photo));
    await shareJobs(rest, openCutters(rest.length), {
      onDone: async (job) => await note(job, await keptFindings(job) ?? overwritten(job)),
    });
  }, signal);
  // a photo has a finding for each of its labels, in their order
  const rows = photos.map((photo): Row => ({ photo, ...found.get(photo.photo)!.shift()! }));
  await writeText(join(folder, "faces.csv"), csvTable(rows.map(toCells)));
  return { name: facesName(data.name), folder: join(folder, "photos"), ...gather(rows) };
}

/** Names the files of a photo's faces as no photo is named, and no photo's only face. */
function nameFaces(
  photo: string,
  count: number,
  photos: ReadonlyMap<string, unknown>,
  begins = photo,
): string[] {
  const stems = range(1, count + 1).map((k) => `${begins}${count > 1 ? `.${k}` : ""}`);
  const isTaken = (stem: string) => photos.has(`${stem}.png`) || stem !== photo && photos.has(stem);
  if (stems.some(isTaken)) return nameFaces(photo, count, photos, `${begins}.face`);
  return stems.map((stem) => `${stem}.png`);
}

/** As many processes as there are cores where photos are many. They have no signal: each ends the file it writes. */
function openCutters(photos: number): WorkerProcess<CutJob>[] {
  const count = Math.min(availableParallelism(), Math.floor(photos / SHARE));
  if (count < 2) return [{ do: cutPhoto, end: closeNetworks }];
  return range(count).map(() => openWorker(WORKER, { threads: 1 }));
}

function overwritten({ photo, from }: CutJob): never {
  throw new Error(
    `What was found in the photo ${photo} is gone, though it was written: another process works on the ` +
      `photos of ${from}, with other labels. Run it again when that has ended`,
  );
}

function gather(rows: readonly Row[]): Pick<FacePhotos, "photos" | "files" | "remarks"> {
  const found = rows.flatMap(({ photo, face }) => face ? [{ photo, face }] : []);
  const told = (what: string, isSo: (row: Row) => unknown) =>
    remark(what, rows.filter(isSo).map(({ photo }) => photo.photo));
  const warned = (what: string, kind: Warning["kind"]) =>
    told(what, ({ face }) => face?.warnings.includes(kind));
  return {
    photos: found.map(({ photo, face: { file, md5 } }) => ({ ...photo, photo: file, md5 })),
    files: rollup(found, (own) => own.map(({ face }) => face.file), ({ photo }) => photo.photo),
    remarks: [
      ...told("photo without a face: left out", ({ photo, face }) => !face && !photo.box),
      ...told("photo without a face in its box: left out", ({ photo, face }) => !face && photo.box),
      ...warned("face below 24 pixels", "tiny"),
      ...warned("face turned away", "turned"),
      ...warned("face blurred", "blurred"),
      ...warned("face with little light", "dark"),
      ...warned("photo that may stand on its head", "lying"),
    ],
  };
}

function toCells({ photo: { photo }, faces, face }: Row) {
  const place = (name: keyof Box) => face ? Math.round(face.box[name]) : "";
  return {
    ...{ photo, faces, file: face?.file ?? "" },
    ...{ x: place("x"), y: place("y"), width: place("width"), height: place("height") },
    confidence: face?.confidence.toFixed(3) ?? "",
    warnings: face?.warnings.join(" ") ?? "",
  };
}
