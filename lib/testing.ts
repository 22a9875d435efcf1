/** Registering tests that need permissions, so that a bare `deno test lib` says what it leaves out. */

/** What a native addon needs: its files, its settings, its machine code, and what the machine is. */
export const NATIVE: Deno.PermissionName[] = ["read", "env", "ffi", "sys"];

/** What a test does. */
type Body = (t: Deno.TestContext) => void | Promise<void>;

/**
 * Registers a test that needs permissions; without them the test is reported as ignored, with
 * the missing permissions in its name.
 */
export function testWith(permissions: Deno.PermissionName[], name: string, body: Body): void {
  const missing = permissions.filter((permission) => !isGranted(permission));
  if (missing.length) leaveOut(name, `needs ${missing.join(", ")}: deno task test grants it`);
  else register({ name, fn: body });
}

/** Whether this is `deno task test --all`, which also repeats at length what other tests prove in short. */
export const ALL = isGranted("env") && Deno.env.get("HUMAN_AGE_ALL_TESTS") === "1";

/** Registers a test that is too long for every day: `deno task test --all` and the nightly run take it. */
export function testOfAll(permissions: Deno.PermissionName[], name: string, body: Body): void {
  if (ALL || !isGranted("env")) testWith(["env", ...permissions], name, body);
  else leaveOut(name, "deno task test --all runs it");
}

/** Tells whether a file or folder is missing; without the permission to look, that is not known. */
export function isMissing(path: string | URL): boolean {
  if (!isGranted("read")) return false;
  try {
    return !Deno.statSync(path);
  } catch {
    return true;
  }
}

/** Registers a test that cannot run here, to be reported as ignored with the reason in its name. */
export function leaveOut(name: string, reason: string): void {
  register({ name: `${name} [${reason}]`, ignore: true, fn() {} });
}

/** That a test keeps its permissions marks it: `deno task test` runs the other ones without any. */
function register(test: Omit<Deno.TestDefinition, "permissions">): void {
  Deno.test({ ...test, permissions: "inherit" });
}

/** Makes an empty folder, hands it over, and takes it away. */
export async function withFolder<T>(body: (folder: string) => T | Promise<T>): Promise<T> {
  const folder = await Deno.makeTempDir({ prefix: "human-age-" });
  try {
    return await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** What a notebook's code sends to the front end to be shown. */
export interface Message {
  type: string;
  data: Record<string, string>;
  metadata: Record<string, { width: number }>;
  transient: { display_id: string; receipt?: string };
}

/** Stands in for Deno's kernel: gathers, while the body runs, the messages for the front end. */
export async function shown(
  body: (messages: readonly Message[]) => Promise<void>,
): Promise<Message[]> {
  const messages: Message[] = [];
  const broadcast = (type: string, content: Omit<Message, "type">) => {
    messages.push({ type, ...content });
    return Promise.resolve();
  };
  const property = Object.getOwnPropertyDescriptor(Deno, "jupyter")!;
  property.set!.call(Deno, { broadcast });
  try {
    await body(messages);
  } finally {
    property.set!.call(Deno, undefined);
  }
  return messages;
}

/**
 * Runs a body that may interrupt what listens for Ctrl+C. The signal itself would end the test runner, so
 * its listeners are called in its place.
 */
export async function withInterrupt<T>(body: (interrupt: () => void) => Promise<T>): Promise<T> {
  const { addSignalListener, removeSignalListener } = Deno, listeners = new Set<() => void>();
  Deno.addSignalListener = (signal, listener) => {
    if (signal === "SIGINT") listeners.add(listener);
  };
  Deno.removeSignalListener = (_, listener) => void listeners.delete(listener);
  try {
    return await body(() => listeners.forEach((listener) => listener()));
  } finally {
    Object.assign(Deno, { addSignalListener, removeSignalListener });
  }
}

/**
 * The command that runs a program, given as its text, in a process of its own; `work` is the folder
 * that it may write into. A disk without room is made by forbidding files of more than `most` blocks
 * of 512 bytes.
 */
export function program(
  text: string,
  work: string,
  { permissions = ["-A"], most }: { permissions?: string[]; most?: number } = {},
): Deno.Command {
  const config = new URL("../deno.json", import.meta.url).pathname;
  const file = `${work}/program-${crypto.randomUUID()}.ts`;
  Deno.writeTextFileSync(file, text);
  const options = ["--cached-only", "--frozen", "--config", config, ...permissions];
  const run = [Deno.execPath(), "run", ...options, file];
  // without the trap, the system would end a process that writes too much
  const limit = most === undefined ? "" : `trap '' XFSZ; ulimit -f ${most};`;
  return new Deno.Command("sh", {
    args: ["-c", `${limit} exec "$0" "$@"`, ...run],
    env: { HUMAN_AGE_WORK: work, NO_COLOR: "1" },
    stdout: "piped",
    stderr: "piped",
  });
}

/**
 * Imports a module that keeps its results in the work folder, here a new one, which is taken away
 * when the program ends. Once a test file: a module reads HUMAN_AGE_WORK only when it is first imported.
 */
export async function withWork<T>(load: () => Promise<T>): Promise<{ work: string; module: T }> {
  const work = await Deno.makeTempDir({ prefix: "human-age-" });
  addEventListener("unload", () => Deno.removeSync(work, { recursive: true }));
  const before = Deno.env.get("HUMAN_AGE_WORK");
  Deno.env.set("HUMAN_AGE_WORK", work);
  try {
    return { work, module: await load() };
  } finally {
    if (before === undefined) Deno.env.delete("HUMAN_AGE_WORK");
    else Deno.env.set("HUMAN_AGE_WORK", before);
  }
}

/** Runs a command to its end: what it wrote, and whether it succeeded. */
export async function outputOf(command: Deno.Command): Promise<{ success: boolean; text: string }> {
  const { success, stdout, stderr } = await command.output();
  return { success, text: new TextDecoder().decode(new Uint8Array([...stdout, ...stderr])) };
}

/** Sends a signal to a process, which may just have ended by itself. */
export function sendSignal(child: Deno.ChildProcess, signal: Deno.Signal): void {
  try {
    child.kill(signal);
  } catch { /* it has ended */ }
}

/** Makes a pipe: whoever reads it waits until another one writes into it, so that work on it does not end before. */
export async function makePipe(path: string): Promise<void> {
  const { success } = await new Deno.Command("mkfifo", { args: [path] }).output();
  if (!success) throw new Error(`mkfifo ${path} failed`);
}

/** Tells whether the test may do so. */
export function isGranted(name: Deno.PermissionName): boolean {
  return Deno.permissions.querySync({ name }).state === "granted";
}
