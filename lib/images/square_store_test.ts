import { deepEqual, equal, ok, rejects, throws } from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { InspectedPhoto } from "@/images/integrity.ts";
import {
  makePipe,
  NATIVE,
  outputOf,
  program,
  testWith,
  withFolder,
  withInterrupt,
  withWork,
} from "@/testing.ts";

let loaded: ReturnType<typeof loadOnce> | undefined;

/** The squares with a work folder of their own, loaded where native code is allowed. */
function load() {
  return loaded ??= loadOnce();
}

function loadOnce() {
  return withWork(() => import("@/images/square_store.ts"));
}

const ALL = [...NATIVE, "write"] as Deno.PermissionName[];

/** A data set: its name, under which its squares are kept, and its folder. */
interface Data {
  name: string;
  folder: string;
}

/** Copies pictures made for tests into a folder of photos `0.jpg`, `1.jpg` ... */
async function withPhotos(
  sources: string[],
  body: (data: Data, photos: InspectedPhoto[]) => Promise<void>,
): Promise<void> {
  await withFolder(async (folder) => {
    for (const [k, source] of sources.entries()) {
      await Deno.copyFile(pathOf(source), `${folder}/${k}.jpg`);
    }
    await body({ name: `test-${crypto.randomUUID()}`, folder }, sources.map(inspected));
  });
}

const pathOf = (source: string) => new URL(`../testdata/${source}`, import.meta.url);
const md5Of = (source: string) =>
  createHash("md5").update(Deno.readFileSync(pathOf(source))).digest("hex");

function inspected(source: string, k: number): InspectedPhoto {
  return {
    ...{
      photo: `${k}.jpg`,
      age: "26",
      group: 2,
      gender: null,
      subject: `${k}`,
      album: null,
      fold: 1,
    },
    ...{ bytes: 1, modified: 0, md5: md5Of(source), format: "JPEG", width: 16, height: 12 },
    ...{ fault: null, hash: "0".repeat(64) },
  };
}

const namesIn = (folder: string) => [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
const FILES = ["lock", "made-from.txt", "photos.parquet", "squares.npy"];

testWith(ALL, "makeSquares() keeps squares as .npy bytes and photos as a table", async () => {
  const { work, module: { makeSquares } } = await load();
  await withPhotos(["rgb.jpg", "orientation_6.jpg", "rgb.png"], async (data, photos) => {
    const squares = await makeSquares(data, photos, { side: 8 });
    const folder = `${work}/squares/${data.name}-8`;
    deepEqual([squares.side, squares.path, squares.offset], [8, `${folder}/squares.npy`, 128]);
    const common = { age: "26", group: 2, gender: null, album: null, fold: 1 };
    deepEqual(
      squares.photos.map((photo) => ({ ...photo })),
      [0, 1, 2].map((k) => ({ photo: `${k}.jpg`, subject: `${k}`, ...common })),
    );
    deepEqual(namesIn(folder), FILES);
    const bytes = await Deno.readFile(squares.path);
    equal(bytes.length, 128 + 3 * 8 * 8 * 3);
    const head = String.fromCharCode(...bytes.subarray(0, 128));
    ok(head.startsWith("\x93NUMPY\x01\x00v\x00{'descr': '|u1', "), head);
    ok(head.includes("'shape': (3, 8, 8, 3), }"), head);
  });
});

testWith(ALL, "readSquares() reads squares in the order asked for", async () => {
  const { makeSquares, readSquares } = (await load()).module;
  const { fileToSquare } = await import("@/images/resize.ts");
  const sources = ["rgb.jpg", "orientation_6.jpg", "grey.png"];
  await withPhotos(sources, async (data, photos) => {
    const squares = await makeSquares(data, photos, { side: 8 });
    const bytes = readSquares(squares, [2, 0, 1, 2]);
    const expected = await Promise.all([2, 0, 1, 2].map(async (k) => {
      return [...(await fileToSquare(await Deno.readFile(`${data.folder}/${k}.jpg`), 8)).data];
    }));
    deepEqual([...bytes], expected.flat());
    deepEqual([...readSquares(squares, [])], []);
  });
});

for (const index of [2, -1, 0.5, NaN]) {
  testWith(ALL, `readSquares() refuses the index ${index} of two squares`, async () => {
    const { makeSquares, readSquares } = (await load()).module;
    await withPhotos(["rgb.jpg", "rgb.png"], async (data, photos) => {
      const squares = await makeSquares(data, photos, { side: 4 });
      const message = `There is no square at index ${index} of ${squares.path}, which holds 2`;
      throws(() => readSquares(squares, [0, index]), { name: "RangeError", message });
    });
  });
}

testWith(ALL, "readSquares() says that the file has been cut off", async () => {
  const { makeSquares, readSquares } = (await load()).module;
  await withPhotos(["rgb.jpg", "rgb.png"], async (data, photos) => {
    const squares = await makeSquares(data, photos, { side: 4 });
    await Deno.truncate(squares.path, squares.offset + 4 * 4 * 3 + 10);
    equal((readSquares(squares, [0])).length, 48);
    throws(
      () => readSquares(squares, [1]),
      /squares\.npy is cut off\. Remove it, then run it again/,
    );
  });
});

testWith(ALL, "readSquare() finds a square by its photo, and refuses a photo without", async () => {
  const { makeSquares, readSquare, readSquares } = (await load()).module;
  await withPhotos(["rgb.jpg", "orientation_6.jpg"], async (data, photos) => {
    const squares = await makeSquares(data, photos, { side: 4 });
    const { width, height, data: bytes } = readSquare(squares, "1.jpg");
    deepEqual([width, height, [...bytes]], [4, 4, [...readSquares(squares, [1])]]);
    throws(() => readSquare(squares, "7.jpg"), {
      name: "RangeError",
      message: /7\.jpg has no square/,
    });
  });
});

/** Dates the squares' file back, so that one made anew is told by its time. */
async function dateBack(path: string): Promise<void> {
  await Deno.utime(path, 1_000_000_000, 1_000_000_000);
}

async function isDatedBack(path: string): Promise<boolean> {
  return (await Deno.stat(path)).mtime!.getTime() === 1_000_000_000_000;
}

testWith(ALL, "makeSquares() makes the same squares once", async () => {
  const { makeSquares } = (await load()).module;
  await withPhotos(["rgb.jpg", "rgb.png"], async (data, photos) => {
    const made = await makeSquares(data, photos, { side: 4 });
    await dateBack(made.path);
    deepEqual(await makeSquares(data, photos.map((photo) => ({ ...photo })), { side: 4 }), made);
    ok(await isDatedBack(made.path));
  });
});

type Change = (photos: InspectedPhoto[], folder: string) => InspectedPhoto[];

const CHANGES: [what: string, change: Change][] = [
  ["a photo more", (photos) => [...photos, photos[1]!]],
  ["a photo less", (photos) => photos.slice(1)],
  ["another order", (photos) => photos.toReversed()],
  ["another file", ([first, ...rest], folder) => {
    Deno.copyFileSync(pathOf("grey.png"), `${folder}/0.jpg`);
    return [{ ...first!, md5: md5Of("grey.png") }, ...rest];
  }],
  ["another group", ([first, ...rest]) => [{ ...first!, group: 3 }, ...rest]],
  ["another age", ([first, ...rest]) => [{ ...first!, age: "27" }, ...rest]],
];

for (const [what, change] of CHANGES) {
  testWith(ALL, `makeSquares() makes squares again for ${what}`, async () => {
    const { makeSquares } = (await load()).module;
    await withPhotos(["rgb.jpg", "rgb.png"], async (data, photos) => {
      const { path } = await makeSquares(data, photos, { side: 4 });
      await dateBack(path);
      const changed = change(photos, data.folder),
        squares = await makeSquares(data, changed, { side: 4 });
      equal(await isDatedBack(path), false);
      deepEqual(
        squares.photos.map(({ photo, age, group }) => [photo, age, group]),
        changed.map(({ photo, age, group }) => [photo, age, group]),
      );
      equal((await Deno.stat(path)).size, 128 + changed.length * 48);
    });
  });
}

testWith(ALL, "makeSquares() opens what is made while another may be making", async () => {
  const { work, module: { makeSquares } } = await load();
  const { withLock } = await import("@/base/files.ts");
  await withPhotos(["rgb.jpg"], async (data, photos) => {
    const made = await makeSquares(data, photos, { side: 4 });
    const lock = `${work}/squares/${data.name}-4/lock`;
    deepEqual(await withLock(lock, "testing", () => makeSquares(data, photos, { side: 4 })), made);
  });
});

testWith(
  ALL,
  "readSquares() says that squares were made anew from other photos meanwhile",
  async () => {
    const { makeSquares, readSquares } = (await load()).module;
    await withPhotos(["rgb.jpg", "rgb.png"], async (data, photos) => {
      const squares = await makeSquares(data, photos, { side: 4 });
      const inWorker = structuredClone(squares);
      await makeSquares(data, photos.slice(1), { side: 4 });
      for (const old of [squares, inWorker]) {
        throws(() => readSquares(old, [0]), /made anew by another/);
      }
    });
  },
);

testWith(ALL, "makeSquares() keeps squares of two sides beside each other", async () => {
  const { makeSquares, readSquares } = (await load()).module;
  await withPhotos(["rgb.jpg"], async (data, photos) => {
    const small = await makeSquares(data, photos, { side: 4 });
    const large = await makeSquares(data, photos, { side: 6 });
    deepEqual([(readSquares(small, [0])).length, (readSquares(large, [0])).length], [
      48,
      108,
    ]);
  });
});

testWith(ALL, "makeSquares() makes squares again whose file was removed", async () => {
  const { makeSquares } = (await load()).module;
  await withPhotos(["rgb.jpg"], async (data, photos) => {
    const { path } = await makeSquares(data, photos, { side: 4 });
    await Deno.remove(path);
    await makeSquares(data, photos, { side: 4 });
    ok(existsSync(path));
  });
});

testWith(
  ALL,
  "makeSquares() names an unreadable photo in the middle, and leaves no squares",
  async () => {
    const { work, module: { makeSquares } } = await load();
    await withPhotos(["rgb.jpg", "rgb.tif", "rgb.png"], async (data, photos) => {
      const message =
        `The photo 1.jpg in ${data.folder} could be read when it was inspected and cannot ` +
        "be now: TIFF image: save it as JPEG or PNG. Restore it, or run it again to go on without it.";
      await rejects(makeSquares(data, photos, { side: 4 }), { message });
      deepEqual(namesIn(`${work}/squares/${data.name}-4`), ["lock"]);
      await Deno.remove(`${data.folder}/1.jpg`);
      await rejects(makeSquares(data, photos, { side: 4 }), /The photo 1\.jpg in .*os error 2/);
      const left = [photos[0]!, photos[2]!];
      equal((await makeSquares(data, left, { side: 4 })).photos.length, 2);
    });
  },
);

testWith(ALL, "makeSquares() names a photo that has changed, and leaves no squares", async () => {
  const { work, module: { makeSquares } } = await load();
  await withPhotos(["rgb.jpg", "rgb.png"], async (data, photos) => {
    await Deno.copyFile(pathOf("grey.png"), `${data.folder}/1.jpg`);
    await rejects(
      makeSquares(data, photos, { side: 4 }),
      /The photo .*1\.jpg has changed since it was inspected\. Run it again/,
    );
    deepEqual(namesIn(`${work}/squares/${data.name}-4`), ["lock"]);
  });
});

/** Interrupts work as soon as a file whose name begins so is in a folder. */
async function interruptedOnce(
  folder: string,
  begins: string,
  work: () => Promise<unknown>,
): Promise<void> {
  await withInterrupt(async (interrupt) => {
    const hasBegun = () =>
      existsSync(folder) && namesIn(folder).some((name) => name.startsWith(begins));
    const timer = setInterval(() => hasBegun() && interrupt(), 1);
    await rejects(work(), { name: "Interrupted" });
    clearInterval(timer);
  });
}

testWith(ALL, "makeSquares() goes on where it was interrupted", async () => {
  const { work, module: { makeSquares } } = await load();
  await withPhotos(["rgb.jpg", "grey.png"], async (data, [first, second]) => {
    const photos = [first!, ...repeated(second!, 20_000)], side = 16;
    const whole = await makeSquares({ ...data, name: `${data.name}-whole` }, photos, { side });
    const folder = `${work}/squares/${data.name}-16`;
    await interruptedOnce(folder, "squares.npy.part", () => makeSquares(data, photos, { side }));
    deepEqual(namesIn(folder), ["lock", "squares.npy.begun", "squares.npy.begun.json"]);
    await Deno.remove(`${data.folder}/0.jpg`); // its square is made, so that it is not read again
    const made = await makeSquares(data, photos, { side });
    deepEqual(await Deno.readFile(made.path), await Deno.readFile(whole.path));
    deepEqual(namesIn(folder), FILES);
  });
});

testWith(ALL, "makeSquares() begins anew where it was interrupted with other photos", async () => {
  const { work, module: { makeSquares } } = await load();
  await withPhotos(["rgb.jpg", "grey.png"], async (data, [first, second]) => {
    const photos = repeated(second!, 3000), folder = `${work}/squares/${data.name}-16`;
    const make = () => makeSquares(data, photos, { side: 16 });
    await interruptedOnce(folder, "squares.npy.part", make);
    equal((await makeSquares(data, [first!], { side: 16 })).photos.length, 1);
    deepEqual(namesIn(folder), FILES);
  });
});

testWith(ALL, "makeSquares() accepts an empty list of photos", async () => {
  const { makeSquares } = (await load()).module;
  await withPhotos(
    [],
    async (data) => deepEqual((await makeSquares(data, [], { side: 4 })).photos, []),
  );
});

for (const side of [0, -4, 2.5]) {
  testWith(ALL, `makeSquares() refuses a side of ${side}, and makes no folder`, async () => {
    const { work, module: { makeSquares } } = await load();
    await withPhotos(["rgb.jpg"], async (data, photos) => {
      await rejects(makeSquares(data, photos, { side }), RangeError);
      equal(existsSync(`${work}/squares/${data.name}-${side}`), false);
    });
  });
}

testWith(
  ALL,
  "makeSquares() refuses more than the disk has room for, and says how much that is",
  async () => {
    const { work, module: { makeSquares } } = await load();
    await withPhotos(["rgb.jpg"], async (data, photos) => {
      await rejects(
        makeSquares(data, photos, { side: 10_000_000 }),
        /No room on the disk for the squares: 300000\.0 GB are needed in .* are free\. Free some space/,
      );
      const side = 1_500_000, begun = `${work}/squares/${data.name}-${side}/squares.npy.begun`;
      await Deno.remove(`${data.folder}/0.jpg`); // so that nothing is written
      await Deno.mkdir(dirname(begun), { recursive: true });
      await Deno.writeFile(begun, new Uint8Array());
      await Deno.truncate(begun, 3 * side ** 2); // by an interrupted run; takes no room here
      await rejects(makeSquares(data, photos, { side }), /The photo 0\.jpg/);
    });
  },
);

/** The text of a program that makes squares of a data set. */
function making(data: Data, photos: InspectedPhoto[], options: { side: number }): string {
  return `import { makeSquares } from "@/images/square_store.ts";
    console.log("ready");
    const photos = ${JSON.stringify(photos)};
    await makeSquares(${JSON.stringify(data)}, photos, ${JSON.stringify(options)});`;
}

const CHILD = [...ALL, "run"] as Deno.PermissionName[];

/** Many photos that are one file. */
function repeated(photo: InspectedPhoto, count: number): InspectedPhoto[] {
  return Array.from({ length: count }, () => photo);
}

/** Starts making squares in another process, which never ends: the second photo is a pipe. Waits until it has begun. */
async function startMaking(data: Data, photo: InspectedPhoto): Promise<Deno.ChildProcess> {
  const { work } = await load(), photos = [photo, { ...photo, photo: "pipe.jpg" }];
  await makePipe(`${data.folder}/pipe.jpg`);
  const child = program(making(data, photos, { side: 256 }), work).spawn();
  const folder = `${work}/squares/${data.name}-256`;
  const hasBegun = () =>
    existsSync(folder) && namesIn(folder).some((name) => name.startsWith("squares.npy.part"));
  let hasEnded = false;
  child.status.then(() => hasEnded = true);
  while (!hasBegun()) {
    ok(!hasEnded, "the other process makes nothing");
    await delay(25);
  }
  return child;
}

async function kill(child: Deno.ChildProcess): Promise<void> {
  child.kill("SIGKILL");
  await Promise.all([child.stdout.cancel(), child.stderr.cancel(), child.status]);
}

testWith(
  CHILD,
  "makeSquares() waits while another process makes the same, and starts anew once that was killed",
  async () => {
    const { work, module: { makeSquares } } = await load();
    await withPhotos(["rgb.jpg"], async (data, [photo]) => {
      const folder = `${work}/squares/${data.name}-256`, child = await startMaking(data, photo!);
      let ended = false;
      const own = makeSquares(data, [photo!]).finally(() => ended = true);
      try {
        const tired = new AbortController(), { signal } = tired;
        const aborted = rejects(makeSquares(data, [photo!], { signal }), /tired of waiting/);
        await delay(500);
        tired.abort(new Error("tired of waiting"));
        await aborted;
        equal(ended, false);
        deepEqual(FILES.filter((name) => namesIn(folder).includes(name)), ["lock"]);
      } finally {
        await kill(child);
      }
      await own;
      deepEqual(namesIn(folder), FILES); // what the killed process had begun is gone, too
    });
  },
);

testWith(CHILD, "makeSquares() says so when the disk fills up, and leaves no squares", async () => {
  const { work } = await load();
  await withPhotos(["rgb.jpg"], async (data, [photo]) => {
    const text = making(data, repeated(photo!, 50), { side: 256 });
    const output = await outputOf(program(text, work, { most: 2000 }));
    equal(output.success, false);
    const folder = `${work}/squares/${data.name}-256`;
    ok(
      output.text.includes(`No room on the disk for ${folder}/squares.npy. Nothing was changed.`),
      output.text,
    );
    deepEqual(namesIn(folder), ["lock"]);
  });
});

testWith(ALL, "makeSquares() keeps the order of photos, though some take longer", async () => {
  const { makeSquares, readSquares } = (await load()).module;
  const { fileToSquare } = await import("@/images/resize.ts");
  await withPhotos(["rgb.jpg", "orientation_6.jpg", "grey.png"], async (data, photos) => {
    const many = Array.from({ length: 90 }, (_, k) => photos[k % 7 % 3]!);
    const squares = await makeSquares(data, many, { side: 6 });
    for (const [k, { photo }] of many.entries()) {
      const { data: alone } = await fileToSquare(await Deno.readFile(`${data.folder}/${photo}`), 6);
      deepEqual(readSquares(squares, [k]), alone);
    }
  });
});

testWith(ALL, "makeSquares() names the first unreadable photo, and leaves no squares", async () => {
  const { work, module: { makeSquares } } = await load();
  const sources = ["rgb.jpg", "rgb.png", "rgb.tif", "README.md", "rgb.jpg"];
  await withPhotos(sources, async (data, photos) => {
    await rejects(
      makeSquares(data, photos, { side: 4 }),
      /^Error: The photo 2\.jpg in .* cannot be now: TIFF image: save it as JPEG or PNG\./,
    );
    deepEqual(namesIn(`${work}/squares/${data.name}-4`), ["lock"]);
  });
});

testWith(CHILD, "makeSquares() makes a file that NumPy opens", async (t) => {
  const { makeSquares, readSquares } = (await load()).module;
  const python = new URL("../../.venv/bin/python", import.meta.url).pathname;
  if (!existsSync(python)) {
    return void await t.step({ name: "needs .venv", ignore: true, fn: () => {} });
  }
  await withPhotos(["rgb.jpg", "rgb.png"], async (data, photos) => {
    const squares = await makeSquares(data, photos, { side: 4 });
    const script =
      "import numpy, sys; a = numpy.load(sys.argv[1]); print(a.shape, a.dtype, a[1, 2].tolist())";
    const { text } = await outputOf(
      new Deno.Command(python, { args: ["-c", script, squares.path] }),
    );
    const bytes = (readSquares(squares, [1])).subarray(2 * 12, 3 * 12);
    const pixels = [0, 3, 6, 9].map((k) => `[${[...bytes.subarray(k, k + 3)].join(", ")}]`);
    equal(text.trim(), `(2, 4, 4, 3) uint8 [${pixels.join(", ")}]`);
  });
});

/** Every file and folder inside a folder, with its size and time. */
function listing(folder: string): string[] {
  return namesIn(folder).flatMap((name) => {
    const path = `${folder}/${name}`, { size, mtime, isDirectory } = Deno.statSync(path);
    return [`${path} ${size} ${mtime!.getTime()}`, ...isDirectory ? listing(path) : []];
  });
}

testWith(
  ALL,
  "inspectPhotos() and makeSquares() work on a folder that may only be read, and leave it as it is",
  async () => {
    const { makeSquares } = (await load()).module;
    const { inspectPhotos } = await import("@/images/inspection.ts");
    await withPhotos(["rgb.jpg", "rgb.png"], async (data, photos) => {
      const before = listing(data.folder), folderBefore = Deno.statSync(data.folder).mtime;
      await Deno.chmod(data.folder, 0o555); // an administrator may write all the same: hence the listings
      try {
        const inspections = await inspectPhotos({ ...data, photos, hasPhotos: true });
        deepEqual(inspections.map(({ fault }) => fault), [null, null]);
        equal((await makeSquares(data, photos, { side: 4 })).photos.length, 2);
      } finally {
        await Deno.chmod(data.folder, 0o755);
      }
      deepEqual([listing(data.folder), Deno.statSync(data.folder).mtime], [before, folderBefore]);
    });
  },
);

testWith(ALL, "countIntensities() counts every value of every square", async () => {
  const { makeSquares, readSquares } = (await load()).module;
  const { countIntensities } = await import("@/images/intensities.ts");
  await withPhotos(["rgb.jpg", "grey.png"], async (data, [color, grey]) => {
    const many = [...repeated(color!, 64), ...repeated(grey!, 6)]; // more than are read at a time
    const squares = await makeSquares(data, many, { side: 4 });
    const expected = new Array(256).fill(0);
    for (const value of readSquares(squares, [0])) expected[value] += 64;
    for (const value of readSquares(squares, [64])) expected[value] += 6;
    deepEqual([...await countIntensities(squares)], expected);
  });
});
