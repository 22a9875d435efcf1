import { deepEqual, equal } from "node:assert/strict";
import { ALL, withFolder } from "@/testing.ts";
import { chaos } from "../support/chaos.ts";
import { testWithPostgres } from "../support/postgres.ts";

/** A search without trouble, and one with some. */
async function outcomes(trouble: Partial<Parameters<typeof chaos>[1]>) {
  const lines: string[] = [], none = { kills: 0, freezes: 0, restarts: 0, cuts: 0 };
  const rest = { seconds: 20, pause: 6, workers: 1, budget: 14, seed: 7 };
  return await withFolder(async (folder) => {
    const log = (line: string) => lines.push(line);
    return { ...await chaos(folder, { ...none, ...rest, ...trouble, log }), lines };
  });
}

for (const workers of [1, 4]) {
  testWithPostgres(
    `a search with ${workers} on Postgres comes to that without a server`,
    async () => {
      const { expected, actual, epochs, twice, lines } = await outcomes({ workers });
      deepEqual(actual, expected);
      deepEqual([epochs, twice], [14, 0]);
      equal(lines.filter((line) => /: Working for the search/.test(line)).length, workers);
    },
    { ignore: workers === 1 && !ALL },
  );
}

testWithPostgres("a search comes to the same whatever happens to it", async () => {
  const once = { kills: 1, freezes: 1, restarts: 1, cuts: 1 };
  const trouble = { ...once, workers: 3, budget: 40, pause: 0.25 }; // within a second: a fast machine is soon done
  const { expected, actual, twice, happened } = await outcomes(trouble);
  deepEqual(actual, expected);
  equal(twice, 0);
  deepEqual(happened, { kill: 1, freeze: 1, restart: 1, cut: 1 });
});
