import { deepEqual, equal, rejects, throws } from "node:assert/strict";
import { display } from "@/base/display.ts";
import { testWith, withFolder } from "@/testing.ts";

/** The module; its room's rule is to read the environment, which the project's paths depend on. */
const load = () => import("@/notebook/parameters.ts");

/** An environment of these variables alone. */
const of = (variables: Record<string, string> = {}) => (name: string) => variables[name];

testWith(["env", "read"], "readParameters() takes the values of the cell", async () => {
  const { readParameters } = await load();
  const cell = { folder: "sample", side: 96, split: "photo", seed: 7, model: "IV" } as const;
  deepEqual(readParameters(cell, of()), { ...cell, folder: undefined });
  deepEqual(readParameters({ side: 64 }, of({ HUMAN_AGE_SEED: "8" })), { side: 64 });
});

testWith(["env", "read"], "readParameters() prefers the environment's, if not empty", async () => {
  const { readParameters } = await load();
  const cell = { side: 96, split: "photo", seed: 7, model: "IV" } as const;
  const variables = {
    HUMAN_AGE_SIDE: "48",
    HUMAN_AGE_SPLIT: "subject",
    HUMAN_AGE_SEED: "0",
    HUMAN_AGE_MODEL: "VII",
  };
  deepEqual(readParameters(cell, of(variables)), {
    ...{ side: 48, split: "subject", seed: 0, model: "VII" },
  });
  deepEqual(readParameters(cell, of({ HUMAN_AGE_SIDE: "" })), cell);
});

testWith(["env", "read", "write"], "readParameters() finds a folder of photos", async () => {
  const { readParameters } = await load();
  await withFolder((folder) => {
    const cell = { folder: "sample" };
    equal(readParameters(cell, of({ HUMAN_AGE_DATA: folder })).folder, folder);
    equal(readParameters({ folder }, of()).folder, folder);
    equal(readParameters({ folder }, of({ HUMAN_AGE_DATA: "sample" })).folder, undefined);
  });
  const here = readParameters({ folder: "lib/notebook" }, of()).folder;
  equal(here, new URL(".", import.meta.url).pathname.replace(/\/$/, ""));
});

testWith(["env", "read"], "readParameters() says which value is bad, and where", async () => {
  const { readParameters } = await load();
  const cell = { folder: "sample", side: 96, split: "photo", seed: 7, model: "IV" } as const;
  const bad: [Record<string, string>, RegExp][] = [
    [
      { HUMAN_AGE_DATA: "no/such" },
      /HUMAN_AGE_DATA is "no\/such": there is no folder .*\/no\/such/,
    ],
    [{ HUMAN_AGE_SIDE: "0" }, /HUMAN_AGE_SIDE is "0": it must be a whole number, 1 or more/],
    [{ HUMAN_AGE_SIDE: "9e1" }, /HUMAN_AGE_SIDE is "9e1": it must be a whole number/],
    [{ HUMAN_AGE_SPLIT: "album" }, /HUMAN_AGE_SPLIT is "album": Write original/],
    [
      { HUMAN_AGE_SPLIT: "folds" },
      /is "folds": Folds are for one model: `deno task cross-validate/,
    ],
    [{ HUMAN_AGE_SEED: "-1" }, /HUMAN_AGE_SEED is "-1": it must be a whole number, 0 or more/],
    [{ HUMAN_AGE_MODEL: "C" }, /HUMAN_AGE_MODEL is "C": .*IV/],
  ];
  for (const [variables, message] of bad) {
    throws(() => readParameters(cell, of(variables)), message);
  }
  throws(() => readParameters({ side: 9.5 }, of()), /The parameter side is "9.5"/);
  throws(() => readParameters({ size: 96 } as never, of()), /no parameter size; there are folder/);
  await rejects(display({}), /cell that chooses the parameters has failed/);
});
