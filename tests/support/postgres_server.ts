/**
 * A Postgres server for tests, in a temporary folder, as an ordinary user.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { connect, createServer, type Server, type Socket } from "node:net";

/** Folders in which Debian's packages have the programs of a server, the newest first. */
const PLACES = [18, 17, 16, 15, 14, 13].map((version) => `/usr/lib/postgresql/${version}/bin`);

/** The folder of the server's programs; undefined if no server from version 13 on is installed. */
export const POSTGRES = PLACES.find((place) => existsSync(join(place, "initdb")));

/** A server that runs. */
export interface PostgresServer {
  port: number;
  /** The folder of its files. */
  data: string;
  /** The URL of its database, with a password. */
  url: string;
  /** Stops it as if power were cut, and starts it again after what is done meanwhile. */
  restart(meanwhile?: () => Promise<unknown>): Promise<void>;
}

/** A server that takes only connections under TLS. */
export interface SecretServer extends PostgresServer {
  /** The file of its certificate, which it has signed itself, for `localhost`. */
  certificate: string;
}

/** Starts a server that takes only connections under TLS, works with it, and takes it away. */
export async function withSecretPostgres<T>(
  work: (server: SecretServer) => Promise<T>,
): Promise<T> {
  return await withPostgres(async (server) => {
    const { data } = server, certificate = join(data, "server.crt"), key = join(data, "server.key");
    const name = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
    const kind = ["-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", ...name];
    await runUnprivileged("/usr/bin/openssl", [
      "req",
      ...kind,
      "-keyout",
      key,
      "-out",
      certificate,
    ]);
    const rules = join(data, "pg_hba.conf"), text = await Deno.readTextFile(rules);
    await Deno.writeTextFile(rules, text.replaceAll(/^host /gm, "hostssl "));
    await Deno.writeTextFile(join(data, "postgresql.auto.conf"), "ssl = on\n", { append: true });
    await server.restart();
    return await work({ ...server, certificate });
  });
}

/** Starts a server in a new folder, works with it, and takes both away. */
export async function withPostgres<T>(work: (server: PostgresServer) => Promise<T>): Promise<T> {
  const folder = await Deno.makeTempDir({ prefix: "human-age-postgres-" }), port = freePort();
  const data = join(folder, "data"), passwords = join(folder, "password");
  const password = crypto.randomUUID().slice(0, 8);
  await Deno.writeTextFile(passwords, password);
  if (Deno.uid() === 0) {
    await Deno.chmod(folder, 0o755);
    await run("chown", ["-R", "nobody", folder]);
  }
  const auth = ["--auth=scram-sha-256", "--username=age", `--pwfile=${passwords}`];
  const words = ["--locale=C", "--encoding=UTF8"]; // English, whatever this machine speaks
  await runUnprivileged(join(POSTGRES!, "initdb"), ["-D", data, ...auth, ...words, "--no-sync"]);
  const options = `-p ${port} -k ${folder} -c listen_addresses=127.0.0.1 -c max_connections=400`;
  const control = join(POSTGRES!, "pg_ctl");
  const start = () =>
    runUnprivileged(control, ["-D", data, "-w", "-o", options, "-l", `${folder}/log`, "start"]);
  const stop = () => runUnprivileged(control, ["-D", data, "-w", "-m", "immediate", "stop"]);
  await start();
  try {
    const url = `postgres://age:${password}@127.0.0.1:${port}/postgres`;
    const restart: PostgresServer["restart"] = (meanwhile) => stop().then(meanwhile).then(start);
    return await work({ port, data, url, restart });
  } finally {
    await stop();
    await Deno.remove(folder, { recursive: true });
  }
}

/** Runs a program as an ordinary user: a server refuses to be run by root. */
async function runUnprivileged(path: string, args: string[]): Promise<void> {
  const as = ["--reuid=nobody", "--regid=nogroup", "--clear-groups"];
  await (Deno.uid() === 0 ? run("setpriv", [...as, path, ...args]) : run(path, args));
}

async function run(program: string, args: string[]): Promise<void> {
  // a server that keeps the pipes of this process open would never let it see their end
  const silent = { stdin: "null", stdout: "null", stderr: "null" } as const;
  const { success } = await new Deno.Command(program, { args, cwd: "/", ...silent }).output();
  if (!success) throw new Error(`${program} ${args.join(" ")} failed`);
}

/**
 * A port that is free, and stays so until a server starts, and while it is away: not one of those that
 * systems give to whoever asks for any, as other tests do meanwhile.
 */
function freePort(): number {
  for (;;) {
    const port = 10_000 + Math.floor(20_000 * Math.random());
    try {
      Deno.listen({ port, hostname: "127.0.0.1" }).close();
      return port;
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
}

/** A proxy of a server whose connections can be cut. */
export interface Proxy {
  port: number;
  /** Lets nothing through for a while, in silence, as a broken network does. */
  cut(milliseconds: number): Promise<void>;
  close(): void;
}

/** Opens a proxy of a server. */
export async function openProxy(to: number): Promise<Proxy> {
  const sockets = new Set<Socket>();
  let isCut = false;
  const server: Server = createServer((near) => {
    const far = connect(to, "127.0.0.1");
    for (const [one, other] of [[near, far], [far, near]] as const) {
      sockets.add(one);
      one.on("error", () => other.destroy());
      one.on("close", () => other.destroy());
      one.pipe(other);
      if (isCut) one.pause();
    }
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  return {
    port: (server.address() as { port: number }).port,
    async cut(milliseconds) {
      isCut = true;
      sockets.forEach((socket) => socket.unpipe().pause());
      await delay(milliseconds);
      isCut = false;
      sockets.forEach((socket) => socket.destroy()); // what a network does in the end
    },
    close() {
      server.close();
      sockets.forEach((socket) => socket.destroy());
    },
  };
}
