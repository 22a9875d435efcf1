import { deepEqual } from "node:assert/strict";
import { isPinned } from "@/native/pinned.ts";
import { ROOT, RUN } from "@/base/project.ts";
import { leaveOut, outputOf, testWith } from "@/testing.ts";
import { join } from "node:path";
import "@/native/tensorflow.ts";

/**
 * The md5 of what `_hashes.ts` computes; the same on every x86-64 processor with AVX2. Where one is another, sums of
 * that kind of work depend on the processor: `docs/arithmetic.md` tells how they are to be written.
 */
const HASHES = {
  "IV": "560b444f750d118fd1e1515fca53cb6b",
  "XVIII": "755289e08cddfaa7f68303722b1ade93",
  "better-brief": "b7ca3b9aa2b8da3050f1f2c8ba3c766b",
  "published start": "a5eda30bb17671365503c5afce1593ac",
  "age-groups-1": "d5acb0165b469c2f6b9f95111f23c1af",
  "age-groups-published-1": "46e5ecb40c0bc4b3d6802ec04420b5e7",
  "a photo of three": "6c45e188c59d5a3bd714dde8adaef4ca",
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
        args: [...RUN, "--no-check", join(ROOT, "tests", "_hashes.ts")],
        env: { HUMAN_AGE_ARITHMETIC: "", ...settings },
      }),
    );
    const hashes = text.match(/^\{.*\}$/m)?.[0];
    deepEqual(success && hashes ? JSON.parse(hashes) : text, HASHES);
  });
}
