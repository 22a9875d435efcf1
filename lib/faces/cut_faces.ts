/** The faces of a set of whole photos, cut out once and kept: photos like UTKFace's, to make squares of. */
import { join } from "node:path";
import { availableParallelism } from "node:os";
import { range, rollup } from "d3";
import { csvTable } from "@/base/csv.ts";
import { writeText } from "@/base/files.ts";
import { withProgress } from "@/base/progress.ts";
import { WORK } from "@/base/project.ts";
import { openWorker, shareOut, type WorkerProcess } from "@/base/worker_process.ts";
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
import { askedArithmetic } from "@/native/arithmetic.ts";

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
  const folder = join(WORK, "faces", data.name), arithmetic = askedArithmetic();
  const jobs = [...Map.groupBy(photos, ({ photo }) => photo)].map(([photo, labels]): CutJob => ({
    ...{ photo, md5: labels[0]!.md5, boxes: labels.map(({ box }) => box ?? null) },
    ...{ from: data.folder, folder, arithmetic },
  }));
  const found = new Map<string, Finding[]>();
  await withProgress("Photos searched for faces", jobs.length, async (tick) => {
    const note = (job: CutJob, kept: Finding[]) => tick(found.set(job.photo, kept).size);
    for (const job of jobs) {
      const kept = await keptFindings(job);
      if (kept) await note(job, kept);
    }
    await cutAll(jobs.filter(({ photo }) => !found.has(photo)), async (job) => {
      await note(job, await keptFindings(job) ?? overwritten(job));
    });
  }, signal);
  // the labels of a photo have its findings in their order
  const findings = photos.map(({ photo }) => found.get(photo)!.shift()!);
  await writeTable(join(folder, "faces.csv"), photos, findings);
  return gather(`${data.name}-faces`, join(folder, "photos"), photos, findings);
}

/** Cuts the faces out of photos, with as many processes as there are cores where they are many. */
async function cutAll(jobs: readonly CutJob[], onCut: (job: CutJob) => Promise<void>) {
  const count = Math.min(availableParallelism(), Math.floor(jobs.length / SHARE));
  const workers: WorkerProcess<CutJob>[] = count < 2
    ? [{ do: cutPhoto, end: closeNetworks }]
    : range(count).map(() => openWorker(WORKER, { threads: 1 }));
  const faults: unknown[] = [];
  await shareOut(jobs, workers, async (job, worker) => {
    if (faults.length > 0) return; // the others end what they are at, and leave no half of a file
    try {
      const { code, words } = await worker.do(job);
      if (code !== 0) throw new Error(words);
      await onCut(job);
    } catch (error) {
      faults.push(error);
    }
  });
  await Promise.all(workers.map((worker) => worker.end()));
  if (faults.length > 0) throw faults[0];
}

function overwritten({ photo, from }: CutJob): never {
  throw new Error(
    `What was found in the photo ${photo} is gone, though it was written: another process works on the ` +
      `photos of ${from}, with other labels. Run it again when that has ended`,
  );
}

function gather(
  name: string,
  folder: string,
  photos: readonly InspectedPhoto[],
  findings: readonly Finding[],
): FacePhotos {
  const found = photos.flatMap((photo, k) => {
    const { face } = findings[k]!;
    return face ? [{ photo, face }] : [];
  });
  const missing = (isNamed: boolean) =>
    photos.filter(({ box }, k) => !findings[k]!.face && isNamed === Boolean(box))
      .map(({ photo }) => photo);
  const warned = (kind: Warning["kind"]) =>
    found.filter(({ face }) => face.warnings.includes(kind)).map(({ photo }) => photo.photo);
  return {
    name,
    folder,
    photos: found.map(({ photo, face: { file, md5 } }) => ({ ...photo, photo: file, md5 })),
    files: rollup(found, (own) => own.map(({ face }) => face.file), ({ photo }) => photo.photo),
    remarks: [
      ...remark("photo without a face: left out", missing(false)),
      ...remark("photo without a face in its box: left out", missing(true)),
      ...remark("face below 24 pixels", warned("tiny")),
      ...remark("face turned away", warned("turned")),
      ...remark("face blurred", warned("blurred")),
      ...remark("face with little light", warned("dark")),
      ...remark("photo that may stand on its head", warned("lying")),
    ],
  };
}

async function writeTable(
  path: string,
  photos: readonly InspectedPhoto[],
  findings: readonly Finding[],
): Promise<void> {
  const rows = photos.map(({ photo }, k) => {
    const { faces, face } = findings[k]!;
    const place = (name: keyof Box) => face ? Math.round(face.box[name]) : "";
    return {
      ...{ photo, faces, file: face?.file ?? "" },
      ...{ x: place("x"), y: place("y"), width: place("width"), height: place("height") },
      confidence: face?.confidence.toFixed(3) ?? "",
      warnings: face?.warnings.join(" ") ?? "",
    };
  });
  await writeText(path, csvTable(rows));
}
