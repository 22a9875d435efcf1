/**
 * Measures how well ages are predicted beside two libraries, on photos of UTKFace that the models that ship have not
 * seen: each crop in a larger black photo, and the same turned, dark and small.
 *
 *     npm install --prefix FOLDER @vladmandic/face-api@1.7.15
 *     deno run -A bench/measure_ages.ts UTKFACE FOLDER/node_modules/@vladmandic/face-api OUT.csv [HARMED]
 *
 * Each library is measured as its users call it, and its network at its best: on this project's crop of the face,
 * with the values that it was trained with. A photo without an answer counts as wrong, and not in the years.
 * `HARMED` photos, 500 by default, are turned, dark and small; as they are, all of the test part is measured.
 */
import { join } from "node:path";
import { csvFormat, mean } from "d3";
import { openFaceApi, openHuman } from "@bench/age_libraries.ts";
import { openModel } from "@/answers/open_model.ts";
import { predictSquares } from "@/answers/prediction.ts";
import { writeText } from "@/base/files.ts";
import type { Pixels } from "@/base/pixels.ts";
import { ROOT } from "@/base/project.ts";
import { createRandom, shuffle } from "@/base/random.ts";
import { ageGroup } from "@/dataset/age_group.ts";
import { cropFrom } from "@/faces/crop_face.ts";
import { cutSquare, layersOf } from "@/faces/cut_square.ts";
import { openFaceNetworks } from "@/faces/onnx_networks.ts";
import { readFaces } from "@/faces/read_faces.ts";
import { readPhoto } from "@/images/decode_photo.ts";
import { bootstrapInterval } from "@/metrics/interval.ts";
import { meanRecall } from "@/metrics/metrics.ts";
import { MEAN_COLOR } from "@/model/mobile_net.ts";
import { tf } from "@/native/tensorflow.ts";
import { openUsable } from "@/study/study.ts";
import { choosePhotos } from "@tools/shared/choose_photos.ts";

const CANVAS = 400;

/** The years of a face and its group; null without an answer. */
type Answer = { years: number; group: number } | null;

type Program = (photo: Pixels) => Promise<Answer>;

const [folder, faceApiFolder, out, harmed = "500"] = Deno.args;
const humanFolder = join(ROOT, "node_modules", "@vladmandic", "human");
const networks = await openFaceNetworks(), faceapi = await openFaceApi(faceApiFolder!);
const human = await openHuman(humanFolder);
const NAMES = ["age-groups-2", "age-groups-published-2"];
const models = await Promise.all(NAMES.map((name) => openModel(name)));
const faceres = await tf.loadGraphModel(`file://${join(humanFolder, "models", "faceres.json")}`);

const byYears = (years: number | undefined): Answer => (
  years === undefined ? null : { years, group: ageGroup(String(Math.min(120, Math.round(years))))! }
);

/** Calls a function with a photo as a tensor. */
async function withTensor<T>(photo: Pixels, use: (image: unknown) => Promise<T>): Promise<T> {
  const image = tf.tensor3d(photo.data, [photo.height, photo.width, 3], "int32");
  try {
    return await use(image);
  } finally {
    image.dispose();
  }
}

/** The years by human's network, fed as it was trained: the mean of its distribution over 1 to 100 years. */
function faceresYears(crop: Pixels): number {
  return tf.tidy(() => {
    const image = tf.tensor4d(Float32Array.from(crop.data), [1, crop.height, crop.width, 3]);
    const outputs = [faceres.execute(image.reverse(3).sub(MEAN_COLOR))].flat();
    const shares = outputs.find(({ shape }) => shape[1] === 100)!.dataSync();
    return [...shares].reduce((sum, share, k) => sum + share * (k + 1), 0);
  });
}

/** Measures what `answer` says of this project's crop of the largest face. */
function onCrop(side: number, answer: Program): Program {
  return async (photo) => {
    const [face] = await readFaces(networks, photo);
    return face ? await answer(cropFrom(layersOf(photo), face, side)) : null;
  };
}

const PROGRAMS: Record<string, Program> = {
  ...Object.fromEntries(models.map((model) => [
    model.card.name,
    onCrop(model.card.input.side, async (crop) => {
      const [answer] = await predictSquares(model, [crop]);
      return { years: answer!.years!, group: answer!.group };
    }),
  ])),
  "human, as called": (photo) =>
    withTensor(photo, async (image) => byYears((await human.detect(image)).face[0]?.age)),
  "human, at its best": onCrop(224, async (crop) => byYears(await faceresYears(crop))),
  "face-api, as called": (photo) =>
    withTensor(photo, async (image) => (
      byYears((await faceapi.detectSingleFace(image).withAgeAndGender())?.age)
    )),
  "face-api, at its best": onCrop(200, (crop) =>
    withTensor(crop, async (image) => (
      byYears((await faceapi.nets.ageGenderNet.predictAgeAndGender(image)).age)
    ))),
};

/** A crop in a larger photo, turned and scaled, with a share of its light. */
function place(crop: Pixels, { degrees = 0, scale = 1, light = 1 }): Pixels {
  const angle = degrees * Math.PI / 180, half = CANVAS / 2;
  const cos = Math.cos(angle) / scale, sin = Math.sin(angle) / scale;
  const x = crop.width / 2 - cos * half + sin * half;
  const y = crop.height / 2 - sin * half - cos * half;
  const photo = cutSquare(layersOf(crop), { cos, sin, x, y }, CANVAS);
  return { ...photo, data: photo.data.map((value) => value * light) };
}

const KINDS: Record<string, Parameters<typeof place>[1]> = {
  "as they are": {},
  "turned by 45 degrees": { degrees: 45 },
  "a quarter of the light": { light: 0.25 },
  "a third of the size": { scale: 1 / 3 },
};

const usable = await openUsable(models[0]!.card.input.side, folder);
const { indices } = choosePhotos(usable, models[0]!);
const chosen = shuffle(indices, createRandom(7, "measure ages"));

function toRow(kind: string, program: string, ages: readonly number[], answers: readonly Answer[]) {
  const groups = ages.map((age) => ageGroup(String(age))!);
  const correct = groups.map((group, k) => Number(answers[k]?.group === group));
  const statistic = (times: ArrayLike<number>) => meanRecall(groups, correct, times);
  const { value, low, high } = bootstrapInterval(statistic, ages.length, { seed: 7 });
  const children = groups.flatMap((group, k) => group === 0 ? [answers[k]?.group === 0] : []);
  return {
    ...{ kind, program, photos: ages.length },
    answered: mean(answers, (answer) => Number(answer !== null)),
    ...{ balanced: value, balanced_low: low, balanced_high: high },
    children: mean(children, Number),
    // d3 leaves out what is not a number
    years_off: mean(answers, (answer, k) => answer && Math.abs(answer.years - ages[k]!)),
  };
}

const rows: ReturnType<typeof toRow>[] = [], programs = Object.entries(PROGRAMS);
for (const [kind, harm] of Object.entries(KINDS)) {
  const measured = chosen.slice(0, kind === "as they are" ? undefined : Number(harmed));
  const answers = programs.map((): Answer[] => []), ages: number[] = [];
  for (const index of measured) {
    const { photo: name, age } = usable.squares.photos[index]!;
    const photo = place(await readPhoto(usable.data.folder, name), harm);
    ages.push(Number(age));
    for (const [k, [, program]] of programs.entries()) answers[k]!.push(await program(photo));
    if (ages.length % 100 === 0) console.log(kind, ages.length, "of", measured.length);
  }
  rows.push(...programs.map(([name], k) => toRow(kind, name, ages, answers[k]!)));
  await writeText(out!, csvFormat(rows) + "\n");
}
console.table(rows);
