import { equal, match, rejects } from "node:assert/strict";
import { setImmediate, setTimeout as delay } from "node:timers/promises";
import { Interrupted, interruptible, listenFor } from "@/base/interruption.ts";
import { outputOf, program, testWith, withFolder, withInterrupt } from "@/testing.ts";

/** Does long work, and interrupts it after a moment. */
function interrupted<T>(work: (signal: AbortSignal) => Promise<T>, advice?: string): Promise<T> {
  return withInterrupt(async (interrupt) => {
    const timer = setTimeout(interrupt, 20);
    try {
      return await interruptible(work, undefined, advice);
    } finally {
      clearTimeout(timer);
    }
  });
}

/** Work without end, in steps that notice an interruption. */
async function endless(signal: AbortSignal): Promise<never> {
  const listen = listenFor(signal);
  for (;;) await listen();
}

Deno.test("interruptible() returns what the work returns, and throws what it throws", async () => {
  equal(await interruptible(() => Promise.resolve(1)), 1);
  await rejects(interruptible(() => Promise.reject(new RangeError("no good"))), RangeError);
});

Deno.test("an interruption ends work in steps, in one line without a trace", async () => {
  await rejects(interrupted(endless), (error: Error) => {
    equal(error instanceof Interrupted, true);
    equal(error.stack, "Interrupted: run the same command again, it goes on where it was");
    return true;
  });
});

Deno.test("interrupted work tidies up before its end is told", async () => {
  let tidy = false;
  const work = async (signal: AbortSignal) => {
    try {
      await endless(signal);
    } finally {
      await delay(100);
      tidy = true;
    }
  };
  await rejects(interrupted(work), Interrupted);
  equal(tidy, true);
});

Deno.test("work that does not listen ends unattended, and later work waits for it", async () => {
  const { promise: deaf, resolve: end } = Promise.withResolvers<void>();
  await rejects(interrupted(() => deaf), Interrupted);
  let begun = false;
  const later = interruptible(() => Promise.resolve(begun = true));
  await setImmediate();
  equal(begun, false);
  end();
  equal(await later, true);
});

Deno.test("an interruption counts, whatever the work made of it", async () => {
  for (const result of [() => "done", () => Promise.reject(new Error("killed"))]) {
    const work = async (signal: AbortSignal) => {
      while (!signal.aborted) await setImmediate();
      return await result();
    };
    await rejects(interrupted(work), Interrupted);
  }
});

Deno.test("work that is part of other work ends with it", async () => {
  const inner = (signal: AbortSignal) => interruptible(endless, signal);
  await rejects(interrupted(inner), Interrupted);
});

Deno.test("interruptible() passes on other advice", async () => {
  await rejects(interrupted(endless, "run it again"), { message: "run it again" });
});

testWith(["read", "write", "run", "env"], "Ctrl+C interrupts work in a process", async () => {
  await withFolder(async (folder) => {
    const { success, text } = await outputOf(program(
      `import { interruptible, listenFor } from "@/base/interruption.ts";
       setTimeout(() => Deno.kill(Deno.pid, "SIGINT"), 100);
       await interruptible(async (signal) => {
         const listen = listenFor(signal);
         for (;;) await listen();
       }).catch((error) => console.log(error.stack));`,
      folder,
    ));
    equal(success, true);
    match(text, /^Interrupted: run the same command again, it goes on where it was$/m);
  });
});
