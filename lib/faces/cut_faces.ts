/** The faces of a set of whole photos, cut out once and kept: photos like UTKFace's, to make squares of. */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { rollup } from "d3";
import { csvTable } from "@/base/csv.ts";
import { writeText, writeWhole } from "@/base/files.ts";
import { type Tick, withProgress } from "@/base/progress.ts";
import { ROOT, WORK } from "@/base/project.ts";
import { readerOf, sourcesOf } from "@/base/sources.ts";
import { type Remark, remark } from "@/dataset/readers/reader.ts";
import { chooseFaces } from "@/faces/choose_face.ts";
import { cropsFrom, CUT_SIDE } from "@/faces/crop_face.ts";
import { layersOf } from "@/faces/cut_square.ts";
import type { Box, Face, FaceNetworks, Warning } from "@/faces/face.ts";
import { askedArithmetic } from "@/native/arithmetic.ts";
import { disposeNetworks, openFaceNetworks } from "@/faces/onnx_networks.ts";
import { readFaces } from "@/faces/read_faces.ts";
import type { InspectedPhoto } from "@/images/integrity.ts";
import { decodePhoto } from "@/images/decode_photo.ts";
import { encodePng } from "@/native/encode_png.ts";

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

/** The findings in a photo for one of its labels. */
interface Finding {
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
  const networks = await openFaceNetworks({ arithmetic: askedArithmetic() });
  const found = new Map<InspectedPhoto, Finding>();
  const work = async (tick: Tick) => {
    for (const labels of Map.groupBy(photos, ({ photo }) => photo).values()) {
      const own = await findOnce({ networks, from: data.folder, folder }, labels);
      labels.forEach((label, k) => found.set(label, own[k]!));
      await tick(found.size);
    }
  };
  try {
    await withProgress("Photos searched for faces", photos.length, work, signal);
  } finally {
    disposeNetworks(networks);
  }
  const findings = photos.map((photo) => found.get(photo)!);
  await writeTable(join(folder, "faces.csv"), photos, findings);
  return gather(`${data.name}-faces`, join(folder, "photos"), photos, findings);
}

/** Identifies the code that cuts faces, as it is when it is loaded, and the networks. */
const CODE = identifyCode();

function identifyCode(): string {
  const sources = ENTRIES.map((entry) => [...sourcesOf(entry, readerOf(ROOT))]);
  const { "@vladmandic/human": human } = JSON.parse(
    Deno.readTextFileSync(join(ROOT, "deno.json")),
  ).imports;
  return createHash("sha256").update(JSON.stringify([sources, human])).digest("hex").slice(0, 12);
}

/** The networks, and the folders of photos and of faces. */
interface Place {
  networks: FaceNetworks;
  from: string;
  folder: string;
}

/** Findings, as they are kept: a file a photo, so that it tells of the files that were written with it. */
interface Kept {
  /** All that they depend on: code, photo and boxes. */
  key: string;
  findings: Finding[];
}

/** Finds the faces of a photo's labels, unless that has been done before. */
async function findOnce(place: Place, labels: readonly InspectedPhoto[]): Promise<Finding[]> {
  const { photo, md5 } = labels[0]!, boxes = labels.map(({ box }) => box);
  const key = JSON.stringify([CODE, md5, boxes]);
  const name = createHash("md5").update(photo).digest("hex");
  const record = join(place.folder, "findings", `${name}.json`);
  const before: Kept | null = await Deno.readTextFile(record).then(JSON.parse, () => null);
  const isThere = ({ face }: Finding) =>
    !face || existsSync(join(place.folder, "photos", face.file));
  if (before?.key === key && before.findings.every(isThere)) return before.findings;
  const kept: Kept = { key, findings: await find(place, photo, boxes) };
  await writeText(record, JSON.stringify(kept));
  return kept.findings;
}

async function find(
  { networks, from, folder }: Place,
  photo: string,
  boxes: readonly (Box | undefined)[],
): Promise<Finding[]> {
  const bytes = await Deno.readFile(join(from, photo)), pixels = await decodePhoto(bytes);
  const faces = await readFaces(networks, pixels), chosen = chooseFaces(faces, boxes);
  const layers = layersOf(pixels, networks.cutter);
  return await Promise.all(chosen.map(async (found, k) => {
    if (!found) return { faces: faces.length, face: null };
    const { box, confidence, isWhole } = found, number = boxes.length > 1 ? `.${k + 1}` : "";
    const warnings = found.warnings.map(({ kind }) => kind);
    const file = isWhole ? photo : `${photo}${number}.png`;
    const content = isWhole ? bytes : await encodePng(cropsFrom(layers, found)(CUT_SIDE));
    await writeWhole(join(folder, "photos", file), (part) => Deno.writeFile(part, content));
    const md5 = createHash("md5").update(content).digest("hex");
    return { faces: faces.length, face: { box, confidence, warnings, file, md5 } };
  }));
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
