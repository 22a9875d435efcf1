import { deepEqual, equal, match, ok } from "node:assert/strict";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { BrowserContext, Page } from "puppeteer-core";
import { withFolder } from "@/testing.ts";
import { servePage } from "@tools/page/page_server.ts";
import { ELSEWHERE } from "@tools/page/browser.ts";
import {
  built,
  newPage,
  opened,
  openPage,
  PAGE,
  statusOf,
  testPage,
  untilReady,
  withPage,
} from "../support/page.ts";

const KEPT = "document.documentElement.dataset.offline === 'ready'";
const WORKERS = "navigator.serviceWorker.getRegistrations().then(({ length }) => length)";
const CACHES = "caches.keys()";

/** A page of a newer version is put into a folder: the same with another name and title. */
function putNewer(folder: string): void {
  const name = [...Deno.readDirSync(PAGE)].find(({ isDirectory }) => isDirectory)!.name;
  cpSync(PAGE, folder, { recursive: true });
  Deno.renameSync(join(folder, name), join(folder, NEWER));
  for (
    const path of ["index.html", "service_worker.js", `${NEWER}/main.js`, `${NEWER}/worker.js`]
  ) {
    const text = Deno.readTextFileSync(join(folder, path)).replaceAll(name, NEWER);
    Deno.writeTextFileSync(join(folder, path), text.replace(/<title>.*</, "<title>Newer<"));
  }
  const parts = join(folder, NEWER, "parts");
  for (const { name: part } of Deno.readDirSync(parts)) {
    const text = Deno.readTextFileSync(join(parts, part)).replaceAll(name, NEWER);
    Deno.writeTextFileSync(join(parts, part), text);
  }
}

const NEWER = "0123456789ab";

/** Serves a folder of pages, and gives a context of the browser that knows nothing of others. */
async function withSite(
  host: string,
  body: (site: {
    folder: string;
    context: BrowserContext;
    address: string;
    stop: () => Promise<void>;
  }) => Promise<void>,
): Promise<void> {
  await built();
  await withFolder(async (folder) => {
    const server = servePage(folder, 0), context = await (await opened()).createBrowserContext();
    const address = `http://${host}:${server.addr.port}/`;
    try {
      await body({ folder, context, address, stop: () => server.shutdown() });
    } finally {
      await context.close();
      await server.shutdown();
    }
  });
}

/** The files of a page that were loaded from elsewhere than the folder of a version. */
async function strangers(page: Page, version: string): Promise<string[]> {
  const names = await page.evaluate(
    "performance.getEntriesByType('resource').map(({ name }) => name)",
  ) as string[];
  ok(names.length > 2);
  return names.filter((name) => !name.startsWith("blob:") && !name.includes(`/${version}/`));
}

testPage("on localhost the page installs no service worker, and keeps nothing", async () => {
  await withPage(async (page) => {
    await page.waitForFunction("document.documentElement.dataset.offline === 'none'");
    equal(await page.evaluate(WORKERS), 0);
    deepEqual(await page.evaluate(CACHES), []);
  }, "?backend=wasm");
});

/** A service worker as the first pages had it: it answers every address with the page that it keeps. */
const FIRST = `addEventListener("install", (event) => event.waitUntil((async () => {
    const cache = await caches.open("human-age-0123456789ab");
    await cache.put(registration.scope, new Response("The first page"));
    await skipWaiting();
  })()));
  addEventListener("activate", (event) => event.waitUntil(clients.claim()));
  addEventListener("fetch", (event) => event.respondWith(caches.match(registration.scope)));`;

testPage("on localhost a service worker from before is removed, with what it keeps", async () => {
  await withSite("localhost", async ({ folder, context, address }) => {
    await Deno.writeTextFile(join(folder, "index.html"), "<title>First</title>");
    await Deno.writeTextFile(join(folder, "service_worker.js"), FIRST);
    const page = await newPage(context);
    await page.goto(address);
    await page.evaluate(
      "navigator.serviceWorker.register('service_worker.js').then(() => navigator.serviceWorker.ready)",
    );
    await page.goto(address);
    equal(await page.evaluate("document.body.textContent"), "The first page");
    cpSync(PAGE, folder, { recursive: true });
    await page.goto(`${address}?backend=wasm`); // which is answered by the first page, and loads anew
    await untilReady(page);
    equal(await page.evaluate(WORKERS), 0);
    deepEqual(await page.evaluate(CACHES), []);
    for (const { name } of Deno.readDirSync(folder)) {
      await Deno.remove(join(folder, name), { recursive: true });
    }
    await Deno.writeTextFile(join(folder, "index.html"), "Another program");
    await page.goto(address);
    equal(await page.evaluate("document.body.textContent"), "Another program");
  });
});

testPage(
  "the service worker asks the server for the page, and answers for nothing else",
  async () => {
    await withSite(ELSEWHERE.secure, async ({ folder, context, address }) => {
      cpSync(PAGE, folder, { recursive: true });
      const page = await openPage(context, `${address}?backend=wasm`);
      await page.waitForFunction(KEPT);
      await Deno.writeTextFile(join(folder, "other.html"), "Another page");
      await page.goto(`${address}other.html`);
      equal(await page.evaluate("document.body.textContent"), "Another page");
      await Deno.writeTextFile(join(folder, "index.html"), "Another program");
      await page.goto(address);
      equal(await page.evaluate("document.body.textContent"), "Another program");
    });
  },
);

testPage(
  "a newer page is there at the next visit, whole, while an earlier one is open",
  async () => {
    await withSite(ELSEWHERE.secure, async ({ folder, context, address, stop }) => {
      const query = `${address}?backend=wasm`;
      cpSync(PAGE, folder, { recursive: true });
      const version = [...Deno.readDirSync(PAGE)].find(({ isDirectory }) => isDirectory)!.name;
      const earlier = await openPage(context, query);
      await earlier.waitForFunction(KEPT);
      await Deno.remove(folder, { recursive: true });
      putNewer(folder);
      const page = await openPage(context, query);
      equal(await page.title(), "Newer");
      deepEqual(await strangers(page, NEWER), []);
      await earlier.bringToFront();
      await earlier.click("#try-example"); // the server has no such file any more
      await earlier.waitForSelector("article .face");
      deepEqual(await strangers(earlier, version), []);
      await earlier.close();
      await page.close();
      // no earlier page is open: the newer worker takes over as soon as the browser has seen that
      let next = await openPage(context, query);
      const countCaches = () => next.evaluate(`${CACHES}.then(({ length }) => length)`);
      for (let tries = 0; tries < 200 && await countCaches() !== 1; tries++) {
        await next.close();
        await delay(500);
        next = await openPage(context, query);
      }
      equal(await countCaches(), 1);
      await stop();
      await next.goto(query);
      await untilReady(next);
      equal(await next.title(), "Newer");
      deepEqual(await strangers(next, NEWER), []);
    });
  },
);

testPage("a file that came cut is not kept: the page loads at the next visit", async () => {
  await withSite(ELSEWHERE.secure, async ({ folder, context, address }) => {
    cpSync(PAGE, folder, { recursive: true });
    const version = [...Deno.readDirSync(PAGE)].find(({ isDirectory }) => isDirectory)!.name;
    const weights = join(version, "model", "weights.bin");
    Deno.truncateSync(join(folder, weights), 1000); // as long as its owner still copies it
    const page = await newPage(context);
    await page.goto(`${address}?backend=wasm`);
    await page.waitForSelector("#status.failed");
    match(await statusOf(page), /^Received only 1000 of \d+ bytes of .*: load the page again$/);
    Deno.copyFileSync(join(PAGE, weights), join(folder, weights));
    await page.reload();
    await untilReady(page);
  });
});

testPage("a page whose service worker cannot be installed works, and keeps nothing", async () => {
  await withSite(ELSEWHERE.secure, async ({ folder, context, address }) => {
    cpSync(PAGE, folder, { recursive: true });
    await Deno.remove(join(folder, "service_worker.js"));
    const page = await openPage(context, `${address}?backend=wasm`);
    await page.waitForFunction("document.documentElement.dataset.offline === 'none'");
    match(await statusOf(page), /^Ready/);
    equal(await page.$("#status.failed"), null);
  });
});

testPage("two pages below two paths of one origin keep an offline copy each", async () => {
  await withSite(ELSEWHERE.secure, async ({ folder, context, address, stop }) => {
    const paths = ["a/", "a/b/"];
    cpSync(PAGE, join(folder, "a"), { recursive: true });
    putNewer(join(folder, "a", "b"));
    const titles = async () => {
      const titles: string[] = [];
      for (const path of paths) {
        const page = await openPage(context, `${address}${path}?backend=wasm`);
        await page.waitForFunction(KEPT);
        titles.push(await page.title());
        await page.close();
      }
      return titles;
    };
    deepEqual(await titles(), ["Age group from a face", "Newer"]);
    await stop();
    deepEqual(await titles(), ["Age group from a face", "Newer"]);
  });
});
