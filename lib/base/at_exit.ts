/** What has to be done if this process ends in the midst of some work: however it does, but by `kill -9`. */

/** Signals that end a process, with the exit codes that shells report for them; Ctrl+C ends work in another way. */
const SIGNALS: [Deno.Signal, code: number][] = Deno.build.os === "windows"
  ? []
  : [["SIGHUP", 129], ["SIGQUIT", 131], ["SIGTERM", 143]];

const listeners = SIGNALS.map(([signal, code]) => [signal, () => Deno.exit(code)] as const);

const tasks = new Set<() => void>();

function doAll(): void {
  for (const task of [...tasks].reverse()) task();
}

/**
 * Has something done if the process ends from here on.
 *
 * @param task what is done, at once; it may not throw
 * @returns what takes that back
 */
export function atExit(task: () => void): () => void {
  if (tasks.size === 0) {
    addEventListener("unload", doAll);
    for (const [signal, end] of listeners) Deno.addSignalListener(signal, end);
  }
  tasks.add(task);
  return () => {
    if (!tasks.delete(task) || tasks.size > 0) return;
    removeEventListener("unload", doAll);
    for (const [signal, end] of listeners) Deno.removeSignalListener(signal, end);
  };
}

/** Removes a file or folder, if it is there and can be. */
export function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path, { recursive: true });
  } catch { /* it is gone, or of somebody else */ }
}
