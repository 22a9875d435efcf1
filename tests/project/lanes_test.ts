import { deepEqual, equal } from "node:assert/strict";
import { openLaneLines, runInLanes } from "@tools/shared/lanes.ts";

/** Needs by item, as a function. */
const table = (needs: Record<string, string[]>) => (item: string) => needs[item] ?? [];

/** Runs items whose work takes some turns of the event loop, and notes when each begins and ends. */
async function run(items: string[], lanes: number, needs: Record<string, string[]>, fails = "") {
  const log: string[] = [];
  const ends = await runInLanes(items, { lanes, needs: table(needs) }, async (item, lane) => {
    log.push(`${item} begins in ${lane}`);
    for (let turn = 0; turn < item.length; turn++) await new Promise((end) => setTimeout(end));
    log.push(`${item} ends`);
    if (item === fails) throw new Error(item);
    return item;
  });
  return { log, ends: ends.map((end) => end?.status ?? "never began") };
}

Deno.test("runInLanes() begins an item once what it needs is done", async () => {
  const { log, ends } = await run(["a", "b", "c"], 2, { b: ["a"], c: ["b", "a"] });
  const order = log.map((line) => line.split(" in ")[0]);
  deepEqual(order, ["a", "b", "c"].flatMap((item) => [`${item} begins`, `${item} ends`]));
  deepEqual(ends, ["fulfilled", "fulfilled", "fulfilled"]);
});

Deno.test("runInLanes() has as many items at work as there are lanes, and no more", async () => {
  const { log } = await run(["aaaa", "b", "c"], 2, {});
  deepEqual(log.slice(0, 4), ["aaaa begins in 0", "b begins in 1", "b ends", "c begins in 1"]);
});

Deno.test("runInLanes() begins with what most others wait for", async () => {
  const { log } = await run(["a", "b", "c", "d"], 1, { c: ["b"], d: ["b"] });
  deepEqual(log.filter((line) => line.includes("begins")).map((line) => line[0]), [
    "b",
    "a",
    "c",
    "d",
  ]);
});

Deno.test("runInLanes() leaves needs out that are not to be done", async () => {
  deepEqual((await run(["b"], 2, { b: ["a"] })).ends, ["fulfilled"]);
});

Deno.test("runInLanes() begins nothing after a failure, and lets what is at work end", async () => {
  const { log, ends } = await run(["a", "bbbb", "c", "d"], 2, { c: ["a"] }, "a");
  deepEqual(ends, ["rejected", "fulfilled", "never began", "never began"]);
  equal(log.at(-1), "bbbb ends");
});

/** Draws on a screen that notes all that is written. */
function screen(isTerminal: boolean) {
  const written: string[] = [];
  const write = (text: string) => void written.push(text);
  return { written, ...openLaneLines({ isTerminal: () => isTerminal, columns: () => 9, write }) };
}

Deno.test("openLaneLines() redraws a line a lane below what stays", () => {
  const { written, show, print } = screen(true);
  show(1, "second");
  show(0, "a first that is long");
  print("stays");
  show(0, null);
  deepEqual(written, [
    "second\n",
    "\x1b[1F\x1b[Ja first \nsecond\n",
    "\x1b[2F\x1b[Jstays\na first \nsecond\n",
    "\x1b[2F\x1b[Jsecond\n",
  ]);
});

Deno.test("openLaneLines() draws a line anew only where it changes", () => {
  const { written, show } = screen(true);
  show(0, "same");
  show(0, "same");
  show(1, null);
  equal(written.length, 1);
});

Deno.test("openLaneLines() writes to a log only what stays", () => {
  const { written, show, print } = screen(false);
  show(0, "cell 1");
  print("done");
  deepEqual(written, ["done\n"]);
});
