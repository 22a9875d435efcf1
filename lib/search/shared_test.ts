import { deepEqual, equal, rejects } from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { withLock } from "@/base/files.ts";
import { TESTING } from "@/model/zoo.ts";
import type { Database } from "@/search/database.ts";
import { testWith, withFolder } from "@/testing.ts";

const ALL: Deno.PermissionName[] = ["read", "write", "env", "ffi", "sys"];

const load = () => import("@/search/shared.ts"); // reads the environment

const EPOCH = { epoch: 1, loss: 1, accuracy: 0, valLoss: 1, valAccuracy: 0.5, seconds: 2 };
const PHOTOS = { train: 1, validation: 1, test: 0 };
const SETTING = { spec: TESTING, data: "tiny", side: 16, split: "photo", seed: 7, photos: PHOTOS };

/** A database with one run of an epoch, whose weights are a byte. */
function databaseWithRun(): Database {
  const record = { ...SETTING, state: "training", bestEpoch: 1, versions: {} };
  const run = { id: "run", record, failure: null, history: [EPOCH], machines: ["there"] };
  const file = { name: "weights-1.bin", bytes: new Uint8Array([1]) };
  const query = (text: string) => Promise.resolve([text.includes("human_age.file") ? file : run]);
  return { query } as unknown as Database;
}

testWith(ALL, "withOwnRuns() waits for a folder in which another process trains", async () => {
  const { copyRuns, withOwnRuns } = await load();
  await withFolder(async (folder) => {
    const parts = { train: { squares: {} }, validation: { squares: {} }, test: { squares: {} } };
    const run = { id: "run", folder, setting: SETTING, study: parts },
      path = join(folder, "run.json");
    const planned = { runs: [run], signal: new AbortController().signal };
    let copied: Promise<void> | undefined;
    await withLock(join(folder, "lock"), "training it", async () => {
      copied = withOwnRuns(planned as never, async () => {
        await rejects(
          withLock(join(folder, "lock"), "training", async () => {}),
          /is already having/,
        );
        await copyRuns(databaseWithRun(), planned as never);
      });
      await delay(300);
      equal(existsSync(path), false);
    });
    await copied;
    deepEqual(JSON.parse(await Deno.readTextFile(path)).history, [EPOCH]);
    deepEqual([...await Deno.readFile(join(folder, "weights-1.bin"))], [1]);
  });
});

testWith(
  ALL,
  "addRuns() leaves a run that ended on the server before its first epoch",
  async () => {
    const { addRuns } = await load();
    await withFolder(async (folder) => {
      const record = { ...SETTING, state: "diverged", bestEpoch: 0, versions: {} };
      const ended = { id: "run", record, failure: null, history: [], machines: [] };
      const addTo = async (known: object[]) => {
        const said: string[] = [];
        const query = (text: string) => {
          said.push(text);
          return Promise.resolve(/from human_age\.run/.test(text) ? known : []);
        };
        const transaction = (work: (db: object) => Promise<unknown>) => work({ query });
        const runs = [{ id: "run", folder, setting: SETTING, study: {} }];
        await addRuns({ query, transaction } as unknown as Database, { runs } as never);
        return said.some((text) => text.includes("insert into human_age.run"));
      };
      deepEqual([await addTo([]), await addTo([ended])], [true, false]);
    });
  },
);

testWith(
  ALL,
  "whenThere() asks a server again that went away, and no one that refuses",
  async () => {
    const { whenThere } = await load(), { signal } = new AbortController();
    let asked = 0;
    const away = Object.assign(new Error("the database system is starting up"), { code: "57P03" });
    const ask = () => asked++ === 0 ? Promise.reject(away) : Promise.resolve("there");
    equal(await whenThere(ask, signal), "there");
    equal(asked, 2);
    await rejects(
      whenThere(() => Promise.reject(new Error("no such table")), signal),
      /no such table/,
    );
  },
);
