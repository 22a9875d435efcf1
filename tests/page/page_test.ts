import { deepEqual, equal, match, ok } from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Image } from "imagescript";
import sharp from "sharp";
import { answerPhotos, closeReader, openReader } from "@/answers/face_answers.ts";
import { PAGE_MODEL } from "@/model/model_card.ts";
import { withFolder } from "@/testing.ts";
import { program } from "@tools/commands/page.ts";
import { buildPage } from "@tools/page/page_build.ts";
import { buildFolder, weightOf, writeFile } from "@tools/shared/built_folder.ts";
import { ELSEWHERE } from "@tools/page/browser.ts";
import {
  built,
  drop,
  type NamedFile,
  PAGE,
  photoOf,
  type Shown,
  SITE,
  testPage,
  untilReady,
  withPage,
} from "../support/page.ts";

// what functions that run in the page use there, and what Deno's own types lack
// deno-lint-ignore no-explicit-any
declare const document: any;
type Element = typeof document;

/** Probabilities of the page and of the command line differ by this much at most. */
const TOLERANCE = 0.01;

/** The photo of a phone that was held upright: lying on its side, with a note to turn it. */
async function turnedPhoto(): Promise<Uint8Array> {
  const upright = await Image.decode(await photoOf(2)) as Image;
  const lying = new Image(upright.height, upright.width);
  const from = new Uint32Array(upright.bitmap.buffer), to = new Uint32Array(lying.bitmap.buffer);
  for (let k = 0; k < to.length; k++) {
    const row = Math.floor(k / lying.width), column = k % lying.width;
    to[k] = from[column * upright.width + upright.width - 1 - row]!;
  }
  const file = await lying.encodeJPEG(95);
  const exif = [...new TextEncoder().encode("Exif\0\0MM\0*"), 0, 0, 0, 8, 0, 1];
  const orientation = [0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0];
  const segment = [...exif, ...orientation];
  const head = [0xff, 0xd8, 0xff, 0xe1, 0, segment.length + 2, ...segment];
  return new Uint8Array([...head, ...file.subarray(2)]);
}

/** The photo of a good camera: 4,000 by 3,000 pixels. */
async function largePhoto(): Promise<Uint8Array> {
  const small = await Image.decode(await photoOf(2, { width: 1000, height: 750 })) as Image;
  return await small.resize(4000, 3000).encodeJPEG(85);
}

/** An underexposed photo: half of the light. */
async function darkPhoto(): Promise<Uint8Array> {
  const photo = await Image.decode(await photoOf(3)) as Image;
  photo.bitmap.forEach((value, k) => photo.bitmap[k] = k % 4 === 3 ? value : value / 2);
  return await photo.encodeJPEG(90);
}

/** What the command line says of the faces on photos: five probabilities each. */
async function commandLine(files: readonly Uint8Array[]): Promise<number[][][]> {
  const reader = await openReader(PAGE_MODEL);
  const photos = await answerPhotos(reader, files.map((file) => () => Promise.resolve(file)));
  closeReader(reader);
  return photos.map(({ faces }) => faces.map(({ probabilities }) => probabilities));
}

/** Checks that two lists of faces are as long and nearly equal; returns the largest difference. */
function requireNear(
  name: string,
  actual: number[][],
  expected: number[][],
  tolerance = TOLERANCE,
): number {
  equal(actual.length, expected.length, `${name}: faces`);
  const differences = actual.flatMap((groups, k) =>
    groups.map((p, i) => Math.abs(p - expected[k]![i]!))
  );
  const largest = Math.max(0, ...differences);
  ok(largest <= tolerance, `${name} differs by ${largest}: ${actual}, not ${expected}`);
  return largest;
}

/** The photo of a phone whose screen shows more colours than sRGB has. */
async function widePhoto(): Promise<Uint8Array> {
  return await sharp(await photoOf(3)).withIccProfile("p3").jpeg({ quality: 95 }).toBuffer();
}

interface Dropped {
  faces: number;
  make: () => Promise<Uint8Array>;
  tolerance?: number;
}

/** What is dropped, and how many faces it shows. */
const PHOTOS: Record<string, Dropped> = {
  "none.jpg": { faces: 0, make: () => photoOf(0) },
  "one.jpg": { faces: 1, make: () => photoOf(1) },
  // the network is unsure of their first face: a crop a tenth of a pixel beside changes the answer by 0.03
  "three.jpg": { faces: 3, make: () => photoOf(3), tolerance: 0.03 },
  "wide.jpg": { faces: 3, make: widePhoto, tolerance: 0.03 },
  "turned.jpg": { faces: 2, make: turnedPhoto },
  "dark.jpg": { faces: 3, make: darkPhoto },
  "large.jpg": { faces: 2, make: largePhoto },
};

/** A graphics card that the processor plays takes its time: fewer photos for it, and not every day. */
const TRIED = [
  { backend: "wasm", names: Object.keys(PHOTOS), isLeftOut: false },
  { backend: "webgl", names: ["one.jpg", "turned.jpg"], isLeftOut: true },
];

for (const { backend, names, isLeftOut } of TRIED) {
  testPage(`the page tells what the command line tells, computing with ${backend}`, async () => {
    const files: NamedFile[] = [];
    for (const name of names) files.push([name, await PHOTOS[name]!.make()]);
    const expected = await commandLine(files.map(([, bytes]) => bytes));
    deepEqual(expected.map(({ length }) => length), names.map((name) => PHOTOS[name]!.faces));
    await withPage(async (page) => {
      const shown = await drop(page, files);
      const differences = names.map((name, k) => (
        requireNear(name, shown[k]!.faces, expected[k]!, PHOTOS[name]!.tolerance)
      ));
      console.log(
        `differences with ${backend}: ${differences.map((d) => d.toFixed(4)).join(", ")}`,
      );
      shown.forEach(({ text, faces }) => match(text, faces.length ? /^$/ : /No face was found/));
    }, `?backend=${backend}`);
  }, isLeftOut);
}

testPage("the page says why a file cannot be read, and goes on", async () => {
  await withPage(async (page) => {
    const text = new TextEncoder().encode("Dear diary");
    const cut = (await photoOf(1)).subarray(0, 2000);
    const shown = await drop(page, [["notes.jpg", text], ["empty.jpg", new Uint8Array()], [
      "cut.jpg",
      cut,
    ]]);
    deepEqual(shown.map(({ text }) => text), [
      "notes.jpg cannot be read: not an image",
      "empty.jpg cannot be read: empty file",
      "cut.jpg cannot be read: truncated JPEG",
    ]);
    const [{ faces }] = await drop(page, [["one.jpg", await photoOf(1)]]) as [Shown];
    equal(faces.length, 1);
  }, "?backend=wasm");
});

testPage("the page shows where the network looked, and back", async () => {
  await withPage(async (page) => {
    await drop(page, [["one.jpg", await photoOf(1)]]);
    const crop = () => page.$eval(".face canvas", (canvas) => (canvas as Element).toDataURL());
    const before = await crop();
    await page.click("#explain");
    await page.waitForFunction(
      (before) => document.querySelector(".face canvas")!.toDataURL() !== before,
      {},
      before,
    );
    await page.click("#explain");
    await page.waitForFunction(
      (before) => document.querySelector(".face canvas")!.toDataURL() === before,
      {},
      before,
    );
  }, "?backend=wasm");
});

testPage("the page explains no more than is wanted, and reads photos in between", async () => {
  await withPage(async (page) => {
    await page.evaluate(`const { postMessage } = Worker.prototype;
      globalThis.asked = [];
      Worker.prototype.postMessage = function (message, ...more) {
        asked.push(message.name);
        postMessage.call(this, message, ...more);
      };`);
    const photo = await photoOf(1);
    await drop(page, [["a.jpg", photo], ["b.jpg", photo], ["c.jpg", photo]]);
    await page.evaluate("for (let k = 0; k < 8; k++) document.querySelector('#explain').click()");
    await drop(page, [["d.jpg", photo]]);
    const asked = await page.evaluate("asked") as string[];
    ok(asked.filter((name) => name === "explain").length <= 4, asked.join());
    await page.evaluate(
      "for (const id of ['explain', 'clear']) document.getElementById(id).click()",
    );
    await drop(page, [["e.jpg", photo]]);
    await page.waitForSelector("article[data-explained=true]");
    const more = (await page.evaluate("asked") as string[]).slice(asked.length);
    deepEqual(more, ["explain", "readPhoto", "explain"]);
  }, "?backend=wasm");
});

testPage("a camera that was asked for twice is off when it is stopped", async () => {
  await withPage(async (page) => {
    await page.evaluate(`const { mediaDevices } = navigator, open = mediaDevices.getUserMedia;
        globalThis.streams = [];
        mediaDevices.getUserMedia = async (wanted) => {
          const stream = await open.call(mediaDevices, wanted);
          streams.push(stream);
          return stream;
        };
        document.querySelector("#use-camera").click();
        document.querySelector("#use-camera").click();`);
    await page.waitForFunction("document.querySelectorAll('#camera-faces .face').length === 1");
    const live = "streams.map((stream) => stream.active)";
    deepEqual(await page.evaluate(live), [false, true]);
    await page.click("#stop-camera");
    deepEqual(await page.evaluate(live), [false, false]);
    await page.evaluate(`document.querySelector("#use-camera").click();
        document.querySelector("#stop-camera").click();`);
    await page.waitForFunction("streams.length === 3");
    deepEqual(await page.evaluate(live), [false, false, false], "stopped before it was there");
  }, "?backend=wasm");
});

testPage("the page reads the camera's pictures, and keeps one", async () => {
  await withPage(async (page) => {
    await page.click("#use-camera");
    await page.waitForFunction(
      "document.querySelectorAll('#camera-faces .face').length === 1 && " +
        "Number(document.querySelector('#camera-note').dataset.pace) > 0",
    );
    await new Promise((wait) => setTimeout(wait, 4000));
    const pace = await page.$eval(
      "#camera-note",
      (note) => (note as Element).dataset.pace,
    );
    console.log(`${pace} pictures a second, on the processor`);
    await page.click("#keep-frame");
    await page.waitForSelector("article .face");
    await page.click("#stop-camera");
    equal(await page.$eval("#camera", (camera) => (camera as Element).hidden), true);
  }, "?backend=wasm");
});

testPage("the page asks nobody for anything but its server, and opens without it", async () => {
  await withPage(
    async (page, { address, stop }) => {
      await page.waitForFunction("document.documentElement.dataset.offline === 'ready'");
      const requests: string[] = [];
      page.on("request", (request) => requests.push(request.url()));
      const photo: NamedFile = ["one.jpg", await photoOf(1)];
      await drop(page, [photo]);
      deepEqual(requests.filter((url) => !url.startsWith("blob:")), []);
      await stop();
      await page.reload();
      await untilReady(page);
      equal((await drop(page, [photo]))[0]!.faces.length, 1);
      deepEqual(requests.filter((url) => !url.startsWith("blob:") && !url.startsWith(address)), []);
    },
    "?backend=wasm",
    { host: ELSEWHERE.secure },
  );
});

testPage("neither page nor worker can send anything elsewhere", async () => {
  let asked = 0;
  const elsewhere = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, () => {
    asked++;
    return new Response("", { headers: { "access-control-allow-origin": "*" } });
  });
  await withPage(async (page) => {
    const send = (port: number) => fetch(`http://127.0.0.1:${port}/`).then(() => true, () => false);
    equal(await page.evaluate(send, elsewhere.addr.port), false);
    equal(page.workers().length, 1);
    equal(await page.workers()[0]!.evaluate(send, elsewhere.addr.port), false);
    equal(asked, 0);
  }, "?backend=wasm");
  await elsewhere.shutdown();
});

testPage("the page fits a phone, can be used with the keyboard, and names its parts", async () => {
  const photo = `${"_".repeat(60)}.jpg`; // where no line would break
  await withPage(async (page) => {
    await page.setViewport({ width: 360, height: 740 });
    await drop(page, [[photo, await photoOf(3)]]);
    equal(await page.evaluate("document.documentElement.scrollWidth"), 360);
    await page.focus("#choose");
    await page.keyboard.press("Tab");
    equal(await page.evaluate("document.activeElement.id"), "use-camera");
    const tree = JSON.stringify(await page.accessibility.snapshot());
    for (const name of ["Choose photos", "Show where it looked", `Remove ${photo}`, "Face 3"]) {
      ok(tree.includes(`"${name}"`), `${name} is not named: ${tree}`);
    }
    ok((await page.$$eval("#not-for li", (items) => items.length)) > 0);
  }, "?backend=wasm");
});

Deno.test("buildPage() leaves a folder with other files alone", async () => {
  await withFolder(async (folder) => {
    await Deno.writeTextFile(join(folder, "mine.txt"), "mine");
    await Deno.writeTextFile(join(folder, "service_worker.js"), "of another site");
    const error = await buildPage(folder, PAGE_MODEL).catch((error) => error);
    match(error.message, /holds something else/);
    equal(await Deno.readTextFile(join(folder, "mine.txt")), "mine");
  });
});

Deno.test("buildPage() replaces an earlier page, and leaves nothing of it", async () => {
  await built();
  equal(existsSync(join(PAGE, "index.html")), true);
  equal(existsSync(join(PAGE, "old.txt")), false);
  deepEqual([...Deno.readDirSync(SITE)].map(({ name }) => name), ["page"]);
});

Deno.test("buildFolder() leaves a link, and builds the folder that it leads to", async () => {
  await withFolder(async (folder) => {
    const [site, link] = ["site", "link"].map((name) => join(folder, name)) as [string, string];
    await Deno.mkdir(site);
    await Deno.symlink(site, link);
    const product = { name: "page", most: 10, advice: "", isOurs: () => true };
    for (const name of ["old.txt", "new.txt"]) {
      await buildFolder(link, product, (part) => writeFile(join(part, name), ""));
    }
    deepEqual(Array.from(Deno.readDirSync(site), ({ name }) => name), ["new.txt"]);
    equal(Deno.readLinkSync(link), site);
  });
});

Deno.test("page names a port that is taken, and the option for another", async () => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = taken.addr as Deno.NetAddr, out = (await built()).folder;
  const words = ["--out", out, "--serve", "--port", String(port)];
  const error = await program.parseAsync(words, { from: "user" }).catch((error) => error);
  match(error.message, new RegExp(`port ${port} \\(Address already in use.*\\): .* --port`));
});

Deno.test("buildPage() makes a page of less than 10 MB, with all that it loads", async () => {
  const { files } = await built();
  ok(weightOf(files) < 10e6, `${weightOf(files)} bytes`);
  const html = await Deno.readTextFile(join(PAGE, "index.html"));
  const named = [...html.matchAll(/(?:href|src)="([\w./-]+)"/g)].map(([, path]) => path!);
  ok(named.length > 3);
  deepEqual(named.filter((path) => !Object.hasOwn(files, path)), []);
});
