/** The labelled faces of a photo, cut out once and kept, with what was found in it. */
import { createHash } from "node:crypto";
import { statSync } from "node:fs";
import { join } from "node:path";
import { writeText, writeWhole } from "@/base/files.ts";
import { ROOT } from "@/base/project.ts";
import { readerOf, sourcesOf } from "@/base/sources.ts";
import { DONE } from "@/base/worker_process.ts";
import { chooseFaces } from "@/faces/choose_face.ts";
import { cropsFrom, CUT_SIDE } from "@/faces/crop_face.ts";
import { layersOf } from "@/faces/cut_square.ts";
import type { Box, Face, FaceNetworks, Warning } from "@/faces/face.ts";
import { disposeNetworks, openFaceNetworks } from "@/faces/onnx_networks.ts";
import { readFaces } from "@/faces/read_faces.ts";
import { decodePhoto } from "@/images/decode_photo.ts";
import { readFault } from "@/images/unreadable_photo.ts";
import { encodePng } from "@/native/encode_png.ts";

/** A photo whose labelled faces are to be cut out. */
export interface CutJob {
  photo: string;
  md5: string;
  /** The box of each label; null where the largest face is meant. */
  boxes: (Box | null)[];
  /** The file of each label's face, unless the photo is cropped to it: no photo has such a name. */
  files: string[];
  /** The folder of the photos. */
  from: string;
  /** The folder of what is found. */
  folder: string;
}

/** The findings in a photo for one of its labels. */
export interface Finding {
  /** The number of faces. */
  faces: number;
  /** The face that is meant; null if there is none. */
  face: CutFace | null;
}

/** A face, its file and the MD5 of that. */
interface CutFace extends Pick<Face, "box" | "confidence"> {
  warnings: Warning["kind"][];
  file: string;
  md5: string;
}

/** Everything but the photo that its faces depend on. */
const ENTRIES = ["lib/faces/read_faces.ts", "lib/faces/crop_face.ts", "lib/faces/choose_face.ts"];

/** Identifies the code that cuts faces, as it is when it is loaded, and the networks. */
const CODE = identifyCode();

function identifyCode(): string {
  const sources = ENTRIES.map((entry) => [...sourcesOf(entry, readerOf(ROOT))]);
  const { "@vladmandic/human": human } = JSON.parse(
    Deno.readTextFileSync(join(ROOT, "deno.json")),
  ).imports;
  return createHash("sha256").update(JSON.stringify([sources, human])).digest("hex").slice(0, 12);
}

/** Findings, as they are kept: a file a photo, so that it tells of the files that were written with it. */
interface Kept {
  /** All that they depend on: code, photo and boxes. */
  key: string;
  findings: Finding[];
}

const keyOf = ({ md5, boxes }: CutJob) => JSON.stringify([CODE, md5, boxes]);

function recordOf({ photo, folder }: CutJob): string {
  return join(folder, "findings", `${md5Of(photo)}.json`);
}

/** Reads what was found in a photo before, one finding a label; null if it has to be read again. */
export async function keptFindings(job: CutJob): Promise<Finding[] | null> {
  const kept: Kept | null = await Deno.readTextFile(recordOf(job)).then(JSON.parse, () => null);
  const isThere = ({ face }: Finding, k: number) =>
    !face || [job.photo, job.files[k]].includes(face.file) && isAsWritten(face, job);
  return kept?.key === keyOf(job) && kept.findings.every(isThere) ? kept.findings : null;
}

/** Tells whether a face's file is no newer than its record, or holds what was written nevertheless. */
function isAsWritten({ file, md5 }: CutFace, job: CutJob): boolean {
  const path = join(job.folder, "photos", file);
  const [cut, noted] = [path, recordOf(job)].map((path) =>
    statSync(path, { throwIfNoEntry: false })
  );
  if (!cut || !noted || cut.mtimeMs <= noted.mtimeMs) return Boolean(cut);
  return md5Of(Deno.readFileSync(path)) === md5;
}

function md5Of(content: string | Uint8Array): string {
  return createHash("md5").update(content).digest("hex");
}

/** The networks that are open in this process. */
let open: FaceNetworks | undefined;

export function closeNetworks(): Promise<void> {
  if (open) disposeNetworks(open);
  open = undefined;
  return Promise.resolve();
}

/** Cuts the labelled faces out of a photo, and keeps them and what was found. */
export async function cutPhoto(job: CutJob) {
  open ??= await openFaceNetworks({ arithmetic: "pinned" }); // the same faces, whoever asks for them next
  const kept: Kept = { key: keyOf(job), findings: await find(open, job) };
  await writeText(recordOf(job), JSON.stringify(kept));
  return DONE;
}

async function find(
  networks: FaceNetworks,
  { from, folder, photo, boxes, files }: CutJob,
): Promise<Finding[]> {
  const { bytes, pixels } = await readNow(from, photo);
  const faces = await readFaces(networks, pixels),
    chosen = chooseFaces(faces, boxes.map((box) => box ?? undefined));
  const layers = layersOf(pixels, networks.cutter);
  return await Promise.all(chosen.map(async (found, k) => {
    if (!found) return { faces: faces.length, face: null };
    const { box, confidence, isWhole } = found, file = isWhole ? photo : files[k]!;
    const warnings = found.warnings.map(({ kind }) => kind);
    const content = isWhole ? bytes : await encodePng(cropsFrom(layers, found)(CUT_SIDE));
    await writeWhole(join(folder, "photos", file), (part) => Deno.writeFile(part, content));
    const face = { box, confidence, warnings, file, md5: md5Of(content) };
    return { faces: faces.length, face };
  }));
}

/** Reads a photo that could be read when it was inspected. */
async function readNow(folder: string, photo: string) {
  try {
    const bytes = await Deno.readFile(join(folder, photo));
    return { bytes, pixels: await decodePhoto(bytes) };
  } catch (error) {
    throw new Error(
      `The photo ${photo} in ${folder} could be read when it was inspected and cannot be now: ` +
        `${readFault(error)}. Restore it, or run it again to go on without it.`,
    );
  }
}
