/** The database of a search on a Postgres server, and pg-boss, the queue in it. */
import { type Db, PgBoss } from "pg-boss";
import { orElse } from "@/base/or_else.ts";
import { logOnly, say } from "@/base/progress.ts";

/** Runs one statement, in a transaction or by itself, and returns its rows. */
export interface Statements {
  query<Row>(text: string, values?: unknown[]): Promise<Row[]>;
}

/** Statements whose effects all hold, or none of them; pg-boss takes it, too. */
export type Transaction = Statements & Db;

export interface Database extends Statements {
  boss: PgBoss;
  transaction<T>(work: (db: Transaction) => Promise<T>): Promise<T>;
}

/** Seconds between two signs of life, and between two looks for workers that give none. */
const WATCH = 10;

/** A connection is dead that does not answer in so many milliseconds; 25 MB are to go through it. */
const SILENCE = 60_000;

/** Number of times that a server is asked that does not answer, in about seven seconds: it may be starting. */
const ATTEMPTS = 4;

interface ServerOptions {
  /** Number of jobs that are worked on at the same time, each of which needs connections. */
  workers?: number;
  /** The name of this process among those that use the database. */
  name?: string;
  attempts?: number;
}

/**
 * Opens the database on a server, works with it, and closes it. What the URL leaves out comes from the
 * variables `PGHOST`, `PGUSER`, `PGPASSWORD` and so on; TLS is as its `sslmode` says.
 *
 * @param url such as `postgres://user@host/name`; it is never printed
 * @throws {TypeError} if it is no such URL
 * @throws {Error} if the server does not answer, or refuses; it names the server
 */
export async function withServer<T>(
  url: string,
  work: (database: Database) => Promise<T>,
  { workers = 0, name, attempts = ATTEMPTS }: ServerOptions = {},
): Promise<T> {
  const where = `the queue at ${describeServer(url)}`;
  const boss = new PgBoss({
    ...{ connectionString: url, max: 2 * workers + 4, application_name: "human-age" },
    ...{ keepAlive: true, query_timeout: SILENCE, useListenNotify: true },
    ...{ superviseIntervalSeconds: WATCH, monitorIntervalSeconds: WATCH },
    ...{ instanceName: name, instanceHeartbeatSeconds: WATCH, schedule: false, reindex: false },
  });
  boss.on("error", ({ message }) => logOnly(`From ${where}: ${message}`));
  try {
    await boss.start({ attempts }).catch((error) => Promise.reject(startError(where, error)));
    return await work({ ...toStatements(boss.getDb()), boss, transaction: transact(boss) });
  } finally {
    await boss.stop({ graceful: false }); // jobs that are still worked on are given up
  }
}

/** An error of the server with the server's name; its code is that of its cause, or the words that stand for one. */
function startError(where: string, cause: Error & { code?: string }): Error {
  const { message, code = message } = cause;
  return Object.assign(new Error(`Cannot open ${where}: ${message || code}`, { cause }), { code });
}

/** Codes and words of errors that say that a server is away, starting, full, or cut off. */
const AWAY =
  /^(ECONN|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOST|ENET|EPIPE|57P0|53300|08|Connection terminated|timeout|Query read timeout)/;

/** Tells whether an error says that a server is away, rather than that it refuses. */
export function isAway(error: unknown): boolean {
  const { code, message } = error as { code?: unknown; message?: string };
  return AWAY.test(String(code ?? message));
}

/** Milliseconds between two lines that say that a server is away. */
const QUIET = 60_000;

/** Opens a way to say that a server does not answer: with a line a minute at most. */
export function openComplaint(url: string, quiet = QUIET): (error: unknown) => Promise<void> {
  let said = -Infinity;
  return async (error) => {
    if (performance.now() - said < quiet) return;
    said = performance.now();
    const { message, code } = ((error as Error).cause ?? error) as Error & { code?: string };
    const words = message || code;
    await say(`The queue at ${describeServer(url)} does not answer: ${words}. Looking again`);
  };
}

function transact(boss: PgBoss): Database["transaction"] {
  return async (work) => {
    const { db, commit, rollback } = await boss.getDb().beginTransaction!();
    try {
      const result = await work(toStatements(db));
      await commit();
      return result;
    } catch (error) {
      await rollback();
      throw error;
    }
  };
}

/**
 * Names the server and the database of a URL, without its password.
 *
 * @throws {TypeError} if it is no URL of Postgres, or a sign of its password ends it early; the message does not
 * repeat it
 */
export function describeServer(url: string): string {
  const parsed = URL.parse(url);
  if (!parsed || !/^postgres(ql)?:$/.test(parsed.protocol) || isCutBySign(parsed)) {
    throw new TypeError(
      "Cannot read the queue's URL: it looks like postgres://user@host/database. Signs in a password that mean " +
        "something in a URL are written so: # %23, / %2F, ? %3F, @ %40, % %25; or give the password in PGPASSWORD",
    );
  }
  const host = parsed.host || Deno.env.get("PGHOST") || "localhost";
  return `${host}${parsed.pathname}`;
}

/** Tells whether a sign of the password has ended its URL's host: then what follows holds the `@`, or cannot be decoded. */
function isCutBySign({ username, password, pathname, search, hash }: URL): boolean {
  const isEncoded = orElse(() => decodeURIComponent(username + password) !== null, false);
  return hash !== "" || (pathname || search).includes("@") || !isEncoded;
}

function toStatements(db: Db): Transaction {
  const executeSql: Db["executeSql"] = (text, values) => db.executeSql(text, values);
  return { executeSql, query: async (text, values) => (await executeSql(text, values)).rows };
}
