/** Loading the networks' files, with progress, from the browser's cache where they are there. */
import { sum } from "d3";
import { cacheName, isLocal, pageFiles } from "./page_files.ts";
import type { Progress } from "./protocol.ts";

/** The address of the page's files; the worker lies beside them. */
const BASE = new URL(".", import.meta.url);

/** The full address of a file of the page. */
export function addressOf(path: string): string {
  return new URL(path, BASE).href;
}

/** Loads files of the page at once, and reports how much of all has come; an error names the file. */
export async function download(paths: readonly string[], report: (progress: Progress) => void) {
  const sizes = pageFiles(), total = sum(paths, (path) => sizes[path]!);
  let loaded = 0;
  const take = (more: number) => report({ loaded: loaded += more, total });
  const files = paths.map(async (path) => [path, await load(path, sizes[path]!, take)] as const);
  return new Map(await Promise.all(files));
}

/** Takes a file from the cache, or from the server and keeps it once it is whole: it need not be loaded again. */
async function load(path: string, size: number, report: (more: number) => void) {
  const address = addressOf(path), cache = await openCache(), kept = await cache?.match(address);
  if (kept) return await readAll(kept, size, report);
  const response = await fetch(address).catch((cause) => {
    throw new Error(`Cannot load ${path}: is the network there?`, { cause });
  });
  if (!response.ok) throw new Error(`Cannot load ${path}: the server says ${response.status}`);
  const whole = await readAll(response, size, report);
  await cache?.put(address, new Response(whole)).catch(() => {}); // no room: the page works without
  return whole;
}

/** Opens the cache that the service worker takes over; there is none on this machine's own addresses. */
async function openCache(): Promise<Cache | undefined> {
  if (isLocal(BASE)) return undefined;
  return await globalThis.caches?.open(cacheName(new URL("..", BASE).href)).catch(() => undefined);
}

async function readAll(response: Response, size: number, report: (more: number) => void) {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for (const reader = response.body!.getReader();;) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    report(value.length);
  }
  const whole = new Uint8Array(await new Blob(parts).arrayBuffer());
  if (whole.length === size) return whole;
  throw new Error(
    `Received only ${whole.length} of ${size} bytes of ${response.url}: load the page again`,
  );
}
