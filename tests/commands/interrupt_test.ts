/**
 * Interrupting every kind of long cell, in a real kernel. `MOMENTS=5 deno test -A tests/commands/interrupt_test.ts`
 * interrupts each at five random moments; without it, at one.
 */
import { deepEqual, equal, ok } from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { withLock } from "@/base/files.ts";
import { createRandom } from "@/base/random.ts";
import { ALL, withFolder } from "@/testing.ts";
import { PYTHON } from "@tools/shared/python.ts";
import { installPlainKernel, type Kernel, openKernel } from "../support/kernel.ts";

const MOMENTS = Number(Deno.env.get("MOMENTS") ?? (ALL ? 5 : 1));

/** A cell that ends within so many seconds need not hear an interruption: the fastest machines leave it no time. */
const SHORT = 0.5;

/** Longest time from an interruption to the end of the cell, in seconds. */
const LIMIT = 3;

const IMPORTS = `import { createHash } from "node:crypto";
import { join } from "node:path";
import { WORK } from "@/base/project.ts";
import { readParameters } from "@/notebook/parameters.ts";
import { inspectPhotos } from "@/images/inspection.ts";
import { checkIntegrity } from "@/images/integrity.ts";
import { makeSquares } from "@/images/square_store.ts";
import { readDataSet } from "@/dataset/data_set.ts";
import { interruptible } from "@/base/interruption.ts";
import { makeSample } from "@/sample/sample.ts";
import { search } from "@/search/search.ts";
import { prepareStudy } from "@/study/study.ts";
import { describeTensorFlow } from "@/native/tensorflow.ts";
import { runOf } from "@/training/checkpoint.ts";
import { train } from "@/training/training.ts";
import { findSpec } from "@/model/zoo.ts";
describeTensorFlow();
const hash = (value: unknown) => createHash("md5").update(
  value instanceof Uint8Array ? value : JSON.stringify(value, (key, value) => key === "seconds" ? undefined : value),
).digest("hex");
// not an output, which Deno's kernel drops if it comes late
const tell = (text: unknown) => Deno.writeTextFileSync(join(WORK, "told"), String(text));
const folder = join(WORK, "faces");`;

/** A kind of long cell: the cell, a cell that tells its result, and what it leaves in the work folder. */
interface Long {
  kind: string;
  /** Cells that must have been run before. */
  before?: string;
  cell: string;
  tells: string;
  leaves: string[];
}

const LONG: Long[] = [
  {
    kind: "the sample",
    cell: `const faces = await interruptible((signal) =>
  makeSample(folder, { photos: 200, subjects: 60, albums: 12, processes: 2, signal }));`,
    tells: `const files = [];
for (const album of [...Deno.readDirSync(join(folder, "faces"))].map(({ name }) => name).sort()) {
  const inside = join(folder, "faces", album);
  for (const name of [...Deno.readDirSync(inside)].map(({ name }) => name).sort()) {
    files.push([album, name, hash(Deno.readFileSync(join(inside, name)))]);
  }
}
tell(hash(files));`,
    leaves: ["faces", "faces.begun", "faces.begun.json"],
  },
  {
    kind: "inspection",
    before: `const data = await readDataSet(folder);`,
    cell: `const inspections = await inspectPhotos(data);`,
    tells: `tell(hash(inspections));`,
    leaves: ["inspections"],
  },
  {
    kind: "squares",
    before:
      `const kept = checkIntegrity(data.photos, inspections).kept.filter(({ group }) => group !== null);`,
    cell: `const squares = await makeSquares(data, kept, { side: 256 });`,
    tells: `tell(hash([squares.photos, hash(Deno.readFileSync(squares.path))]));`,
    leaves: ["squares"],
  },
  {
    kind: "training",
    before: `const study = await prepareStudy({ folder, side: 96, split: "photo" });
const { folder: runFolder, setting } = runOf(study, { ...findSpec("IV"), epochs: 6 }, 7);`,
    cell: `const run = await train(runFolder, setting, study);`,
    tells: `tell(hash([run, hash(Deno.readFileSync(join(runFolder, "state-6.bin")))]));`,
    leaves: ["runs"],
  },
  {
    kind: "the search",
    cell: `const rows = await search(study, {
  budget: 12, specs: ["IV", "V", "IVa"].map(findSpec), workers: 2 });`,
    tells: `tell(hash(rows));`,
    leaves: ["runs"],
  },
];

async function succeed(kernel: Kernel, code: string) {
  const result = await kernel.run(code);
  equal(result.error, null, `${code}\n${result.error}`);
  return result;
}

/** What a cell has told. */
const toldIn = (work: string) => Deno.readTextFile(join(work, "told"));

async function remove(work: string, { leaves }: Long): Promise<void> {
  for (const name of leaves) {
    await Deno.remove(join(work, name), { recursive: true }).catch(() => {});
  }
}

/** Takes every lock in a folder, which fails if anybody holds it. */
async function takeLocks(folder: string): Promise<void> {
  for (const { name, isDirectory } of [...Deno.readDirSync(folder)]) {
    const path = join(folder, name);
    if (isDirectory) await takeLocks(path);
    else if (name.endsWith("lock")) await withLock(path, "looking", () => Promise.resolve());
  }
}

/**
 * Interrupts a cell once, and runs it again. Returns how late it ended, null if it had ended before, and how long
 * it ran.
 */
async function interruptOnce(
  kernel: Kernel,
  work: string,
  long: Long,
  moment: number,
  result: string,
) {
  await remove(work, long);
  const { error, late, seconds } = await kernel.run(long.cell, moment);
  const next = await succeed(kernel, "tell(1 + 1);");
  equal(await toldIn(work), "2");
  deepEqual(next.children, [], `left of ${long.kind}, interrupted after ${moment} s`);
  await takeLocks(work);
  if (error === null) await delay(1500); // it came too late, and is not to count for the next
  else {
    equal(error, "Interrupted: run the cell again, it goes on where it was");
    ok(late! < LIMIT, `${long.kind} ended ${late} s after the interruption`);
  }
  await succeed(kernel, long.cell);
  await succeed(kernel, long.tells);
  equal(await toldIn(work), result, "the very same result");
  return { late: error === null ? null : late, seconds };
}

const ignore = !existsSync(PYTHON);
const reason = ignore ? " [needs Jupyter: deno task setup installs it]" : "";

/** Interrupts every kind of long cell in a kernel. */
async function interruptAll(kernel: Kernel, work: string, name: string): Promise<void> {
  await succeed(kernel, IMPORTS);
  const random = createRandom(7, name);
  for (const long of LONG) {
    if (long.before) await succeed(kernel, long.before);
    await remove(work, long);
    let { seconds } = await succeed(kernel, long.cell);
    await succeed(kernel, long.tells);
    const result = await toldIn(work), lates: number[] = [];
    for (let tries = 0; lates.length < MOMENTS && !(tries >= 5 && seconds < SHORT); tries++) {
      ok(tries < 10 * MOMENTS, `${long.kind} always ends before it is interrupted`);
      const moment = 0.8 * random() * seconds;
      const { late, seconds: ran } = await interruptOnce(kernel, work, long, moment, result);
      if (late !== null) lates.push(late);
      else seconds = Math.min(0.8 * seconds, ran); // the first run was the slowest, by far on a fast machine
    }
    if (lates.length === 0) {
      console.log(`${name}, ${long.kind}: too fast here to be interrupted`);
      continue;
    }
    const longest = Math.max(...lates).toFixed(2);
    console.log(`${name}, ${long.kind}: ${lates.length} interruptions, ended within ${longest} s`);
  }
}

/** The project's kernel; and one that somebody else has installed, which is its like in all that matters. */
const KERNELS = [{ name: "deno", ignore }, { name: "plain", ignore: ignore || !ALL }];

for (const { name, ignore } of KERNELS) {
  Deno.test({
    name:
      `an interrupted cell ends with a line, and goes on where it was, in the ${name} kernel${reason}`,
    ignore,
  }, async () => {
    await withFolder(async (folder) => {
      const own = join(folder, "jupyter"), work = join(folder, "work");
      await installPlainKernel(own);
      const kernel = openKernel(name, { JUPYTER_PATH: own, HUMAN_AGE_WORK: work });
      await interruptAll(kernel, work, name).finally(() => kernel.end());
    });
  });
}
