/** Calling the functions of a worker as if they were the page's own. */
import type { Progress, Reader } from "./protocol.ts";

type Name = keyof Reader;

type Call = { id: number; name: Name; args: unknown[] };

type Answer = { id: number } & ({ result: unknown } | { error: string });

/** Calls a reader that `serveReader` serves in the worker. */
export function connectReader(worker: Worker, onProgress: (progress: Progress) => void): Reader {
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let calls = 0, fault: Error | null = null;
  worker.onmessage = ({ data }: MessageEvent<Answer | { progress: Progress }>) => {
    if ("progress" in data) return onProgress(data.progress);
    const { resolve, reject } = waiting.get(data.id)!;
    waiting.delete(data.id);
    "error" in data ? reject(new Error(data.error)) : resolve(data.result);
  };
  worker.onerror = ({ message }) => {
    const words = message?.replace(/^Uncaught (Error: )?/, "");
    fault = new Error(words || "The page's worker could not be loaded");
    for (const { reject } of waiting.values()) reject(fault);
    waiting.clear();
  };
  const call = (name: Name) => (...args: unknown[]) => {
    if (fault) return Promise.reject(fault);
    const id = calls++, answer = Promise.withResolvers<unknown>();
    waiting.set(id, answer);
    const handedOver = args.filter((arg) => arg instanceof ImageBitmap); // rather than copied
    worker.postMessage({ id, name, args } satisfies Call, handedOver);
    return answer.promise;
  };
  const names: Name[] = ["open", "readPhoto", "readFrame", "explain"];
  return Object.fromEntries(names.map((name) => [name, call(name)])) as unknown as Reader;
}

/** Answers, in the worker, what the page asks the reader for; one question after the other. */
export function serveReader(reader: Reader): void {
  let last: Promise<unknown> = Promise.resolve();
  globalThis.onmessage = ({ data: { id, name, args } }: MessageEvent<Call>) => {
    last = last.then(async () => {
      const read = reader[name] as (...args: unknown[]) => Promise<unknown>;
      try {
        postMessage({ id, result: await read(...args) } satisfies Answer);
      } catch (error) {
        postMessage({ id, error: messageOf(error) } satisfies Answer);
      }
    });
  };
}

/** Tells the page how far loading is. */
export function postProgress(progress: Progress): void {
  postMessage({ progress });
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
