/**
 * Trains one run for a search, which gives it as a line of JSON on standard input and keeps that open:
 * when it closes, the search has ended, and so does this.
 *
 * Ends with the last words of an error on standard error, and with a code of its own where another
 * process trains the run.
 *
 * @module
 */
import process from "node:process";
import { createInterface } from "node:readline";
import { Claimed } from "@/files.ts";

import "@/tensorflow.ts";
import { CLAIMED, type Job } from "@/train_child.ts";
import { train } from "@/training.ts";

async function work({ folder, setting, data, until }: Job): Promise<number> {
  try {
    await train(folder, setting, data, { until });
    return 0;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return error instanceof Claimed ? CLAIMED : 1;
  }
}

const search = createInterface({ input: process.stdin });
search.once("line", async (line) => Deno.exit(await work(JSON.parse(line))));
search.once("close", () => Deno.exit(1));
