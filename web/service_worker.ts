/**
 * The service worker: keeps all files of the page, answers with them, and asks nobody else for anything.
 *
 * @module
 */
import { cacheName, pageFiles } from "./page_files.ts";

/** The parts of a service worker's global scope that are used here; the library of types for pages lacks it. */
interface Scope {
  registration: { scope: string };
  clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
  addEventListener(type: string, listen: (event: Event) => void): void;
}

type Event = {
  request: Request;
  respondWith(response: Promise<Response>): void;
  waitUntil(work: Promise<unknown>): void;
};

const scope = globalThis as unknown as Scope;

/** The page itself, by the address under which people open it. */
const PAGE_ADDRESS = scope.registration.scope;

/** The addresses of all files. */
const ADDRESSES = Object.keys(pageFiles()).map((path) => (
  path === "index.html" ? PAGE_ADDRESS : new URL(path, PAGE_ADDRESS).href
));

scope.addEventListener("install", (event) => {
  event.waitUntil(keepAll().then(() => scope.skipWaiting()));
});

scope.addEventListener("activate", (event) => {
  event.waitUntil(forgetOthers().then(() => scope.clients.claim()));
});

scope.addEventListener("fetch", (event) => event.respondWith(answer(event.request)));

/** Keeps what is not kept yet: the networks are, since the page has loaded them. */
async function keepAll(): Promise<void> {
  const cache = await caches.open(cacheName());
  for (const address of ADDRESSES) {
    if (await cache.match(address)) continue;
    await cache.add(new Request(address, { cache: "no-cache" }));
  }
}

/** Forgets the files of earlier versions. */
async function forgetOthers(): Promise<void> {
  const others = (await caches.keys()).filter((name) => (
    name.startsWith("human-age-") && name !== cacheName()
  ));
  await Promise.all(others.map((name) => caches.delete(name)));
}

/** Answers with a file that is kept; other files of this server are fetched, and nothing from elsewhere. */
async function answer(request: Request): Promise<Response> {
  const url = new URL(request.url);
  if (url.origin !== location.origin) return Response.error();
  const address = request.mode === "navigate" ? PAGE_ADDRESS : url.href;
  const cache = await caches.open(cacheName());
  return await cache.match(address, { ignoreSearch: true }) ?? await fetch(request);
}
