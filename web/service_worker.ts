/**
 * The service worker: keeps the files of the page, so that it opens without its server.
 *
 * It answers for these files alone. The page itself is asked of the server first, so that a newer one is seen at once;
 * it names files of its own version, which this worker does not have and leaves to the server. On this machine's own
 * addresses, where the next program may be another one, the worker removes itself.
 */
import { cacheName, forgetCaches, isLocal, pageFiles, pageVersion } from "./page_files.ts";

/** The parts of a service worker's global scope that are used here; the library of types for pages lacks it. */
interface Scope {
  registration: { scope: string; unregister(): Promise<boolean> };
  clients: { claim(): Promise<void>; matchAll(options: object): Promise<Client[]> };
  skipWaiting(): Promise<void>;
  addEventListener(type: string, listen: (event: Event) => void): void;
}

type Client = { url: string; navigate(url: string): Promise<unknown> };

type Event = {
  request: Request;
  respondWith(response: Promise<Response>): void;
  waitUntil(work: Promise<unknown>): void;
};

const scope = globalThis as unknown as Scope;

/** The page itself, by the address under which people open it. */
const PAGE_ADDRESS = scope.registration.scope, CACHE = cacheName(PAGE_ADDRESS);

/** Addresses by which the page is asked for; it is kept under the first. */
const PAGE_ADDRESSES = [PAGE_ADDRESS, `${PAGE_ADDRESS}index.html`];

/** The addresses of all other files. */
const ADDRESSES = Object.keys(pageFiles()).filter((path) => path !== "index.html")
  .map((path) => new URL(path, PAGE_ADDRESS).href);

if (isLocal(location)) {
  scope.addEventListener("install", (event) => event.waitUntil(scope.skipWaiting()));
  scope.addEventListener("activate", (event) => event.waitUntil(leave()));
} else {
  scope.addEventListener("install", (event) => event.waitUntil(keepAll()));
  scope.addEventListener("activate", (event) => {
    event.waitUntil(forgetCaches(PAGE_ADDRESS, CACHE).then(() => scope.clients.claim()));
  });
  scope.addEventListener("fetch", (event) => {
    const { mode, url } = event.request, [address] = url.split(/[?#]/);
    if (mode === "navigate" && PAGE_ADDRESSES.includes(address!)) {
      event.respondWith(answerPage(event.request));
    } else if (ADDRESSES.includes(address!)) {
      event.respondWith(kept(address!).then((file) => file ?? fetch(event.request)));
    }
  });
}

/** Leaves, with all that an earlier worker has kept; pages that it has answered for are loaded anew. */
async function leave(): Promise<void> {
  await scope.clients.claim();
  const pages = await scope.clients.matchAll({ type: "window" });
  await forgetCaches(PAGE_ADDRESS);
  await scope.registration.unregister();
  for (const page of pages) page.navigate(page.url);
}

/**
 * Keeps what is not kept yet: the networks are, since the page has loaded them. If a file is missing, or the page is of
 * another version, it throws, and the worker before stays.
 */
async function keepAll(): Promise<void> {
  const cache = await caches.open(CACHE);
  for (const address of ADDRESSES) {
    if (!await cache.match(address)) await cache.add(address);
  }
  const page = await fetch(new Request(PAGE_ADDRESS, { cache: "no-cache" }));
  if (!(await page.clone().text()).includes(pageVersion())) {
    throw new Error("A newer page is there");
  }
  await cache.put(PAGE_ADDRESS, page);
}

/** Asks the server for the page; answers with the one that is kept where no server does. */
async function answerPage(request: Request): Promise<Response> {
  const response = await fetch(request).catch(() => null);
  if (response && response.status < 500) return response;
  return await kept(PAGE_ADDRESS) ?? response ?? Response.error();
}

async function kept(address: string): Promise<Response | undefined> {
  return await (await caches.open(CACHE)).match(address);
}
