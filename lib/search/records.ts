/**
 * The tables of a search in its database beside the jobs: the searches, their runs epoch by epoch, and the files from
 * which any machine resumes a run.
 */
import { Buffer } from "node:buffer";
import type { Database, Statements } from "@/search/database.ts";
import type { Plan, Reached, SearchRecord } from "@/search/plan.ts";
import type { Epoch, Run } from "@/training/run.ts";

const TABLES = `
create schema if not exists human_age;
create table if not exists human_age.search (
  id text primary key, plan json not null, reached jsonb not null default '{}', failure text,
  begun timestamptz not null default now(), ended timestamptz
);
create table if not exists human_age.run (
  id text primary key, record json not null, failure text
);
create table if not exists human_age.epoch (
  run text references human_age.run on delete cascade, epoch integer, result json not null,
  machine text not null, at timestamptz not null default now(), primary key (run, epoch)
);
create table if not exists human_age.file (
  run text references human_age.run on delete cascade, name text, bytes bytea not null,
  primary key (run, name)
);
alter table human_age.file alter bytes set storage external;
alter table human_age.run add column if not exists tries integer not null default 0;
`;

export interface RunRecord {
  id: string;
  run: Run;
  /** Why it could not be trained, if so. */
  failure: string | null;
  /** The machines that trained it, in their order. */
  machines: readonly string[];
}

export type RunFiles = Record<string, Uint8Array>;

/** Tells whether all of that is there: asks for what was added last. */
const ARE_THERE = `select exists (select from pg_attribute
  where attrelid = to_regclass('human_age.run') and attname = 'tries') as tables`;

/** Makes tables that are missing; where all are there, it waits for nobody who writes into them, nor locks him out. */
export async function prepareTables({ transaction }: Database): Promise<void> {
  await transaction(async (db) => {
    await exclusively(db, "tables"); // else two processes at once would fail
    const [there] = await db.query<{ tables: boolean }>(ARE_THERE);
    if (!there!.tables) await db.query(TABLES);
  });
}

/** Lets other transactions with the same key wait for the end of this one. */
export async function exclusively({ query }: Statements, key: string): Promise<void> {
  await query("select pg_advisory_xact_lock(hashtext($1))", [`human_age ${key}`]);
}

export async function readSearch({ query }: Statements, id: string): Promise<SearchRecord> {
  const [search] = await query<SearchRecord>("select * from human_age.search where id = $1", [id]);
  if (!search) throw new Error(`There is no search ${id} in the queue: begin it again`);
  return search;
}

export async function listSearches({ query }: Statements): Promise<SearchRecord[]> {
  return await query<SearchRecord>("select * from human_age.search order by begun desc");
}

/** Adds a search, or begins it once more. */
export async function putSearch({ query }: Statements, id: string, plan: Plan): Promise<void> {
  await query(
    `insert into human_age.search (id, plan) values ($1, $2::text::json)
     on conflict (id) do update set plan = excluded.plan, reached = '{}', failure = null,
       begun = now(), ended = null`,
    [id, JSON.stringify(plan)],
  );
}

/** Notes up to which epoch models are trained. */
export async function setReached(db: Statements, id: string, reached: Reached) {
  const set = "update human_age.search set reached = reached || $2::text::jsonb where id = $1";
  await db.query(set, [id, JSON.stringify(reached)]);
}

/** Ends a search, successfully or with what went wrong. */
export async function endSearch(db: Statements, id: string, failure: string | null = null) {
  const set = "update human_age.search set ended = now(), failure = $2 where id = $1";
  await db.query(set, [id, failure]);
}

/** Reads runs in the order of their ids; those that are missing are left out. */
export async function readRuns(db: Statements, ids: readonly string[]): Promise<RunRecord[]> {
  const rows = await db.query<Row>(
    `select r.id, r.record, r.failure,
       coalesce(json_agg(e.result order by e.epoch) filter (where e.epoch is not null), '[]') history,
       coalesce(json_agg(e.machine order by e.epoch) filter (where e.epoch is not null), '[]') machines
     from human_age.run r left join human_age.epoch e on e.run = r.id
     where r.id = any($1::text[]) group by r.id`,
    [ids],
  );
  const byId = new Map(rows.map(({ record, history, machines, ...row }) => [
    row.id,
    { ...row, run: { ...record, history }, machines: [...new Set(machines)] },
  ]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}

interface Row extends Omit<RunRecord, "run"> {
  record: Omit<Run, "history">;
  history: Epoch[];
}

export async function readRecord(database: Statements, id: string): Promise<RunRecord> {
  const [record] = await readRuns(database, [id]);
  if (!record) throw new Error(`There is no run ${id} in the queue: begin the search again`);
  return record;
}

/**
 * Adds what a run has learned since it was last written.
 *
 * @param before how many epochs it had; an epoch that another worker has added is an error of the
 * database, so that none counts twice
 */
export async function addEpochs(
  db: Statements,
  id: string,
  { history, ...record }: Run,
  { before, machine, files }: { before: number; machine: string; files: RunFiles },
): Promise<void> {
  await db.query(
    `insert into human_age.run (id, record) values ($1, $2::text::json)
     on conflict (id) do update set record = excluded.record, failure = null, tries = 0`,
    [id, JSON.stringify(record)],
  );
  for (const epoch of history.slice(before)) {
    await db.query(
      "insert into human_age.epoch (run, epoch, result, machine) values ($1, $2, $3::text::json, $4)",
      [id, epoch.epoch, JSON.stringify(epoch), machine],
    );
  }
  await putFiles(db, id, files);
}

async function putFiles({ query }: Statements, id: string, files: RunFiles): Promise<void> {
  const names = Object.keys(files);
  const remove = "delete from human_age.file where run = $1 and name <> all($2::text[])";
  await query(remove, [id, names]);
  for (const [name, bytes] of Object.entries(files)) {
    await query(
      `insert into human_age.file (run, name, bytes) values ($1, $2, $3)
       on conflict (run, name) do nothing`, // a file's name says of which epoch it is
      [id, name, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)],
    );
  }
}

export async function readFiles({ query }: Statements, id: string): Promise<RunFiles> {
  const rows = await query<{ name: string; bytes: Uint8Array }>(
    "select name, bytes from human_age.file where run = $1",
    [id],
  );
  return Object.fromEntries(rows.map(({ name, bytes }) => [name, bytes]));
}

/** Notes why runs could not be trained; null if they are to be tried again. */
export async function setFailure(db: Statements, ids: string[], failure: string | null) {
  const set = "update human_age.run set failure = $2, tries = 0 where id = any($1::text[])";
  await db.query(set, [ids, failure]);
}

/** Counts a try of a run that has failed, and returns how many have since its last epoch. */
export async function addTry({ query }: Statements, id: string): Promise<number> {
  const set = "update human_age.run set tries = tries + 1 where id = $1 returning tries";
  const [row] = await query<{ tries: number }>(set, [id]);
  return row!.tries;
}
