/** Reading photos, in the worker: the networks are loaded once, then each photo goes through them. */
import { blackPixels, type Pixels } from "@/base/pixels.ts";
import { NETWORK_FILES } from "@/faces/face.ts";
import { readCuts, readFaces, type ReadOptions } from "@/faces/read_faces.ts";
import { doubtsAbout } from "@/metrics/answer.ts";
import { aboutModel } from "./about.ts";
import { startBackend } from "./backend.ts";
import { decodeBitmap, openBitmap, shownPicture } from "./decode.ts";
import { download } from "./download.ts";
import { answersTo, explain, type Files, openFaceNetwork, openModel } from "./model.ts";
import { pageFiles } from "./page_files.ts";
import type { FaceReading, Progress, Reader } from "./protocol.ts";

/** Side in pixels of the crops that people look at. */
const CROP_SIDE = 240;

/** Bytes of a file that is not shown as it is, since browsers hold in memory whatever a page shows. */
const LARGE = 1_000_000;

/** The folders of the page whose files are loaded before a photo can be read. */
const FOLDERS = { model: "model/", faces: "faces/" };

type Networks = Awaited<ReturnType<typeof openNetworks>>;

/** Makes the reader that the worker serves; what kept it from being opened, whoever asks it for more is told as well. */
export function createReader(report: (progress: Progress) => void): Reader {
  let networks: Promise<Networks>;
  return {
    open: async ({ backend }) => {
      const paths = Object.keys(pageFiles()).filter((path) => (
        Object.values(FOLDERS).some((folder) => path.startsWith(folder))
      ));
      const loaded = Promise.all([startBackend(backend), download(paths, report)]);
      networks = loaded.then(([, files]) => openNetworks(files));
      await warmUp(await networks);
      return { backend: (await loaded)[0], about: aboutModel((await networks).model.card) };
    },
    readPhoto: async (file) => {
      const opened = await networks, bitmap = await openBitmap(file), { width, height } = bitmap;
      const picture = file.size > LARGE ? await shownPicture(bitmap) : file;
      const reading = await readPixels(opened, decodeBitmap(bitmap));
      return { ...reading, picture, original: { width, height } };
    },
    readFrame: async (frame) =>
      await readPixels(await networks, decodeBitmap(frame), { tiles: false }),
    explain: async (face, group) => await explain((await networks).model, face, group),
  };
}

async function openNetworks(files: Files) {
  const [detector, mesh, model] = await Promise.all([
    openFaceNetwork(files, FOLDERS.faces + NETWORK_FILES.detector),
    openFaceNetwork(files, FOLDERS.faces + NETWORK_FILES.mesh),
    openModel(files, FOLDERS.model),
  ]);
  return { faces: { detector, mesh }, model };
}

/** Lets the graphics card compile its programs before the first photo comes. */
async function warmUp({ faces, model }: Networks): Promise<void> {
  const { side } = model.card.input, black = blackPixels(side, side);
  await readFaces(faces, black);
  await answersTo(model, [black]);
}

/** Reads the faces of a photo, in the way of the command line. */
async function readPixels({ faces, model }: Networks, photo: Pixels, options: ReadOptions = {}) {
  const start = performance.now(), { width, height } = photo, { side } = model.card.input;
  const found = await readCuts(faces, photo, options);
  const squares = found.map(({ crop }) => crop(side));
  const answers = await answersTo(model, squares);
  const readings = found.map(({ face, crop }, k): FaceReading => {
    const answer = answers[k]!, square = squares[k]!;
    const warnings = [...face.warnings.map(({ text }) => text), ...doubtsAbout(answer)];
    return { ...answer, box: face.box, crop: crop(CROP_SIDE), square, warnings };
  });
  return { width, height, faces: readings, time: performance.now() - start };
}
