import { RUN } from "@/base/project.ts";
import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { outputOf, program, withFolder } from "@/testing.ts";
import { type Database, withServer } from "@/search/database.ts";
import { withPostgres, withSecretPostgres } from "../support/postgres_server.ts";
import { prepareQueues } from "@/search/queue.ts";
import { exclusively, prepareTables, readSearch } from "@/search/records.ts";
import type { Task } from "@/search/trainer.ts";
import { startWorker } from "@/search/worker.ts";
import { DONE, type Ended } from "@/base/worker_process.ts";
import { beginSimulation, placeOf, simulate } from "../support/simulate_search.ts";
import { runTool } from "../support/cli.ts";
import { testWithPostgres } from "../support/postgres.ts";
import { putSample, TINIEST } from "../support/begin.ts";

/** All that the queue's database holds, as text. */
async function everything(url: string): Promise<string> {
  return await withServer(url, async ({ query }) => {
    const [row] = await query<{ all: string }>(
      `select schema_to_xml('human_age', true, false, '')::text ||
         schema_to_xml('pgboss', true, false, '')::text as all`,
    );
    return row!.all;
  });
}

async function* filesIn(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory) yield* filesIn(path);
    else yield path;
  }
}

testWithPostgres("a worker refuses other photos, naming both, and never its password", async () => {
  await withFolder(async (folder) => {
    const [ours, theirs] = [join(folder, "ours"), join(folder, "theirs")];
    await putSample(ours, TINIEST);
    await putSample(theirs, { ...TINIEST, photos: 61 });
    await withPostgres(async ({ url }) => {
      const args = ["--queue", url, "--data", ours, "--side", "48", "--models", "III,VI"];
      const stop = new AbortController();
      const search = new Deno.Command(Deno.execPath(), {
        args: [...RUN, "tools/commands/search.ts", ...args, "--budget", "8"],
        env: { HUMAN_AGE_WORK: join(folder, "search") },
        ...{ stdout: "null", stderr: "null", signal: stop.signal },
      }).spawn();
      const { success, text } = await runTool("worker", ["--queue", url, "--data", theirs], folder);
      stop.abort();
      await search.status;
      equal(success, false);
      match(
        text,
        /not the photos of the search\. Here: \d+ photos, 48 pixels.*The search's: \d+ photos/,
      );
      match(text, /kernels: convolution/);
      const status = await runTool("search", ["--status", "--queue", url], folder);
      match(status.text, /ours\S*, 48 pixels, by photo +rung 1 of 3/);
      const { password } = new URL(url), kept = await everything(url);
      equal((text + status.text).includes(password), false);
      match(kept, /human_age/);
      equal(kept.includes(password), false);
      for await (const file of filesIn(folder)) {
        equal((await Deno.readTextFile(file)).includes(password), false, file);
      }
    });
  });
});

testWithPostgres("a search whose database is cleared meanwhile ends, and says so", async () => {
  await withFolder(async (folder) => {
    const data = join(folder, "photos");
    await putSample(data, TINIEST);
    await withPostgres(async ({ url }) => {
      const args = ["--queue", url, "--data", data, "--side", "48", "--models", "III,VI"];
      const search = runTool("search", [...args, "--budget", "8"], folder);
      await withServer(url, async ({ query }) => {
        const clear = () => query("delete from human_age.search returning id").catch(() => []);
        while ((await clear()).length === 0) await delay(100); // until it has begun
      });
      const { success, text } = await search;
      equal(success, false);
      match(text, /There is no search \w+ in the queue: begin it again/);
    });
  });
});

/** Tries to open a queue, with these variables set, and says what came of it and all that was printed. */
async function tryServer(url: string, env: Record<string, string>): Promise<string> {
  return await withFolder(async (work) => {
    const text = `import { type Database, withServer } from "@/search/database.ts";
Deno.env.delete("PGPASSWORD");
for (const [name, value] of Object.entries(${JSON.stringify(env)})) Deno.env.set(name, value);
const sql = "select ssl from pg_stat_ssl where pid = pg_backend_pid()";
const rows = await withServer(${JSON.stringify(url)}, ({ query }) => query(sql));
console.log(JSON.stringify(rows));`;
    return (await outputOf(program(text, work))).text;
  });
}

testWithPostgres(
  "a queue takes its password from PGPASSWORD or ~/.pgpass, and TLS from the URL",
  async () => {
    await withSecretPostgres(async ({ url, port, certificate }) => {
      const { password } = new URL(url), without = `postgres://age@localhost:${port}/postgres`;
      await withFolder(async (home) => {
        await Deno.writeTextFile(join(home, ".pgpass"), `localhost:*:*:age:${password}\n`);
        await Deno.chmod(join(home, ".pgpass"), 0o600);
        const proof = `sslmode=verify-full&sslrootcert=${certificate}`,
          good = { PGPASSWORD: password };
        const said = await Promise.all([
          tryServer(`${without}?${proof}`, good),
          tryServer(`${without}?${proof}`, { HOME: home }),
          tryServer(without, good),
          tryServer(`${without}?sslmode=require`, good),
          tryServer(`${without}?${proof}`, { PGPASSWORD: "wrong-secret" }),
        ]);
        match(said[0]!, /\[\{"ssl":true\}\]/);
        match(said[1]!, /\[\{"ssl":true\}\]/);
        match(said[2]!, /no encryption/);
        match(said[3]!, /self-signed certificate/);
        match(said[4]!, /password authentication failed/);
        equal(said.some((text) => text.includes(password) || text.includes("wrong-secret")), false);
      });
    });
  },
);

/** Adds a row to a table, tells so, and stays in the transaction after it. */
const KILLED = (url: string, told: string) => `
import { type Database, withServer } from "@/search/database.ts";
await withServer("${url}", async ({ query, transaction }) => {
  await query("create table if not exists kept (n integer)");
  await query("insert into kept values (1)");
  await transaction(async (db) => {
    await db.executeSql("insert into kept values (2)");
    await Deno.writeTextFile(${JSON.stringify(told)}, "");
    await new Promise((resolve) => setTimeout(resolve, 1e6));
  });
});`;

testWithPostgres(
  "a queue keeps what was committed before a kill -9, and no transaction that throws",
  async () => {
    await withFolder((folder) =>
      withPostgres(async ({ url }) => {
        const told = join(folder, "told"), child = program(KILLED(url, told), folder).spawn();
        while (!existsSync(told)) await delay(50);
        child.kill("SIGKILL");
        await child.output();
        await withServer(url, async ({ query, transaction }) => {
          const rows = () => query("select n from kept");
          deepEqual(await rows(), [{ n: 1 }]);
          const thrown = transaction(async (db) => {
            await db.executeSql("insert into kept values ($1)", [3]);
            throw new Error("no good");
          });
          await rejects(thrown, /no good/);
          deepEqual(await rows(), [{ n: 1 }]);
        });
      })
    );
  },
);

testWithPostgres("a worker may begin while another one keeps an epoch", async () => {
  await withPostgres(({ url }) => (
    withServer(url, async (database) => {
      const { transaction, query } = database;
      await prepareTables(database);
      await transaction(async (db) => {
        await db.query("insert into human_age.run (id, record) values ('run', '{}')");
        await prepareTables(database); // which every worker does that begins
        await db.query("insert into human_age.file values ('run', 'weights', '')");
      });
      deepEqual(await query("select name from human_age.file"), [{ name: "weights" }]);
    })
  ));
});

testWithPostgres("many jobs that only wait are each done once", async () => {
  const size = { runs: 8, epochs: 5, workers: 16, milliseconds: 5, megabytes: 1 };
  const { jobs, databaseMegabytes } = await simulate(size);
  equal(jobs, 40);
  ok(databaseMegabytes > 1);
});

testWithPostgres(
  "workers that leave six times within an epoch do not use up a run's tries",
  async () => {
    await withPostgres(async ({ url }) => {
      const search = "left", place = placeOf({ megabytes: 0 });
      const begin = async (database: Database, train: (task: Task) => Promise<Ended>) => (
        await startWorker(database, search, { workers: 1, place, machine: "here", train })
      );
      await withServer(
        url,
        (database) => beginSimulation(database, search, { runs: 1, epochs: 1 }),
      );
      for (let leaves = 0; leaves < 6; leaves++) {
        await withServer(url, async (database) => {
          await database.query("update pgboss.job set start_after = now() where state = 'retry'");
          await new Promise<void>((isTraining) => {
            begin(database, ({ signal }) => {
              isTraining();
              return new Promise((give) =>
                signal.onabort = () => give({ code: 1, words: "ended" })
              );
            });
          });
        });
      }
      await withServer(url, async (database) => {
        await database.query("update pgboss.job set start_after = now() where state = 'retry'");
        await begin(database, () => Promise.resolve(DONE));
        while (!(await readSearch(database, search)).ended) await delay(100);
        const runs = await database.query("select failure, tries from human_age.run");
        deepEqual(runs, [{ failure: null, tries: 0 }]);
      });
    });
  },
);

testWithPostgres(
  "a worker that is told to end leaves nothing in the temporary folder",
  async () => {
    await withFolder(async (folder) => {
      const data = join(folder, "data"), tmp = join(folder, "tmp");
      await putSample(data, TINIEST);
      await Deno.mkdir(tmp);
      await withPostgres(async ({ url }) => {
        const begin = (tool: string, args: string[]) => (
          new Deno.Command(Deno.execPath(), {
            args: [...RUN, `tools/commands/${tool}.ts`, "--queue", url, "--data", data, ...args],
            env: { HUMAN_AGE_WORK: join(folder, tool), TMPDIR: tmp },
            ...{ stdout: "null", stderr: "null" },
          }).spawn()
        );
        const search = begin("search", ["--side", "48", "--models", "III", "--budget", "3000"]);
        const worker = begin("worker", []), left = () => [...Deno.readDirSync(tmp)];
        while (left().length === 0) await delay(50);
        worker.kill("SIGTERM");
        search.kill("SIGTERM");
        await Promise.all([worker.status, search.status]);
        deepEqual(left(), []);
      });
    });
  },
);

testWithPostgres("a search that is begun again takes another heartbeat", async () => {
  await withPostgres(async ({ url }) => {
    await withServer(url, async (database) => {
      const beats = async (seconds: number) => {
        await prepareQueues(database, "again", seconds);
        return (await database.boss.getQueue("epoch-again"))!.heartbeatSeconds;
      };
      deepEqual([await beats(30), await beats(300)], [30, 300]);
    });
  });
});

/** A worker without photos that looks for work all the time, and says at most once that nobody answers. */
const IDLE = (url: string) => `
import { workForQueue } from "@/search/work_for_queue.ts";
const pauses = { pause: 50, quiet: 1e9 }, folder = "/no/photos";
await workForQueue("${url}", { folder, count: () => 1, machine: "here", ...pauses });`;

testWithPostgres("an idle worker outlives a server that is away, and says so once", async () => {
  await withFolder((folder) =>
    withPostgres(async ({ url, restart }) => {
      const over = outputOf(program(IDLE(url), folder));
      await rejects(withServer(url, ({ query, transaction }) => (
        transaction(async (db) => {
          await exclusively(db, "tables"); // the worker's first look has to wait here, and is cut off
          const waiting = "select from pg_locks where locktype = 'advisory' and not granted";
          while ((await query(waiting)).length === 0) await delay(50);
          await restart(() => delay(1000));
        })
      )));
      await withServer(url, (database) => beginSimulation(database, "new", { runs: 1, epochs: 1 }));
      const { text } = await over, lines = text.split("\n");
      match(text, /Cannot read \/no\/photos/, `it has looked again, and found work: ${text}`);
      equal(lines.filter((line) => line.startsWith("The queue at 127.0.0.1")).length, 1, text);
    })
  );
});
