/**
 * Faults that searches survive: processes killed at any moment, and two at once. `MOMENTS=5 deno test -A
 * tests/faults/faults_search_test.ts` kills at five random moments; without it, at one.
 */
import { deepEqual } from "node:assert/strict";
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { csvParse } from "d3";
import { createRandom } from "@/base/random.ts";
import { moments, parts, sharing, start, struckAfter, succeed } from "../support/faults.ts";

const searching = (data: string, figures: string) =>
  ["--data", data, "--side", "80", "--budget", "12", "--models", "IV,V,IVa"]
    .concat(["--workers", "2", "--figures", figures]);

/** The leaderboard in a folder, without times. */
async function leaderboard(folder: string): Promise<unknown[]> {
  const rows = csvParse(await Deno.readTextFile(join(folder, "leaderboard.csv")));
  return rows.map(({ seconds: _, ...row }) => row);
}

/** A search that nothing disturbs: how long it took, and what the others are held against. */
const undisturbed = sharing(async (folder, data) => {
  const out = join(folder, "out"), whole = join(folder, "whole"), began = performance.now();
  await succeed(start("search", searching(data, out), whole));
  const seconds = (performance.now() - began) / 1000;
  return { folder, data, whole, seconds, expected: await leaderboard(out) };
});

Deno.test("a search that is killed with its workers comes to the same leaderboard", async () => {
  const { folder, data, seconds, expected } = await undisturbed();
  const random = createRandom(7, "searches"), work = join(folder, "killed");
  let struck = 0;
  for (; struck < moments(1, 5); struck++) {
    const child = start("search", searching(data, join(folder, "killed out")), work);
    await struckAfter(seconds * random(), child, "SIGKILL");
  }
  await succeed(start("search", searching(data, join(folder, "killed out")), work));
  deepEqual(await leaderboard(join(folder, "killed out")), expected);
  console.log(`search: killed with its workers ${struck} times, the same leaderboard`);
});

Deno.test("two searches at once come to the same leaderboard", async () => {
  const { folder, data, whole, expected } = await undisturbed(), work = join(folder, "both");
  for (const made of ["inspections", "squares"]) { // these, two do not make at once
    await cp(join(whole, made), join(work, made), { recursive: true });
  }
  const outs = ["a", "b"].map((name) => join(folder, name));
  await Promise.all(outs.map((out) => succeed(start("search", searching(data, out), work))));
  for (const out of outs) deepEqual(await leaderboard(out), expected);
  deepEqual(parts(work), []);
});
