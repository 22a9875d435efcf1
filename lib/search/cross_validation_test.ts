import { throws } from "node:assert/strict";
import type { Run } from "@/training/run.ts";
import { testWith } from "@/testing.ts";

const load = () => import("@/search/cross_validation.ts"); // reads the environment

testWith(
  ["read", "env", "sys", "ffi"],
  "requireTrained() takes runs that are over, and no run that somebody tries again",
  async () => {
    const { requireTrained } = await load();
    const run = (state: Run["state"], epochs: number) => {
      const fold = { test: 2, of: 5, named: false }, history = Array(epochs);
      return { fold, seed: 7, spec: { epochs: 3 }, state, history } as Run;
    };
    for (const over of [run("finished", 2), run("diverged", 1)]) requireTrained(over, null);
    throws(() => requireTrained(run("training", 2), null), /fold 2 with seed 7: another process/);
    throws(() => requireTrained(run("diverged", 0), null), /no number any more/);
    throws(() => requireTrained(run("training", 2), "no such photo"), /no such photo/);
  },
);
