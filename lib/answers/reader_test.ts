import { deepEqual, equal, rejects } from "node:assert/strict";
import { createReader } from "@/answers/reader.ts";
import type { PhotoSource } from "@/images/photo_source.ts";
import { UnreadablePhoto } from "@/images/unreadable_photo.ts";

/** A reader of one grey pixel in which no face is found; it notes what happens. */
function makeReader(happened: string[]) {
  const network = (name: string) => ({
    run: () => Promise.reject(new Error("there is nothing to look at")),
    dispose: () => void happened.push(`${name} closed`),
  });
  const decode = async (photo: PhotoSource) => {
    happened.push(`${photo} begun`);
    await Promise.resolve();
    if (photo === "bad") throw new UnreadablePhoto("not an image");
    happened.push(`${photo} done`);
    const pixels = { width: 1, height: 1, data: new Uint8Array(3) };
    return { pixels, reduction: 1, width: 1, height: 1 };
  };
  const card = { name: "tiny", classes: [], input: { side: 1 } };
  const model = {
    card,
    outputs: () => Promise.reject(),
    close: () => void happened.push("closed"),
  };
  const networks = { detector: network("detector"), mesh: network("mesh") };
  return createReader({ networks, model, decode } as never, { arithmetic: "pinned", threads: 1 });
}

Deno.test("a reader reads one photo at a time, however many are asked for at once", async () => {
  const happened: string[] = [], reader = makeReader(happened);
  const readings = await Promise.all(["a", "b"].map((photo) => reader.read(photo)));
  deepEqual(happened, ["a begun", "a done", "b begun", "b done"]);
  deepEqual(readings[0], { width: 1, height: 1, faces: [] });
});

Deno.test("read() throws for what is no photo, and readAll() says so and goes on", async () => {
  const reader = makeReader([]), progress: unknown[] = [];
  await rejects(reader.read("bad"), UnreadablePhoto);
  const options = { onProgress: (now: unknown) => progress.push(now) };
  const readings = await Array.fromAsync(reader.readAll(["bad", "good"], options));
  deepEqual(readings.map(({ photo, fault }) => [photo, fault]), [
    ["bad", "not an image"],
    ["good", null],
  ]);
  deepEqual(progress, [{ done: 1, total: 2 }, { done: 2, total: 2 }]);
});

Deno.test("readAll() takes photos from an iterator when their turn comes", async () => {
  const happened: string[] = [], reader = makeReader(happened);
  function* photos() {
    for (const photo of ["a", "b"]) {
      happened.push(`${photo} asked for`);
      yield photo;
    }
  }
  for await (const { photo } of reader.readAll(photos())) {
    happened.push(`${photo} read`);
    if (photo === "a") break;
  }
  deepEqual(happened, ["a asked for", "a begun", "a done", "a read"]);
});

Deno.test("an aborted reading throws the signal's reason, and reads no further photo", async () => {
  const happened: string[] = [], reader = makeReader(happened), stop = new AbortController();
  const reason = new Error("enough"), { signal } = stop, seen: string[] = [];
  await rejects(async () => {
    for await (const { photo } of reader.readAll(["a", "b"], { signal })) {
      seen.push(photo);
      stop.abort(reason);
    }
  }, reason);
  deepEqual([seen, happened], [["a"], ["a begun", "a done"]]);
});

Deno.test("close() waits for the reading that goes on, and refuses others", async () => {
  const happened: string[] = [], reader = makeReader(happened);
  const reading = reader.read("a");
  reader.close();
  reader.close();
  await reading;
  await rejects(reader.read("b"), /The reader is closed/);
  await Promise.resolve();
  deepEqual(happened, ["a begun", "a done", "detector closed", "mesh closed", "closed"]);
  equal(reader.model, "tiny");
});
