import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { formatFault } from "@/images/image_format.ts";
import { createRandom } from "@/base/random.ts";
import { NATIVE, outputOf, program, testWith, withFolder } from "@/testing.ts";

const TINY = { photos: 60, subjects: 20, albums: 5 };
const NEEDS: Deno.PermissionName[] = [...NATIVE, "write"];

/** Makes a sample beside others; resvg and imagescript load only where a test may run. */
async function make(folder: string, options = {}): Promise<string> {
  const { makeSample } = await import("@/sample/sample.ts");
  await makeSample(folder, { ...TINY, ...options });
  return folder;
}

let drawn: Promise<string> | undefined;

/** The sample in a folder that stays for all tests: what they look at, or hold theirs against. */
function shared(): Promise<string> {
  return drawn ??= (async () => {
    const folder = await Deno.makeTempDir({ prefix: "human-age-" });
    addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));
    return await make(join(folder, "sample"));
  })();
}

/** Hash of every file by its path inside the folder. */
async function hashes(folder: string, inside = ""): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const { name, isDirectory } of await Array.fromAsync(Deno.readDir(join(folder, inside)))) {
    const path = inside ? `${inside}/${name}` : name;
    if (isDirectory) { for (const entry of await hashes(folder, path)) found.set(...entry); }
    else {found.set(
        path,
        createHash("md5").update(await Deno.readFile(join(folder, path))).digest("hex"),
      );}
  }
  return new Map([...found].sort());
}

async function rows(folder: string): Promise<string[][]> {
  const texts = await Promise.all(
    [0, 1, 2, 3, 4].map((fold) => Deno.readTextFile(join(folder, `fold_${fold}_data.txt`))),
  );
  return texts.flatMap((text) => text.trimEnd().split("\n").slice(1).map((row) => row.split("\t")));
}

testWith(
  NEEDS,
  "makeSample() makes the same bytes for the same seed, others for another",
  async () => {
    await withFolder(async (folder) => {
      const first = await hashes(await shared());
      const second = await hashes(await make(join(folder, "second")));
      const other = await hashes(await make(join(folder, "other"), { seed: 8 }));
      deepEqual(second, first);
      const same = new Set(
        [...other.values()].filter((hash) => [...first.values()].includes(hash)),
      );
      equal(same.size, 4); // the empty file, the web page, the text and the TIFF, which show nobody
      deepEqual((await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort(), [
        "other",
        "second",
      ]);
    });
  },
);

testWith(NEEDS, "makeSample() goes on where it was interrupted, to the same bytes", async () => {
  const { Interrupted } = await import("@/base/interruption.ts");
  await withFolder(async (folder) => {
    const whole = await hashes(await shared());
    const made: number[] = [];
    for (let stages = 0; stages < 2; stages++) {
      const ending = new AbortController();
      const onPhotos = (done: number) => {
        made.push(done);
        ending.abort(new Interrupted());
      };
      const options = { onPhotos, signal: ending.signal };
      await rejects(make(join(folder, "parts"), options), Interrupted);
    }
    deepEqual(made, [20, 40]);
    const names = Array.from(Deno.readDirSync(folder), ({ name }) => name).sort();
    deepEqual(names, ["parts.begun", "parts.begun.json"]);
    deepEqual(await hashes(await make(join(folder, "parts"))), whole);
  });
});

testWith(NEEDS, "makeSample() lays files out as Adience, with every kind of fault", async () => {
  const sample = await shared();
  const files = await hashes(sample), table = await rows(sample);
  const labelled = table.map(([album, image, subject]) =>
    `faces/${album}/coarse_tilt_aligned_face.${subject}.${image}`
  );
  const photos = [...files.keys()].filter((path) => path.endsWith(".jpg"));
  const distinct = [...new Set(labelled)];
  equal(distinct.length, 60);
  ok(labelled.length > 60, "a row is there twice");
  equal(distinct.filter((path) => !files.has(path)).length, 1, "a photo is missing");
  equal(photos.filter((path) => !labelled.includes(path)).length, 1, "a photo has no label");
  const contents = photos.map((path) => files.get(path)!);
  ok(contents.length - new Set(contents).size >= 5, "photos are there twice");
  const faults = await Promise.all(
    photos.map(async (path) => formatFault(await Deno.readFile(join(sample, path)))),
  );
  ok(faults.includes("empty file") && faults.includes("not an image"));
  ok(faults.some((fault) => fault?.startsWith("TIFF")));
  ok(table.every((row) => row.length === 12));
});

testWith(NEEDS, "drawnYears() tells the years behind each photo's label", async () => {
  const { drawnYears } = await import("@/sample/sample.ts");
  const years = drawnYears(TINY), table = await rows(await shared());
  equal(years.size, 60);
  for (const [album, image, subject, age] of table) {
    const [from, to] = age!.match(/\d+/g)?.map(Number) ?? [0, 100];
    const drawn = years.get(`faces/${album}/coarse_tilt_aligned_face.${subject}.${image}`)!;
    ok(from! <= to! ? from! <= drawn && drawn <= to! : true, `${age}: ${drawn}`);
  }
});

testWith(NEEDS, "makeSample() makes photos of 60 to 400 pixels that can be decoded", async () => {
  const { Image } = await import("imagescript");
  const sample = await shared();
  const photos = [...(await hashes(sample)).keys()].filter((path) => path.endsWith(".jpg"));
  let sound = 0;
  for (const path of photos) {
    const bytes = await Deno.readFile(join(sample, path));
    const image = formatFault(bytes) ? null : await Image.decode(bytes).catch(() => null);
    if (!image) continue;
    const longer = Math.max(image.width, image.height), ratio = image.width / image.height;
    ok(
      longer >= 58 && longer <= 400 && ratio > 0.57 && ratio < 1.75,
      `${image.width}x${image.height}`,
    );
    sound++;
  }
  equal(sound, photos.length - 5);
});

testWith(
  NEEDS,
  "makeSample() tells how many photos are done, and refuses a folder that is there",
  async () => {
    await withFolder(async (folder) => {
      const told: number[][] = [];
      const sample = await make(join(folder, "sample"), {
        onPhotos: (...numbers: number[]) => told.push(numbers),
      });
      deepEqual(told, [[20, 61], [40, 61], [60, 61], [61, 61]]);
      await rejects(() => make(sample), /already/);
      await rejects(() => make(join(folder, "none"), { albums: 2 }), RangeError);
      equal((await Array.fromAsync(Deno.readDir(folder))).length, 1);
    });
  },
);

const CHILD: Deno.PermissionName[] = [...NEEDS, "run"];

testWith(CHILD, "makeSample() makes the same bytes in several processes", async () => {
  await withFolder(async (folder) => {
    const several = await make(join(folder, "several"), { processes: 3 });
    deepEqual(await hashes(several), await hashes(await shared()));
  });
});

testWith(CHILD, "makeSample() leaves nothing behind where its processes find no room", async () => {
  await withFolder(async (folder) => {
    const options = JSON.stringify({ ...TINY, processes: 2 });
    const text = `import { makeSample } from "@/sample/sample.ts";
await makeSample("${folder}/sample", ${options});`;
    const { success, text: said } = await outputOf(program(text, folder, { most: 8 }));
    equal(success, false);
    match(said, /File too large/);
    const left = (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);
    deepEqual(left.filter((name) => name.startsWith("sample")), []);
  });
});

testWith(
  NEEDS,
  "photoSize() spreads sizes and ratios widely, with squares among them",
  async () => {
    const { photoSize } = await import("@/sample/sample.ts");
    const random = createRandom(7, "sizes");
    const sizes = Array.from({ length: 1000 }, () => photoSize(random));
    const ratios = sizes.map(({ width, height }) => width / height);
    ok(
      sizes.every(({ width, height }) =>
        Math.max(width, height) >= 60 && Math.max(width, height) <= 400
      ),
    );
    ok(ratios.every((ratio) => ratio > 0.58 && ratio < 1.72));
    for (const [from, to] of [[0.58, 0.7], [0.7, 0.85], [1.15, 1.4], [1.4, 1.72]] as const) {
      ok(ratios.filter((ratio) => from < ratio && ratio < to).length > 60, `${from} to ${to}`);
    }
    ok(ratios.filter((ratio) => ratio === 1).length > 150);
  },
);
