/** The page, built once and open in a browser, with what its tests do there. */
import { match } from "node:assert/strict";
import { join } from "node:path";
import type { BrowserContext, Page } from "puppeteer-core";
import { PAGE_MODEL } from "@/model/model_card.ts";
import { makeScene } from "@/sample/photo/scene.ts";
import { ALL } from "@/testing.ts";
import { buildPage } from "@tools/page/page_build.ts";
import { servePage } from "@tools/page/page_server.ts";
import { findBrowser, openBrowser, PATIENCE } from "@tools/page/browser.ts";

// what functions that run in the page use there, and what Deno's own types lack
// deno-lint-ignore no-explicit-any
declare const document: any, DataTransfer: any, DragEvent: any;
type Element = typeof document;

const browser = await findBrowser();
const reason = "reason" in browser ? ` [${browser.reason}]` : "";

/** Registers a test that needs a browser; one that is left out runs where all tests do. */
export function testPage(name: string, body: () => Promise<void>, isLeftOut = false): void {
  const ignore = "reason" in browser || (isLeftOut && !ALL);
  Deno.test({ name: name + reason, ignore, fn: body });
}

/** Makes something when it is first asked for, and gives the same from then on. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => made ??= make();
}

/** A folder with the page that all tests open, and the film that its camera shows. */
const FOLDER = Deno.makeTempDirSync({ prefix: "human-age-" });
addEventListener("unload", () => Deno.removeSync(FOLDER, { recursive: true }));
export const SITE = join(FOLDER, "site"), PAGE = join(SITE, "page");
const FILM = join(FOLDER, "camera.mjpeg");

/** Builds the page once, in the place of an earlier one. */
export const built = once(async () => {
  await Deno.mkdir(join(PAGE, "model"), { recursive: true });
  for (const name of ["service_worker.js", "model/model_card.json", "old.txt"]) { // as the first pages were
    await Deno.writeTextFile(join(PAGE, name), "");
  }
  return await buildPage(PAGE, PAGE_MODEL);
});

/** Opens the browser once; each test has a context of its own in it, which knows nothing of the others. */
export const opened = once(async () => {
  await Deno.writeFile(FILM, await photoOf(1, { width: 640, height: 480 }));
  return await openBrowser((browser as { path: string }).path, FILM);
});

Deno.test.afterAll(async () => {
  if ("path" in browser) await (await opened()).close();
});

/** Opens the built page, or that of another folder, below a path as hosts of pages have it. */
export async function withPage(
  body: (page: Page, server: { address: string; stop: () => Promise<void> }) => Promise<void>,
  query = "",
  { host = "localhost", folder }: { host?: string; folder?: string } = {},
): Promise<void> {
  const server = servePage(folder ?? (await built()).folder, 0, "/some/where/");
  const address = `http://${host}:${server.addr.port}/some/where/`;
  const context = await (await opened()).createBrowserContext();
  try {
    const page = await openPage(context, address + query);
    await body(page, { address, stop: () => server.shutdown() });
  } finally {
    await context.close();
    await server.shutdown();
  }
}

/** Opens a page with nothing in it. */
export async function newPage(context: BrowserContext): Promise<Page> {
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  return page;
}

export async function openPage(context: BrowserContext, address: string): Promise<Page> {
  const page = await newPage(context);
  await page.goto(address);
  await untilReady(page);
  return page;
}

export async function untilReady(page: Page): Promise<void> {
  await page.waitForFunction(
    "document.documentElement.dataset.backend || " +
      "document.querySelector('#status.failed')",
  );
  match(await statusOf(page), /^Ready/);
}

export const statusOf = (page: Page) => page.$eval("#status", ({ textContent }) => textContent!);

/** A file with its name. */
export type NamedFile = [name: string, bytes: Uint8Array];

/** What the page shows of a photo. */
export interface Shown {
  text: string;
  /** For each face five probabilities. */
  faces: number[][];
}

/** Drops files on the page, one after the other, and returns what it shows of each. */
export async function drop(page: Page, files: readonly NamedFile[]): Promise<Shown[]> {
  const shown: Shown[] = [];
  for (const [name, bytes] of files) {
    await page.evaluate(dropFile, name, bytes.toBase64());
    await page.waitForFunction(
      (name) => document.querySelector("article")?.ariaLabel === name,
      {},
      name,
    );
    shown.push(await page.$eval("article", readArticle));
  }
  return shown;
}

/** Runs in the page: drops a file on it, as a person does. */
function dropFile(name: string, base64: string): void {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File([bytes], name, { type: "image/jpeg" }));
  document.body.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true }));
}

/** Runs in the page: reads what a photo's article shows. */
function readArticle(article: Element): { text: string; faces: number[][] } {
  const faces = [...article.querySelectorAll(".face")].map((face) => (
    [...face.querySelectorAll(".share")].map(({ textContent }) => parseFloat(textContent!) / 100)
  ));
  return { text: article.querySelector(".none")!.textContent!, faces };
}

/** A photo of so many synthetic people. */
export async function photoOf(
  people: number,
  options: { width?: number; height?: number } = {},
): Promise<Uint8Array> {
  return (await makeScene(7, { people, width: 900, height: 700, ...options })).file;
}
