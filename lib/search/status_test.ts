import { deepEqual, equal } from "node:assert/strict";
import type { SearchRecord } from "@/search/plan.ts";
import { testWith } from "@/testing.ts";

/** A search of three models in two rungs, the second of which has begun. */
const SEARCH = {
  id: "a",
  plan: {
    ...{ fingerprint: "", budget: 10, groupShares: [] },
    study: { data: "tiny", side: 16, split: "photo" },
    rungs: [{ models: 3, until: 2 }, { models: 1, until: 6 }],
    runs: [{ model: "IV", run: "1" }, { model: "V", run: "2" }, { model: "VI", run: "3" }],
  },
  reached: { IV: 2, V: 6, VI: 2 },
  ...{ failure: null, begun: new Date(0), ended: null },
} satisfies SearchRecord;

const RUN = { state: "training" as const, failure: null };
const ROWS = [
  { id: "1", ...RUN, epochs: 5 }, // trained further for another purpose
  { id: "2", ...RUN, epochs: 3 },
  { id: "3", ...RUN, failure: "no memory", epochs: 1 },
];

const load = () => import("@/search/status.ts");

testWith(["read", "env", "sys"], "countProgress() counts what counts in this search", async () => {
  const { countProgress } = await load();
  const { rung, runs, over, counted, all, failures } = countProgress(SEARCH, ROWS);
  deepEqual({ rung, runs, over, counted, all }, { rung: 2, runs: 1, over: 0, counted: 6, all: 9 });
  deepEqual(failures, [{ model: "VI", words: "no memory" }]);
});

testWith(
  ["read", "env", "sys"],
  "countProgress() knows when a run is through with its rung",
  async () => {
    const { countProgress } = await load();
    const over = (row: object) => countProgress(SEARCH, [{ ...ROWS[1]!, ...row }]).over;
    equal(over({ epochs: 5 }), 0);
    equal(over({ epochs: 6 }), 1);
    equal(over({ state: "diverged" }), 1);
    equal(over({ failure: "no memory" }), 1);
  },
);

testWith(["read", "env", "sys"], "progressText() foretells the end from the pace", async () => {
  const { countProgress, progressText } = await load();
  const progress = countProgress(SEARCH, ROWS),
    start = "Search, rung 2 of 2: 0 of 1 runs, 6 of 10 epochs";
  equal(progressText(progress, { trained: 0, seconds: 9 }), start);
  equal(progressText(progress, { trained: 2, seconds: 60 }), `${start}, at most 2 min 0 s left`);
  const ended = { ...progress, search: { ...SEARCH, ended: new Date(1) } };
  const end = "Models searched: 3, in 6 of 10 epochs";
  equal(progressText(ended, { trained: 2, seconds: 60 }), end);
});
