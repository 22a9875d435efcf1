import { join } from "node:path";
import { inspectPhotos } from "@/images/inspection.ts";
import { openData } from "@/study/open_data.ts";
import { createRandom, type Random, shuffle } from "@/base/random.ts";
import { fileToSquare } from "@/images/resize.ts";
import { pillow, runForBytes } from "@bench/program.ts";
import { command, DATA, runCommand, wholeNumber } from "@tools/shared/command.ts";
import { textTable } from "@tools/shared/table.ts";
import { withTemporaryFolder } from "@/base/temporary_folder.ts";

/** Sides of the squares: small ones, one that is odd, and the study's. */
const SIDES = [64, 96, 101, 256];

/**
 * Kinds of pictures made of the photos, whose own sizes may all be alike: of how many of them, the longer side in
 * pixels, and the shorter as a share of it. Where a photo is too small, its part is enlarged, or else smaller.
 */
const MAKINGS = [
  { kind: "parts", share: 1, longer: [40, 200], shorter: [0.5, 1], enlarged: false },
  { kind: "enlarged parts", share: 1, longer: [201, 800], shorter: [0.5, 1], enlarged: true },
  { kind: "strips", share: 0.1, longer: [800, 4000], shorter: [0.005, 0.05], enlarged: true },
];

type Making = (typeof MAKINGS)[number];

type Photo = Awaited<ReturnType<typeof drawPhotos>>[number];

type Comparison = Awaited<ReturnType<typeof compare>>;

async function drawPhotos(folder: string | undefined, count: number, random: Random) {
  const data = await openData(folder);
  const readable = (await inspectPhotos(data)).filter(({ fault }) => fault === null);
  return shuffle(readable, random).slice(0, count).map(({ photo, width, height }) => (
    { path: join(data.folder, photo), width: width!, height: height! }
  ));
}

async function makePhotos(photos: Photo[], making: Making, folder: string, random: Random) {
  const cuts = photos.slice(0, Math.ceil(photos.length * making.share)).map((photo, k) => (
    planCut(photo, making, join(folder, `${making.kind}-${k}.png`), random)
  ));
  await runForBytes(pillow("cut", () => cuts));
  return cuts.map(({ path }) => path);
}

/** Plans a part of a photo, brought to a size and saved as a photo of its own. */
function planCut(photo: Photo, making: Making, path: string, random: Random) {
  const size = drawSize(making, random);
  const fit = Math.min(1, photo.width / size[0], photo.height / size[1]);
  const [width, height] = size.map((length) => Math.max(1, Math.floor(length * fit)));
  const left = Math.floor(random() * (photo.width - width! + 1));
  const top = Math.floor(random() * (photo.height - height! + 1));
  const box = [left, top, left + width!, top + height!];
  return { photo: photo.path, box, size: making.enlarged ? size : [width!, height!], path };
}

function drawSize({ longer, shorter }: Making, random: Random): [number, number] {
  const between = ([from, to]: number[]) => from! + random() * (to! - from!);
  const long = Math.round(between(longer)), short = Math.round(long * between(shorter));
  return random() < 0.5 ? [long, short] : [short, long];
}

/** Sums the differences up, in grey levels, and names a photo with the greatest. */
async function compare(kind: string, paths: string[], side: number) {
  const size = side * side * 3, photos = paths.length, values = photos * size;
  const theirs = await runForBytes(pillow("squares", () => ({ paths, side })));
  const total = { kind, side, photos, values, sum: 0, greatest: 0, equal: 0, worst: "" };
  for (const [k, path] of paths.entries()) {
    const { data } = await fileToSquare(await Deno.readFile(path), side);
    for (let at = 0; at < size; at++) {
      const apart = Math.abs(data[at]! - theirs[k * size + at]!);
      total.sum += apart;
      if (apart > total.greatest) Object.assign(total, { greatest: apart, worst: path });
      if (apart === 0) total.equal++;
    }
  }
  return total;
}

async function compareAll(photos: Photo[], seed: number): Promise<Comparison[]> {
  return await withTemporaryFolder({ prefix: "compare-" }, async (folder) => {
    const kinds: [string, string[]][] = [["photos", photos.map(({ path }) => path)]];
    for (const making of MAKINGS) {
      const random = createRandom(seed, `compare ${making.kind}`);
      kinds.push([making.kind, await makePhotos(photos, making, folder, random)]);
    }
    const rows: Comparison[] = [];
    for (const [kind, paths] of kinds) {
      for (const side of SIDES) rows.push(await compare(kind, paths, side));
    }
    return rows;
  });
}

function report(rows: Comparison[]): string {
  return textTable(rows.map(({ kind, side, photos, values, sum, greatest, equal }) => ({
    ...{ kind, side, photos, values, "mean difference": (sum / values).toFixed(4), greatest },
    equal: `${(equal / values * 100).toFixed(2)}%`,
  })));
}

function verdict(rows: Comparison[]): string {
  const { kind, side, greatest, worst } = rows.toSorted((a, b) => b.greatest - a.greatest)[0]!;
  if (greatest === 0) return "Every value is Pillow's.";
  return `Some values are others than Pillow's, the worst by ${greatest}: ${kind}, ${side} pixels, ${worst}`;
}

export const program = command("compare", "Compares our squares with Pillow's, value by value.")
  .addOption(DATA)
  .option("--photos <number>", "how many photos are drawn", wholeNumber(1), 300)
  .option("--seed <number>", "seed of the draw, and of what is cut out", wholeNumber(0), 7)
  .action(async ({ data, photos, seed }) => {
    const random = createRandom(seed, "compare");
    const rows = await compareAll(await drawPhotos(data, photos, random), seed);
    console.log(`${report(rows)}\n\n${verdict(rows)}`);
    if (rows.some(({ greatest }) => greatest > 0)) Deno.exit(1);
  });

if (import.meta.main) await runCommand(program);
