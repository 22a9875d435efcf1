import { deepEqual, equal, match } from "node:assert/strict";
import { cpSync, globSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Page } from "puppeteer-core";
import { withFolder } from "@/testing.ts";
import { ELSEWHERE } from "@tools/page/browser.ts";
import { servePage } from "@tools/page/page_server.ts";
import {
  built,
  drop,
  newPage,
  opened,
  PAGE,
  photoOf,
  type Shown,
  statusOf,
  testPage,
  withPage,
} from "../support/page.ts";

/** Waits until the page's status matches. */
async function untilSaid(page: Page, text: RegExp): Promise<void> {
  await page.waitForFunction(
    `${text}.test(document.querySelector("#status").textContent)`,
  ).catch(async () => match(await statusOf(page), text));
}

/** Drops files and folders of the disk, as the system does. */
async function dropPaths(page: Page, files: string[]): Promise<void> {
  const client = await page.createCDPSession(), data = { items: [], files, dragOperationsMask: 1 };
  for (const type of ["dragEnter", "dragOver", "drop"] as const) {
    await client.send("Input.dispatchDragEvent", { type, x: 200, y: 200, data });
  }
}

testPage(
  "a dropped folder is read through, without previews, raw files, links to itself and other files",
  async () => {
    const photo = await photoOf(1, { width: 200, height: 160 });
    await withFolder(async (folder) => {
      const files = ["a.jpg", "deeper/b.jpg", "deeper/unnamed", "@eaDir/a.jpg/thumb.jpg"];
      for (const path of files) {
        await Deno.mkdir(join(folder, path, ".."), { recursive: true });
        await Deno.writeFile(join(folder, path), photo);
      }
      await Deno.writeTextFile(join(folder, "deeper", "notes.txt"), "Dear diary");
      await Deno.writeTextFile(join(folder, ".hidden.jpg"), "");
      for (const name of ["A.RAF", "drawn.png", "drawn.svg"]) {
        await Deno.writeTextFile(
          join(folder, name),
          name === "A.RAF" ? "FUJIFILMCCD-RAW" : "<svg>",
        );
      }
      await Deno.symlink(folder, join(folder, "deeper", "loop"));
      await withPage(async (page) => {
        await dropPaths(page, [folder]);
        await untilSaid(page, /^Read: /);
        equal(
          await statusOf(page),
          "Read: 3 photos. Files left out, being no pictures: 3; being raw files beside a picture: 1; " +
            "being previews or trash that programs keep: 1",
        );
        const names = await page.$$eval("article", (all) => all.map(({ ariaLabel }) => ariaLabel));
        deepEqual(names, ["unnamed", "b.jpg", "a.jpg"]);
        await dropPaths(page, [join(folder, "deeper", "notes.txt"), join(folder, "a.jpg")]);
        await page.waitForFunction("document.querySelectorAll('article').length === 5");
      }, "?backend=wasm");
    });
  },
);

testPage(
  "a file that is dropped twice is read once, others of its name, size and time all",
  async () => {
    const photo = await photoOf(1, { width: 200, height: 160 });
    await withFolder(async (folder) => {
      for (const [k, name] of ["anna", "bert"].entries()) {
        const path = join(folder, name, "1.jpg");
        await Deno.mkdir(join(folder, name));
        await Deno.writeFile(path, new Uint8Array([...photo, k])); // what follows a JPEG is ignored
        await Deno.utime(path, 1, 1);
      }
      await withPage(async (page) => {
        await dropPaths(page, [folder, join(folder, "bert", "1.jpg")]);
        await untilSaid(page, /^Read: 2 photos\. Files left out, being there twice: 1$/);
      }, "?backend=wasm");
    });
  },
);

/** Files without which the page cannot read photos, with what it says. */
const MISSING: [file: string, said: RegExp][] = [
  ["model/model_card.json", /Cannot load model\/model_card\.json: the server says 404$/],
  ["worker.js", /The page's worker could not be loaded$/],
];

testPage("a page that could not be loaded says why, and says so of photos as well", async () => {
  await built();
  for (const [file, said] of MISSING) {
    await withFolder(async (folder) => {
      cpSync(PAGE, folder, { recursive: true });
      const [path] = globSync(`*/${file}`, { cwd: folder });
      await Deno.remove(join(folder, path!));
      const server = servePage(folder, 0), context = await (await opened()).createBrowserContext();
      const page = await newPage(context);
      await page.goto(`http://localhost:${server.addr.port}/?backend=wasm`);
      await page.waitForSelector("#status.failed");
      await page.waitForNetworkIdle();
      match(await statusOf(page), said);
      const [{ text }] = await drop(page, [["one.jpg", await photoOf(1)]]) as [Shown];
      match(text, /^one\.jpg cannot be read: /);
      match(text, said);
      await context.close();
      await server.shutdown();
    });
  }
});

testPage("a large photo is named by its own size, and shown as a smaller one", async () => {
  await withPage(async (page) => {
    await page.evaluate(`new OffscreenCanvas(5000, 4000).getContext("2d").canvas
      .convertToBlob({ type: "image/jpeg" }).then((blob) => {
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File([blob, new Uint8Array(1e6)], "large.jpg"));
        document.body.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true }));
      });`);
    await page.waitForFunction("document.querySelector('article img')?.complete");
    const [caption, width, height] = await page.evaluate(`[
      document.querySelector("figcaption").textContent,
      ...["naturalWidth", "naturalHeight"].map((name) => document.querySelector("img")[name])
    ]`) as [string, number, number];
    equal(caption, "large.jpg, 5000 × 4000 pixels");
    deepEqual([width, height], [1581, 1265]);
  }, "?backend=wasm");
});

testPage("an example that cannot be loaded is said so", async () => {
  await withPage(async (page, { stop }) => {
    await stop();
    await page.click("#try-example");
    await untilSaid(page, /^Cannot load example\.jpg: is the page's server there\?$/);
  }, "?backend=wasm");
});

testPage("a graphics card that is lost is said so, and no photo waits for it", async () => {
  await withPage(async (page) => {
    const client = await page.browser().target().createCDPSession();
    await client.send("Browser.crashGpuProcess").catch(() => {});
    await delay(2000);
    const [{ text }] = await drop(page, [["one.jpg", await photoOf(1)]]) as [Shown];
    equal(text, "one.jpg cannot be read: The graphics card was lost: load the page again");
  }, "?backend=webgl");
}, true);

/** What is dragged or pasted and is no file, with what the page says. */
const TEXTS: [type: string, text: string, said: RegExp][] = [
  ["text/uri-list", "https://example.com/family.jpg", /^That is an address.*save the picture/],
  ["text/plain", "www.example.com/family", /^That is an address/],
  ["text/plain", "data:image/png;base64,AAAA", /^That is an address/],
  ["text/plain", "Dear diary: nothing happened", /^That is text, not a photo/],
  ["text/unknown", "", /^Nothing of that is a photo/],
];

testPage("an address or a text is said to be no photo, and nothing is fetched", async () => {
  await withPage(async (page) => {
    const requests: string[] = [];
    page.on("request", (request) => requests.push(request.url()));
    for (const [type, text, said] of TEXTS) {
      for (
        const event of [
          "DragEvent('drop', { dataTransfer",
          "ClipboardEvent('paste', { clipboardData",
        ]
      ) {
        await page.evaluate(`{
          document.querySelector("#status").textContent = "";
          const data = new DataTransfer();
          data.setData("${type}", "${text}");
          document.body.dispatchEvent(new ${event}: data, bubbles: true }));
        }`);
        match(await statusOf(page), said);
      }
    }
    deepEqual(requests, []);
  }, "?backend=wasm");
});

/** Refusals of browsers by their names, with what the page says. */
const REFUSALS: [name: string, said: RegExp][] = [
  ["NotAllowedError", /may not be used: allow it/],
  ["NotFoundError", /^No camera was found: plug one in/],
  ["NotReadableError", /another program may be using it/],
  ["AbortError", /another program may be using it/],
  ["UnheardOfError", /^The camera cannot be used \(UnheardOfError\)\. Start it again/],
];

testPage("a camera that cannot be used is named, with what to do", async () => {
  await withPage(async (page) => {
    for (const [name, said] of REFUSALS) {
      await page.evaluate(`navigator.mediaDevices.getUserMedia = () => (
        Promise.reject(new DOMException("", "${name}")))`);
      await page.click("#use-camera");
      await untilSaid(page, said);
    }
    await page.evaluate("navigator.mediaDevices.getUserMedia = () => new Promise(() => {})");
    await page.click("#use-camera");
    await untilSaid(page, /asks whether this page may use the camera: answer it/);
  }, "?backend=wasm");
});

testPage("a camera goes off with a page that is out of sight, which says so", async () => {
  await withPage(async (page) => {
    await page.click("#use-camera");
    await untilSaid(page, /^The camera is on/);
    await page.evaluate(`Object.defineProperty(document, "hidden", { value: true });
      document.dispatchEvent(new Event("visibilitychange"));`);
    await untilSaid(page, /^The camera is off, since this page was out of sight: start it again/);
    equal(await page.evaluate("document.querySelector('#video').srcObject"), null);
  }, "?backend=wasm");
});

testPage("a page without HTTPS says that it can have no camera", async () => {
  await withPage(
    async (page) => {
      await page.click("#use-camera");
      await untilSaid(page, /secure pages only: open this page by an address .* https:/);
    },
    "?backend=wasm",
    { host: ELSEWHERE.plain },
  );
});

testPage("a camera that ends by itself, or sends nothing more, is noticed", async () => {
  await withPage(async (page, { address }) => {
    const faces = "document.querySelectorAll('#camera-faces .face').length === 1";
    await page.click("#use-camera");
    await page.waitForFunction(faces);
    await page.evaluate(`document.querySelector("#video").pause()`);
    await page.waitForFunction(
      `document.querySelector("#camera-note").textContent.startsWith("No picture comes")`,
    );
    await page.evaluate(`document.querySelector("#video").play()`);
    await page.waitForFunction("Number(document.querySelector('#camera-note').dataset.pace) > 0");
    const context = page.browserContext();
    await page.evaluate(`document.querySelector("#video").srcObject.getVideoTracks()[0]
      .addEventListener("ended", () => globalThis.ended = performance.now())`);
    const client = await page.createCDPSession();
    await client.send("Browser.setPermission", {
      permission: { name: "camera" },
      setting: "denied",
      origin: new URL(address).origin,
      browserContextId: context.id!,
    });
    await untilSaid(page, /^The camera has ended: it was unplugged/);
    equal(await page.evaluate("document.querySelector('#camera').hidden"), true);
  }, "?backend=wasm");
});
