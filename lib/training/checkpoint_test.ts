import { deepEqual, equal } from "node:assert/strict";
import { join } from "node:path";
import type { Tensor } from "@tensorflow/tfjs";
import { testWith, withFolder } from "@/testing.ts";
import type { Run } from "@/training/run.ts";

const load = () => import("@/training/checkpoint.ts"); // reads the environment

/** Writes a run whose best epoch's weights are one byte, its number. */
async function writeRun(folder: string, bestEpoch: number): Promise<void> {
  await Deno.writeFile(join(folder, `weights-${bestEpoch}.bin`), new Uint8Array([bestEpoch]));
  await Deno.writeTextFile(
    join(folder, "run.json"),
    JSON.stringify({ spec: {}, bestEpoch, history: [] }),
  );
}

testWith(
  ["read", "write", "env", "ffi", "sys"],
  "readRunWithWeights() reads both again where a training replaces them in between",
  async () => {
    const { readRunWithWeights } = await load(), { readFile } = Deno;
    await withFolder(async (folder) => {
      await writeRun(folder, 1);
      let reads = 0;
      Deno.readFile = async (path) => {
        if (reads++ === 0) {
          await writeRun(folder, 2);
          await Deno.remove(join(folder, "weights-1.bin"));
        }
        return await readFile(path);
      };
      try {
        const { run, weights } = await readRunWithWeights(folder);
        deepEqual([run.bestEpoch, [...weights!], reads], [2, [2], 2]);
        await Deno.remove(join(folder, "weights-2.bin"));
        equal((await readRunWithWeights(folder)).weights, null);
      } finally {
        Deno.readFile = readFile;
      }
    });
  },
);

testWith(
  ["read", "write", "env", "ffi", "sys"],
  "keepRun() has the disk hold each file, the record last, before it takes its name",
  async () => {
    const { keepRun } = await load(), { sync } = Deno.FsFile.prototype;
    await withFolder(async (folder) => {
      const held: string[][] = [], tensor = { data: () => Promise.resolve(new Float32Array(3)) };
      Deno.FsFile.prototype.sync = async function () {
        held.push([...Deno.readDirSync(folder)].map(({ name }) => name).sort());
        await sync.call(this);
      };
      try {
        const run = { bestEpoch: 1, history: [{}] } as Run;
        await keepRun(folder, run, { "state-1.bin": [tensor as unknown as Tensor] });
      } finally {
        Deno.FsFile.prototype.sync = sync;
      }
      const end = `.part-${Deno.pid}`;
      deepEqual(held, [[`state-1.bin${end}`], [`run.json${end}`, "state-1.bin"]]);
      deepEqual((await Deno.stat(join(folder, "state-1.bin"))).size, 12);
    });
  },
);
