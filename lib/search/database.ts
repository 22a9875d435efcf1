/**
 * The database of a search, and pg-boss, the queue in it: Postgres on a server, or PGlite, which is
 * Postgres inside this process with its files in a folder.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { setImmediate, setTimeout as delay } from "node:timers/promises";
import { PGlite } from "@electric-sql/pglite";
import { type ConstructorOptions, type Db, fromPglite, PgBoss } from "pg-boss";
import { Claimed, withLock, writeWhole } from "@/base/files.ts";
import { logOnly, openLine } from "@/base/progress.ts";
import { openWorker } from "@/base/worker_process.ts";

/** Runs one statement, in a transaction or by itself, and returns its rows. */
export interface Statements {
  query<Row>(text: string, values?: unknown[]): Promise<Row[]>;
}

/** What statements run in whose effects all hold, or none of them; pg-boss takes it, too. */
export type Transaction = Statements & Db;

/** An open database with its queue. */
export interface Database extends Statements {
  boss: PgBoss;
  /** Does work in a transaction. */
  transaction<T>(work: (db: Transaction) => Promise<T>): Promise<T>;
}

/** How a database is opened. */
export interface DatabaseOptions {
  /** How many jobs are worked on at the same time, each of which needs connections. */
  workers?: number;
  /** What this process is called among those that use the database. */
  name?: string;
  signal?: AbortSignal;
}

/** Milliseconds between two looks whether another process has left the folder. */
const PAUSE = 500;

/** The program that makes PGlite's files. */
const MAKER = join(import.meta.dirname!, "make_files.ts");

/** What is set for every database. */
const ALWAYS: ConstructorOptions = { schedule: false, useListenNotify: true, reindex: false };

/** How often to look for workers of which nothing has been heard. */
function watching(seconds: number) {
  return { superviseIntervalSeconds: seconds, monitorIntervalSeconds: seconds };
}

/** A connection is dead that does not answer in so many milliseconds; 25 MB are to go through it. */
const SILENCE = 60_000;

/** How often a server is asked that does not answer, in about seven seconds: it may be starting. */
const ATTEMPTS = 4;

/**
 * Opens the database on a server, works with it, and closes it. What the URL leaves out comes from the
 * variables `PGHOST`, `PGUSER`, `PGPASSWORD` and so on; TLS is as its `sslmode` says.
 *
 * @param url such as `postgres://user@host/name`; it is never printed
 * @throws {TypeError} if it is no such URL
 * @throws {Error} if the server does not answer, or refuses
 */
export async function withServer<T>(
  url: string,
  work: (database: Database) => Promise<T>,
  { workers = 0, name }: DatabaseOptions = {},
): Promise<T> {
  const where = describeServer(url);
  const connection = { connectionString: url, max: 2 * workers + 4, application_name: "human-age" };
  const life = { keepAlive: true, query_timeout: SILENCE, instanceHeartbeatSeconds: 10 };
  const options = { ...ALWAYS, ...connection, ...watching(10), ...life, instanceName: name };
  const boss = new PgBoss(options), what = `the queue at ${where}`;
  return await withBoss(boss, work, { what, attempts: ATTEMPTS, transact: onServer(boss) });
}

/** Does work in a transaction, on a connection or in PGlite. */
type Transact = <T>(work: (db: Db) => Promise<T>) => Promise<T>;

function onServer(boss: PgBoss): Transact {
  return async (work) => {
    const { db, commit, rollback } = await boss.getDb().beginTransaction!();
    try {
      const result = await work(db);
      await commit();
      return result;
    } catch (error) {
      await rollback();
      throw error;
    }
  };
}

function inProcess(lite: PGlite): Transact {
  return (work) => lite.transaction((tx) => work(fromPglite(tx))) as Promise<never>;
}

/**
 * Names the server and the database of a URL, without its password.
 *
 * @throws {TypeError} if it is no URL of Postgres; the message does not repeat it
 *
 * @example What messages name
 * ```ts
 * import { describeServer } from "@/search/database.ts";
 * import { equal } from "node:assert/strict";
 *
 * equal(describeServer("postgres://ann:secret@db.example/age?sslmode=require"), "db.example/age");
 * ```
 */
export function describeServer(url: string): string {
  const parsed = URL.parse(url);
  if (!parsed || !/^postgres(ql)?:$/.test(parsed.protocol)) {
    throw new TypeError("Cannot read the queue's URL: it looks like postgres://user@host/database");
  }
  const host = parsed.host || Deno.env.get("PGHOST") || "localhost";
  return `${host}${parsed.pathname}`;
}

/**
 * Opens the database in a folder, works with it, and closes it. One process can use it at a time; others
 * wait.
 *
 * The files are whole after a crash of the process. Should the system itself have failed, they are made
 * anew: everything that cannot be lost lies in the folders of the runs.
 *
 * @param folder is made where it is missing
 */
export async function withFolderDatabase<T>(
  folder: string,
  work: (database: Database) => Promise<T>,
  { name, signal }: Omit<DatabaseOptions, "workers"> = {},
): Promise<T> {
  return await whenFree(folder, signal, async () => {
    const lite = await openFiles(join(folder, "files"), signal);
    const backend = { backend: "pglite" as const, db: fromPglite(lite) };
    const boss = new PgBoss({ ...ALWAYS, ...backend, ...watching(60), instanceName: name });
    try {
      await setImmediate(); // opening has kept this process from hearing Ctrl+C
      signal?.throwIfAborted();
      const what = `the queue in ${folder}`;
      return await withBoss(boss, work, { what, attempts: 1, transact: inProcess(lite) });
    } finally {
      await lite.close();
    }
  });
}

/** Does work in a folder as soon as no other process uses it. */
async function whenFree<T>(
  folder: string,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  const draw = openLine(), lock = join(folder, "lock");
  for (let waiting = false;; waiting = true) {
    try {
      return await withLock(lock, `searching with ${folder}`, async () => {
        if (waiting) await draw("The other search has ended", true);
        return await work();
      });
    } catch (error) {
      if (!(error instanceof Claimed)) throw error;
      if (!waiting) logOnly(error.message);
      await draw(error.message, false);
      await delay(PAUSE, undefined, { signal });
    }
  }
}

async function openFiles(path: string, signal?: AbortSignal): Promise<PGlite> {
  if (!existsSync(path)) {
    await removeParts(path);
    await writeWhole(path, (part) => makeFiles(part, signal));
  }
  try {
    return await PGlite.create(path);
  } catch (error) {
    await openLine()(`The queue in ${path} cannot be read and is made anew: ${error}`, true);
    await Deno.remove(path, { recursive: true });
    return await openFiles(path, signal);
  }
}

/**
 * Makes the files in a process of its own: it computes for seconds, which would keep this one from hearing
 * Ctrl+C, and the 0.7 GB that it takes are free afterwards.
 */
async function makeFiles(path: string, signal?: AbortSignal): Promise<void> {
  const maker = openWorker<string>(MAKER, { threads: 1, signal });
  try {
    const { code, words } = await maker.do(path);
    if (code !== 0) throw new Error(`Cannot make the queue's files in ${path}: ${words}`);
  } finally {
    await maker.end();
  }
}

/** Removes what a process left that was killed while it made the files. */
async function removeParts(path: string): Promise<void> {
  for await (const { name } of Deno.readDir(dirname(path))) {
    if (!name.startsWith(`${basename(path)}.part-`)) continue;
    // its maker may be writing still
    await Deno.remove(join(dirname(path), name), { recursive: true }).catch(() => {});
  }
}

/** Starts the queue, works with it, and stops it; jobs that are still worked on are given up. */
async function withBoss<T>(
  boss: PgBoss,
  work: (database: Database) => Promise<T>,
  { what, attempts, transact }: { what: string; attempts: number; transact: Transact },
): Promise<T> {
  boss.on("error", ({ message }) => logOnly(`From ${what}: ${message}`));
  try {
    await boss.start({ attempts });
    const transaction: Database["transaction"] = (work) => transact((db) => work(statementsOf(db)));
    return await work({ ...statementsOf(boss.getDb()), boss, transaction });
  } finally {
    await boss.stop({ graceful: false });
  }
}

function statementsOf(db: Db): Transaction {
  const executeSql: Db["executeSql"] = (text, values) => db.executeSql(text, values);
  return { executeSql, query: async (text, values) => (await executeSql(text, values)).rows };
}
