/**
 * What a frozen trunk makes of photos, computed once and kept: the feature maps of a layer in the middle, from
 * which the layers above can be trained, and the code of the last one, for a head alone.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { range } from "d3";
import { writeFully, writeWhole } from "@/base/files.ts";
import { withProgress } from "@/base/progress.ts";
import { createRandom, shuffle } from "@/base/random.ts";
import { readSquares } from "@/images/square_store.ts";
import { CODE_LAYER } from "@/model/mobile_net.ts";
import type { Augmentation } from "@/model/recipe.ts";
import { normalizeBytes } from "@/native/kernels.ts";
import type { Study } from "@/study/study.ts";
import { drawVariation, type Variation, varyPhotos } from "@/training/augmentation.ts";

/** Photos and mirror images a batch. */
const BATCH = 32;

/** The largest value of the maps: the trunk's ReLU ends there. */
const MOST = 6;

/** Numbers of a code. */
const CODE = 1024;

/** The file that one process at a time has, to keep maps in a folder and to train on them. */
export const LOCK = "lock";

/** A photo, and how it is varied. */
export interface View {
  /** The index of its square. */
  index: number;
  variation: Variation;
}

/** Kept maps and codes, view after view. */
export interface MapStore {
  views: View[];
  /** Height, width and channels of a view's maps. */
  shape: readonly [number, number, number];
  maps: string;
  codes: Float32Array;
}

/** The variation of training photos: a little less than for a network that starts from nothing. */
const AUGMENTATION: Augmentation = {
  flip: true,
  rotation: 0.04,
  shift: 0.05,
  zoom: 0.12,
  brightness: 0.2,
  contrast: 0.2,
  erasing: { probability: 0.2, area: 0.2 },
};

/**
 * The views of a study's photos: validation with its mirror images, for the average of both; then
 * the training photos, varied by chance, in rounds, each of which has every photo once, in an order by chance.
 */
export function viewsOf(
  { train, validation }: Pick<Study, "train" | "validation">,
  { seed, rounds }: { seed: number; rounds: number },
): View[] {
  const { side } = train.squares;
  const both = validation.indices.flatMap((index) => (
    [false, true].map((mirrored) => ({ index, variation: plain(mirrored, side) }))
  ));
  const training = range(rounds).flatMap((round) => (
    shuffle(train.indices, createRandom(seed, `views of round ${round}`)).map((index) => ({
      index,
      variation: drawVariation(AUGMENTATION, side, { seed, epoch: round, photo: index }),
    }))
  ));
  return [...both, ...training];
}

/** The number of views at the beginning of {@linkcode viewsOf} that are not varied. */
export function plainViews({ validation }: Pick<Study, "validation">): number {
  return 2 * validation.indices.length;
}

/** A photo as it is, or its mirror image. */
function plain(mirrored: boolean, side: number): Variation {
  const across = mirrored ? [-1, 0, side - 1] : [1, 0, 0];
  return { transform: [...across, 0, 1, 0, 0, 0], gain: 1, offset: 0, erased: null };
}

/**
 * Computes the maps of a layer and the codes for all views of a study, under a progress bar; goes on from where
 * an earlier call stopped. What else is in the folder, made from other photos or parts, is removed, and with
 * it what was trained on it.
 *
 * Maps are kept as bytes, 255 for the ReLU's 6: the error of an eightieth is far below what they vary by.
 *
 * @param folder where to keep them, one for each network and study
 * @param network takes photos of values 0 to 1
 * @param layer the layer whose maps are kept; its ReLU ends at 6
 * @param options.rounds how many varied views of each training photo
 * @throws {Error} if the disk is full
 */
export async function keepMaps(
  folder: string,
  network: tf.LayersModel,
  layer: string,
  study: Study,
  { seed, rounds }: { seed: number; rounds: number },
): Promise<MapStore> {
  // layers that a tail trains further have been applied to its input as well
  const outputOf = (name: string) => network.getLayer(name).getOutputAt(0) as tf.SymbolicTensor;
  const views = viewsOf(study, { seed, rounds }), output = outputOf(layer);
  const shape = output.shape.slice(1) as [number, number, number];
  const paths = { maps: join(folder, "maps.u8"), codes: join(folder, "codes.f32") };
  const trunk = tf.model({ inputs: network.inputs, outputs: [output, outputOf(CODE_LAYER)] });
  await Deno.mkdir(folder, { recursive: true });
  await forgetOthers(folder, study, views, layer);
  await withProgress("Maps of varied photos", views.length, async (tick) => {
    await goOn({ folder, views, study, trunk, paths }, tick);
  });
  const bytes = await Deno.readFile(paths.codes);
  return { views, shape, maps: paths.maps, codes: new Float32Array(bytes.buffer) };
}

/** Forgets maps of other photos, labels, another split or another layer. */
async function forgetOthers(
  folder: string,
  { train: { squares }, fingerprint }: Study,
  views: readonly View[],
  layer: string,
): Promise<void> {
  const named = views.map(({ index, variation }) => [squares.photos[index]!.photo, variation]);
  const all = JSON.stringify([layer, squares.side, fingerprint, named]);
  const source = createHash("md5").update(all).digest("hex");
  const path = join(folder, "made-from.txt");
  if (existsSync(path) && await Deno.readTextFile(path) === source) return;
  for await (const { name } of Deno.readDir(folder)) {
    if (name !== LOCK) await Deno.remove(join(folder, name), { recursive: true });
  }
  await writeWhole(path, (part) => Deno.writeTextFile(part, source));
}

interface Job {
  folder: string;
  views: readonly View[];
  study: Study;
  trunk: tf.LayersModel;
  paths: { maps: string; codes: string };
}

async function goOn(
  { folder, views, study, trunk, paths }: Job,
  tick: (done: number) => void | Promise<void>,
): Promise<void> {
  const state = join(folder, "done.txt");
  const begun = existsSync(state) ? Number(await Deno.readTextFile(state)) : 0;
  using maps = await Deno.open(paths.maps, { write: true, create: true });
  using codes = await Deno.open(paths.codes, { write: true, create: true });
  for (let done = begun; done < views.length;) {
    const own = views.slice(done, done + BATCH), made = compute(trunk, study, own);
    await writeAt(maps, done * made.maps.length / own.length, made.maps);
    await writeAt(codes, done * 4 * CODE, new Uint8Array(made.codes.buffer));
    done += own.length;
    const count = String(done);
    await writeWhole(state, (part) => Deno.writeTextFile(part, count));
    await tick(done);
  }
}

async function writeAt(file: Deno.FsFile, place: number, bytes: Uint8Array): Promise<void> {
  await file.seek(place, Deno.SeekMode.Start);
  writeFully(file, bytes);
}

function compute(trunk: tf.LayersModel, { train: { squares } }: Study, views: readonly View[]) {
  const [maps, codes] = tf.tidy(() => {
    const bytes = readSquares(squares, views.map(({ index }) => index));
    const shape = [views.length, squares.side, squares.side, 3];
    const photos = normalizeBytes(bytes).reshape(shape);
    const varied = varyPhotos(photos as tf.Tensor4D, views.map(({ variation }) => variation));
    const [maps, codes] = trunk.predict(varied) as tf.Tensor[];
    return [maps!.mul(255 / MOST).round().toInt(), codes!];
  });
  const made = {
    maps: Uint8Array.from(maps!.dataSync()),
    codes: Float32Array.from(codes!.dataSync()),
  };
  tf.dispose([maps, codes]);
  return made;
}

/** Reads the maps of some views, `[views, height, width, channels]`; the caller disposes of them. */
export function readMaps({ maps, shape }: MapStore, places: readonly number[]): tf.Tensor4D {
  const size = shape[0] * shape[1] * shape[2];
  const bytes = new Uint8Array(places.length * size);
  using file = Deno.openSync(maps, { read: true });
  places.forEach((place, k) => {
    file.seekSync(place * size, Deno.SeekMode.Start);
    readFully(file, bytes.subarray(k * size, (k + 1) * size));
  });
  return tf.tidy(() => normalizeBytes(bytes).mul(MOST).reshape([places.length, ...shape]));
}

function readFully(file: Deno.FsFile, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length;) {
    const read = file.readSync(bytes.subarray(done));
    if (read === null) {
      throw new Error("The kept maps end early: remove their folder to make them anew");
    }
    done += read;
  }
}
