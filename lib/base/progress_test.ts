import { deepEqual, equal, fail, match, rejects } from "node:assert/strict";
import {
  duration,
  inNotebook,
  logOnly,
  PAUSE,
  progressLine,
  type Tick,
  withProgress,
} from "@/base/progress.ts";
import { shown, testWith } from "@/testing.ts";

Deno.test("duration() is written for people", () => {
  const written: [number, string][] = [
    [0, "0 s"],
    [48.4, "48 s"],
    [59.6, "1 min 0 s"],
    [185, "3 min 5 s"],
    [3599.6, "1 h 0 min"],
    [7810, "2 h 10 min"],
  ];
  for (const [seconds, text] of written) equal(duration(seconds), text);
});

Deno.test("progressLine() shows progress, pace and the time left", () => {
  equal(
    progressLine("Photos inspected", 600, 1200, 5),
    "Photos inspected: ████████████░░░░░░░░░░░░ 600 of 1,200, 120 a second, 5 s left",
  );
});

Deno.test("progressLine() shows a slow pace with a decimal", () => {
  equal(
    progressLine("Models", 1, 4, 2.5),
    "Models: ██████░░░░░░░░░░░░░░░░░░ 1 of 4, 0.4 a second, 8 s left",
  );
});

Deno.test("progressLine() estimates no time before anything is done", () => {
  equal(progressLine("X", 0, 4, 2), `X: ${"░".repeat(24)} 0 of 4, 0.0 a second`);
});

Deno.test("progressLine() stays in bounds with no items, no time, or more items than said", () => {
  match(progressLine("X", 0, 0, 0), /^X: ░{24} 0 of 0, /);
  match(progressLine("X", 4, 4, 0), /^X: █{24} 4 of 4, .* 0 s left$/);
  match(progressLine("X", 9, 4, 3), /^X: █{24} 9 of 4, 3.0 a second, 0 s left$/);
});

/** Works under progress while the clock stands still, but for `wait()`: so long that a bar is drawn. */
async function timed<T>(
  title: string,
  total: number,
  work: (tick: Tick, wait: () => void) => Promise<T>,
) {
  const { now } = performance;
  let time = 0;
  performance.now = () => time;
  try {
    return await withProgress(title, total, (tick) => work(tick, () => void (time += PAUSE)));
  } finally {
    performance.now = now;
  }
}

/** Collects what the body writes to standard error as lines, in a log: neither terminal nor notebook. */
async function logged(body: () => Promise<void>): Promise<string[]> {
  const { error } = console, { isTerminal } = Deno.stderr;
  const lines: string[] = [];
  console.error = (line: string) => lines.push(line);
  Deno.stderr.isTerminal = () => false;
  try {
    await body();
  } finally {
    console.error = error;
    Deno.stderr.isTerminal = isTerminal;
  }
  return lines;
}

Deno.test("withProgress() returns the work's result, and logs one line at the end", async () => {
  const lines = await logged(async () => {
    const result = await timed("Photos inspected", 1200, async (tick, wait) => {
      await tick(1);
      wait();
      await tick(1200);
      return "done";
    });
    equal(result, "done");
  });
  deepEqual(lines, ["Photos inspected: 1,200"]);
});

Deno.test("logOnly() writes to a log, but neither to a terminal nor to a notebook", async () => {
  deepEqual(await logged(() => Promise.resolve(logOnly("epoch 1"))), ["epoch 1"]);
  const elsewhere = async (body: () => Promise<void>) => {
    const { error } = console;
    console.error = (line: string) => fail(line);
    await body().finally(() => console.error = error);
  };
  const { isTerminal } = Deno.stderr;
  Deno.stderr.isTerminal = () => true;
  await elsewhere(() => Promise.resolve(logOnly("epoch 1")));
  Deno.stderr.isTerminal = isTerminal;
  await elsewhere(async () => void await shown(() => Promise.resolve(logOnly("epoch 1"))));
});

Deno.test("withProgress() claims nothing where the work fails, and passes the error on", async () => {
  const lines = await logged(async () => {
    await rejects(withProgress("X", 3, () => Promise.reject(new Error("no room"))), /no room/);
  });
  deepEqual(lines, []);
});

/** What work for two items draws in a terminal, drawing by drawing, which clear the line. */
async function drawn(title: string, columns: number): Promise<string[]> {
  const { isTerminal, write } = Deno.stderr, { consoleSize } = Deno;
  let text = "";
  Deno.consoleSize = () => ({ columns, rows: 24 });
  Deno.stderr.isTerminal = () => true;
  Deno.stderr.write = (bytes) => {
    text += new TextDecoder().decode(bytes);
    return Promise.resolve(bytes.length);
  };
  try {
    await timed(title, 2, async (tick, wait) => {
      wait();
      await tick(1);
      await tick(2); // too soon after the last one to be drawn
    });
  } finally {
    Object.assign(Deno.stderr, { isTerminal, write });
    Deno.consoleSize = consoleSize;
  }
  return text.split("\r\x1b[K"); // back to the line's start, and clear it
}

Deno.test("withProgress() draws a bar anew in a terminal's line, and ends the line", async () => {
  const [before, bar, end, ...more] = await drawn("X", 0); // not known
  deepEqual([before, end, more], ["", "X: 2\n", []]);
  match(bar!, /^X: █{12}░{12} 1 of 2, 4\.0 a second, 0 s left$/);
});

Deno.test("withProgress() draws nothing that a narrow terminal would break", async () => {
  const [, bar, end] = await drawn("Photos inspected", 40);
  equal(bar, "Photos inspected: 1 of 2, 4.0 a second,");
  equal(end, "Photos inspected: 2\n");
});

Deno.test("inNotebook() is false outside a kernel", () => {
  equal(inNotebook(), false);
});

testWith(["env"], "withProgress() draws its bar anew in one output of a cell", async () => {
  const [bar, end, ...more] = await shown(async () => {
    await timed("Photos inspected", 2, async (tick, wait) => {
      wait();
      await tick(1);
    });
  });
  match(bar!.data["text/plain"]!, /^Photos inspected: █{12}░{12} 1 of 2, /);
  deepEqual([end!.data, more], [{ "text/plain": "Photos inspected: 2" }, []]);
  deepEqual([bar!.type, end!.type], ["display_data", "update_display_data"]);
  equal(bar!.transient.display_id, end!.transient.display_id);
});
