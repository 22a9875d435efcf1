/**
 * The faces of a set of whole photos, cut out once and kept: photos like UTKFace's, to make squares of.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { csvFormat } from "d3";
import { writeWhole } from "@/base/files.ts";
import { type Tick, withProgress } from "@/base/progress.ts";
import { ROOT, WORK } from "@/base/project.ts";
import { readerOf, sourcesOf } from "@/base/sources.ts";
import { type Remark, remark } from "@/dataset/readers/reader.ts";
import { chooseFace } from "@/faces/choose_face.ts";
import { cutFace } from "@/faces/crop_face.ts";
import type { Box, FaceNetworks, Warning } from "@/faces/face.ts";
import { askedArithmetic } from "@/native/arithmetic.ts";
import { disposeNetworks, openFaceNetworks } from "@/faces/onnx_networks.ts";
import { readFaces } from "@/faces/read_faces.ts";
import type { InspectedPhoto } from "@/images/integrity.ts";
import { decodePhoto } from "@/images/decode_photo.ts";
import { encodePng } from "@/native/encode_png.ts";

/** A set of photos of which each shows one face, cropped. */
export interface FacePhotos {
  /** Name for files of results. */
  name: string;
  folder: string;
  /** One a photo with a face, in the photos' order; each tells of its own file now. */
  photos: InspectedPhoto[];
  /** The path of a face's file by its photo's. */
  files: ReadonlyMap<string, string>;
  /** Photos without a face, and faces whose age may be told badly. */
  remarks: Remark[];
}

/** The findings in a photo. */
interface Finding {
  /** The number of faces. */
  faces: number;
  /** The face that is meant; null if there is none. */
  face: { box: Box; confidence: number; warnings: Warning["kind"][]; isWhole: boolean } | null;
  /** The MD5 of the face's file; null if there is none. */
  md5: string | null;
}

/** Everything but the photo that its faces depend on. */
const ENTRIES = ["lib/faces/read_faces.ts", "lib/faces/crop_face.ts", "lib/faces/choose_face.ts"];

/**
 * Cuts the face out of each photo: the one that the label's box names, else the largest. A photo that is cropped to a
 * face already is taken as it is; one without a face is left out, and told.
 *
 * The faces are kept in the work folder under `faces/<data set>/`, with a table of what was found. A photo
 * is read again only if it, its box or the code has changed; interrupted work goes on where it was.
 *
 * @param data the data set: its name and folder
 * @param photos all readable
 * @param options.signal the signal of the work that this is part of, if any
 * @throws {Error} if a photo has become unreadable since it was inspected
 * @throws {Interrupted} if it was interrupted
 */
export async function cutFaces(
  data: { name: string; folder: string },
  photos: readonly InspectedPhoto[],
  { signal }: { signal?: AbortSignal } = {},
): Promise<FacePhotos> {
  const folder = join(WORK, "faces", data.name), code = codeOf();
  const networks = await openFaceNetworks({ arithmetic: askedArithmetic() }),
    findings: Finding[] = [];
  const work = async (tick: Tick) => {
    for (const photo of photos) {
      findings.push(await findOnce(networks, { from: data.folder, folder, code }, photo));
      await tick(findings.length);
    }
  };
  try {
    await withProgress("Photos searched for faces", photos.length, work, signal);
  } finally {
    disposeNetworks(networks);
  }
  await writeTable(join(folder, "faces.csv"), photos, findings);
  return gather(`${data.name}-faces`, join(folder, "photos"), photos, findings);
}

/** Identifies the code that cuts faces, and the networks. */
function codeOf(): string {
  const sources = ENTRIES.map((entry) => [...sourcesOf(entry, readerOf(ROOT))]);
  const { "@vladmandic/human": human } = JSON.parse(
    Deno.readTextFileSync(join(ROOT, "deno.json")),
  ).imports;
  return createHash("sha256").update(JSON.stringify([sources, human])).digest("hex").slice(0, 12);
}

/** The folders of photos and of faces. */
interface Place {
  from: string;
  folder: string;
  code: string;
}

/** A finding, as it is kept: one a photo, so that it tells of the file that was written with it. */
interface Kept {
  /** All that it depends on: code, photo and box. */
  key: string;
  finding: Finding;
}

/** Finds the face of a photo, unless that has been done before. */
async function findOnce(
  networks: FaceNetworks,
  place: Place,
  photo: InspectedPhoto,
): Promise<Finding> {
  const { box, md5 } = photo, key = JSON.stringify([place.code, md5, box ?? null]);
  const name = createHash("md5").update(photo.photo).digest("hex");
  const record = join(place.folder, "findings", `${name}.json`);
  const before: Kept | null = existsSync(record)
    ? JSON.parse(await Deno.readTextFile(record))
    : null;
  if (before?.key === key && hasFile(place, photo, before.finding)) return before.finding;
  const kept: Kept = { key, finding: await find(networks, place, photo) };
  await writeWhole(record, (part) => Deno.writeTextFile(part, JSON.stringify(kept)));
  return kept.finding;
}

function hasFile({ folder }: Place, { photo }: InspectedPhoto, { face }: Finding): boolean {
  return !face || existsSync(join(folder, "photos", fileOf(photo, face.isWhole)));
}

/** Finds the face of a photo, and writes it. */
async function find(
  networks: FaceNetworks,
  { from, folder }: Place,
  { photo, box }: InspectedPhoto,
): Promise<Finding> {
  const bytes = await Deno.readFile(join(from, photo)), pixels = await decodePhoto(bytes);
  const faces = await readFaces(networks, pixels), face = chooseFace(faces, box);
  if (!face) return { faces: faces.length, face: null, md5: null };
  const file = face.isWhole ? bytes : await encodePng(cutFace(pixels, face));
  const path = join(folder, "photos", fileOf(photo, face.isWhole));
  await writeWhole(path, (part) => Deno.writeFile(part, file));
  const { confidence, isWhole } = face, warnings = face.warnings.map(({ kind }) => kind);
  return {
    faces: faces.length,
    face: { box: face.box, confidence, warnings, isWhole },
    md5: createHash("md5").update(file).digest("hex"),
  };
}

/** The file of a face: the photo's own name where it is the photo itself. */
function fileOf(photo: string, isWhole: boolean): string {
  return isWhole ? photo : `${photo}.png`;
}

/** Photos and their findings, as a set of photos of faces. */
function gather(
  name: string,
  folder: string,
  photos: readonly InspectedPhoto[],
  findings: readonly Finding[],
): FacePhotos {
  const found = photos.flatMap((photo, k) => {
    const { face, md5 } = findings[k]!;
    return face && md5 ? [{ photo, face, md5, file: fileOf(photo.photo, face.isWhole) }] : [];
  });
  const missing = (isNamed: boolean) =>
    photos.filter(({ box }, k) => !findings[k]!.face && isNamed === Boolean(box))
      .map(({ photo }) => photo);
  const warned = (kind: Warning["kind"]) =>
    found.filter(({ face }) => face.warnings.includes(kind)).map(({ photo }) => photo.photo);
  return {
    name,
    folder,
    photos: found.map(({ photo, md5, file }) => ({ ...photo, photo: file, md5 })),
    files: new Map(found.map(({ photo, file }) => [photo.photo, file])),
    remarks: [
      ...remark("photo without a face: left out", missing(false)),
      ...remark("photo without a face in its box: left out", missing(true)),
      ...remark("face below 24 pixels", warned("tiny")),
      ...remark("face turned away", warned("turned")),
      ...remark("face blurred", warned("blurred")),
    ],
  };
}

/** Writes what was found, a row a photo. */
async function writeTable(
  path: string,
  photos: readonly InspectedPhoto[],
  findings: readonly Finding[],
): Promise<void> {
  const rows = photos.map(({ photo }, k) => {
    const { faces, face } = findings[k]!, { box } = face ?? {};
    const place = (value?: number) => value === undefined ? "" : Math.round(value);
    return {
      ...{ photo, faces, file: face ? fileOf(photo, face.isWhole) : "" },
      ...{ x: place(box?.x), y: place(box?.y) },
      ...{ width: place(box?.width), height: place(box?.height) },
      confidence: face?.confidence.toFixed(3) ?? "",
      warnings: face?.warnings.join(" ") ?? "",
    };
  });
  await writeWhole(path, (part) => Deno.writeTextFile(part, csvFormat(rows) + "\n"));
}
