import { deepEqual, match } from "node:assert/strict";
import { isPinned } from "@/native/pinned.ts";
import { ROOT, RUN } from "@/base/project.ts";
import { leaveOut, outputOf, testWith } from "@/testing.ts";
import { join } from "node:path";
import "@/native/tensorflow.ts";

/**
 * The md5 of what `tests/support/hashes.ts` computes; the same on every x86-64 processor with AVX2. Where one is
 * another, sums of that kind of work depend on the processor: `docs/arithmetic.md` says how to write them.
 */
const HASHES = {
  "IV": "560b444f750d118fd1e1515fca53cb6b",
  "XVIII": "755289e08cddfaa7f68303722b1ade93",
  "better-brief": "79321e9fde8e57900c20ce48fec0ddf2",
  "published start": "0c1ddde1ba081f2d23fead326496b9a1",
  "age-groups-2": "e02005d452a7d0f260ac5219626a9b6b",
  "age-groups-published-2": "460d3a62a88d062528f93272d418f0d4",
  "a photo of three": "5a3d4020d2e1ffa379ffd6147078d08d",
};

/** In which ways a process computes, and what it is told for that. */
const WAYS: Record<string, Record<string, string>> = {
  "with 1 thread": { TF_NUM_INTRAOP_THREADS: "1" },
  "with 2 threads": { TF_NUM_INTRAOP_THREADS: "2" },
  "with 5 threads": { TF_NUM_INTRAOP_THREADS: "5" },
  "with AVX2 alone": { TF_NUM_INTRAOP_THREADS: "2", HUMAN_AGE_VECTORS: "avx2" },
};

for (const [way, settings] of Object.entries(WAYS)) {
  const name = `trainings and answers are the same bytes as everywhere, ${way}`;
  if (!isPinned()) {
    leaveOut(name, "the pinned arithmetic needs AVX2, set-up, and no GPU");
    continue;
  }
  testWith(["read", "write", "env", "run", "ffi", "sys"], name, async () => {
    const { success, text } = await outputOf(
      new Deno.Command(Deno.execPath(), {
        args: [...RUN, "--no-check", join(ROOT, "tests", "support", "hashes.ts")],
        env: { HUMAN_AGE_ARITHMETIC: "", ...settings },
      }),
    );
    const hashes = text.match(/^\{.*\}$/m)?.[0];
    deepEqual(success && hashes ? JSON.parse(hashes) : text, HASHES);
  });
}

if (isPinned()) {
  testWith(
    ["read", "env", "run"],
    "a network computes pinned, whatever its program imports",
    async () => {
      const program = join(ROOT, "tests", "support", "network_alone.ts");
      const { text } = await outputOf(
        new Deno.Command(Deno.execPath(), { args: [...RUN, program] }),
      );
      match(text, /The sum is 4096 more/);
    },
  );
}
