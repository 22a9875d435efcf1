import { deepEqual, equal, ok, rejects, throws } from "node:assert/strict";
import { existsSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { outputOf, program, testWith, withFolder } from "@/testing.ts";

const ALL: Deno.PermissionName[] = ["read", "write", "env", "ffi", "sys", "run"];

const load = () => import("@/search/database.ts");

testWith(
  ["read", "env", "sys"],
  "describeServer() names host and database, no secret",
  async () => {
    const { describeServer } = await load();
    equal(describeServer("postgres://ann:secret@db:5433/age?sslmode=require"), "db:5433/age");
    equal(describeServer("postgresql://db/age"), "db/age");
  },
);

testWith(
  ["read", "env", "sys"],
  "describeServer() refuses other texts without repeating them",
  async () => {
    const { describeServer } = await load();
    for (const url of ["db.example", "mysql://ann:secret@db/age", "postgres://ann:secret@:x/age"]) {
      throws(() => describeServer(url), (error: Error) => (
        error instanceof TypeError && !error.message.includes("secret")
      ));
    }
  },
);

/** Adds a row to a table in the folder's database, tells so, and stays in the transaction after it. */
const KILLED = (folder: string) => `
import { withFolderDatabase } from "@/search/database.ts";
await withFolderDatabase(${JSON.stringify(folder)}, async ({ query, transaction }) => {
  await query("create table if not exists kept (n integer)");
  await query("insert into kept values (1)");
  await transaction(async (db) => {
    await db.executeSql("insert into kept values (2)");
    await Deno.writeTextFile(${JSON.stringify(folder + "/told")}, "");
    await new Promise((resolve) => setTimeout(resolve, 1e6));
  });
});`;

testWith(
  ALL,
  "withFolderDatabase() finds what was committed before a kill -9, and no more",
  async () => {
    const { withFolderDatabase } = await load();
    await withFolder(async (folder) => {
      const queue = `${folder}/queue`, child = program(KILLED(queue), folder).spawn();
      while (!existsSync(`${queue}/told`)) await delay(50);
      child.kill("SIGKILL");
      await child.output();
      const rows = await withFolderDatabase(queue, ({ query }) => query("select n from kept"));
      deepEqual(rows, [{ n: 1 }]);
      await Deno.remove(`${queue}/files/global/pg_control`);
      const anew = await withFolderDatabase(
        queue,
        ({ query }) => query("select to_regclass('kept') as t"),
      );
      deepEqual(anew, [{ t: null }], "broken files are made anew");
    });
  },
);

testWith(ALL, "withFolderDatabase() undoes a transaction that throws", async () => {
  const { withFolderDatabase } = await load();
  await withFolder(async (folder) => {
    await Deno.mkdir(`${folder}/files.part-1/begun`, { recursive: true }); // by a process that was killed
    await withFolderDatabase(folder, async ({ query, transaction }) => {
      equal(existsSync(`${folder}/files.part-1`), false);
      await query("create table kept (n integer)");
      await rejects(
        transaction(async (db) => {
          await db.executeSql("insert into kept values ($1)", [1]);
          throw new Error("no good");
        }),
        /no good/,
      );
      deepEqual(await query("select n from kept"), []);
    });
  });
});

testWith(ALL, "withServer() says where nobody answers, without the password", async () => {
  await withFolder(async (folder) => {
    const text = `import { withServer } from "@/search/database.ts";
await withServer("postgres://ann:secret@127.0.0.1:1/age", () => Promise.resolve());`;
    const { success, text: said } = await outputOf(program(text, folder));
    equal(success, false);
    ok(/ECONNREFUSED/.test(said) && !said.includes("secret"), said);
  });
});
