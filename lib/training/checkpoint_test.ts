import { deepEqual, equal } from "node:assert/strict";
import { join } from "node:path";
import { testWith, withFolder } from "@/testing.ts";

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
