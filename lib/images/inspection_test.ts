import { deepEqual, equal, match, rejects } from "node:assert/strict";
import { dirname } from "node:path";
import type { Photo } from "@/dataset/photo.ts";
import { NATIVE, testWith, withFolder, withWork } from "@/testing.ts";

let loaded: ReturnType<typeof loadOnce> | undefined;

/** The inspection with a work folder of its own, loaded where native code is allowed. */
function load() {
  return loaded ??= loadOnce();
}

function loadOnce() {
  return withWork(() => import("@/images/inspection.ts"));
}

/** A data set of pictures made for tests, under other names, in a folder of its own. */
async function withData(
  files: Record<string, string>,
  body: (
    data: { name: string; folder: string; photos: Photo[]; hasPhotos: boolean },
  ) => Promise<void>,
): Promise<void> {
  await withFolder(async (folder) => {
    for (const [photo, source] of Object.entries(files)) {
      await Deno.mkdir(dirname(`${folder}/${photo}`), { recursive: true });
      await Deno.writeFile(`${folder}/${photo}`, await picture(source));
    }
    const name = `test-${crypto.randomUUID()}`;
    await body({ name, folder, photos: Object.keys(files).map(labelled), hasPhotos: true });
  });
}

async function picture(name: string): Promise<Uint8Array> {
  return await Deno.readFile(new URL(`../testdata/${name}`, import.meta.url));
}

function labelled(photo: string): Photo {
  return { photo, age: "26", group: 2, gender: null, subject: null, album: null, fold: null };
}

const ALL = [...NATIVE, "write"] as Deno.PermissionName[];

testWith(ALL, "inspectPhotos() describes each file, in the photos' order", async () => {
  const { inspectPhotos } = (await load()).module;
  await withData(
    { "b.jpg": "orientation_6.jpg", "a.jpg": "rgb.png", "c.jpg": "rgb.tif" },
    async (data) => {
      const rows = await inspectPhotos(data);
      deepEqual(
        rows.map((
          { photo, bytes, format, width, height, fault },
        ) => [photo, bytes, format, width, height, fault]),
        [
          ["b.jpg", 403, "JPEG", 12, 16, null],
          ["a.jpg", 86, "PNG", 16, 12, null],
          ["c.jpg", 594, "TIFF", null, null, "TIFF image: save it as JPEG or PNG"],
        ],
      );
      const { modified, md5, hash } = rows[1]!;
      equal(modified, (await Deno.stat(`${data.folder}/a.jpg`)).mtime!.getTime());
      equal(md5, "6d783798f69900110fb3c576ac01e547");
      match(hash!, /^[0-9a-f]{64}$/);
      equal(rows[2]!.hash, null);
    },
  );
});

testWith(
  ALL,
  "inspectPhotos() gives equal codes and sums to equal files, others to others",
  async () => {
    const { inspectPhotos } = (await load()).module;
    await withData({ "a.jpg": "rgb.jpg", "b.jpg": "rgb.jpg", "c.jpg": "rgb.png" }, async (data) => {
      const [a, b, c] = await inspectPhotos(data);
      deepEqual([b!.md5 === a!.md5, b!.hash === a!.hash, c!.md5 === a!.md5], [true, true, false]);
    });
  },
);

testWith(
  ALL,
  "inspectPhotos() takes empty and damaged files, and names with spaces and umlauts",
  async () => {
    const { inspectPhotos } = (await load()).module;
    await withData({
      "älbum 1/Grüße 你好.jpg": "rgb.jpg",
      "leer.jpg": "rgb.jpg",
      "x.jpg": "README.md",
    }, async (data) => {
      await Deno.truncate(`${data.folder}/leer.jpg`, 0);
      for (const _ of ["first look", "known"]) {
        const rows = await inspectPhotos(data);
        deepEqual(rows.map(({ photo, fault, format }) => [photo, fault, format]), [
          ["älbum 1/Grüße 你好.jpg", null, "JPEG"],
          ["leer.jpg", "empty file", null],
          ["x.jpg", "not an image", null],
        ]);
      }
    });
  },
);

/** Replaces a file's content; its size and its time stay as they are. */
async function replaceQuietly(path: string, source: string): Promise<void> {
  const { mtime, atime, size } = await Deno.stat(path);
  const bytes = new Uint8Array(size);
  bytes.set((await picture(source)).subarray(0, size));
  await Deno.writeFile(path, bytes);
  await Deno.utime(path, atime!, mtime!);
}

testWith(ALL, "inspectPhotos() lists the same fields in one order, fresh or stored", async () => {
  const { inspectPhotos } = (await load()).module;
  await withData({ "a.jpg": "rgb.png", "b.jpg": "rgb.tif" }, async (data) => {
    const fresh = JSON.stringify(await inspectPhotos(data));
    equal(JSON.stringify(await inspectPhotos(data)), fresh);
  });
});

testWith(ALL, "inspectPhotos() reads no file again that has kept its size and time", async () => {
  const { inspectPhotos } = (await load()).module;
  await withData({ "a.jpg": "orientation_1.jpg", "b.jpg": "rgb.png" }, async (data) => {
    const first = await inspectPhotos(data);
    await replaceQuietly(`${data.folder}/a.jpg`, "orientation_6.jpg");
    deepEqual(await inspectPhotos(data), first);
  });
});

testWith(
  ALL,
  "inspectPhotos() reads a file again once its time or its size has changed",
  async () => {
    const { inspectPhotos } = (await load()).module;
    await withData({ "a.jpg": "orientation_1.jpg", "b.jpg": "rgb.png" }, async (data) => {
      const [, before] = await inspectPhotos(data);
      await replaceQuietly(`${data.folder}/a.jpg`, "orientation_6.jpg");
      await Deno.utime(`${data.folder}/a.jpg`, 1_000_000_000, 1_000_000_000);
      const [a, b] = await inspectPhotos(data);
      deepEqual([a!.width, a!.modified], [12, 1_000_000_000_000]);
      deepEqual(b, before);
      await Deno.writeFile(`${data.folder}/a.jpg`, await picture("rgb.png"));
      await Deno.utime(`${data.folder}/a.jpg`, 1_000_000_000, 1_000_000_000);
      equal((await inspectPhotos(data))[0]!.format, "PNG");
    });
  },
);

testWith(ALL, "inspectPhotos() of some photos keeps what is known of the others", async () => {
  const { inspectPhotos } = (await load()).module;
  await withData({ "a.jpg": "orientation_1.jpg", "b.jpg": "rgb.png" }, async (data) => {
    const [a] = await inspectPhotos(data);
    await Deno.utime(`${data.folder}/b.jpg`, 1_000_000_000, 1_000_000_000);
    const rows = await inspectPhotos({ ...data, photos: data.photos.slice(1) });
    deepEqual(rows.map(({ photo }) => photo), ["b.jpg"]);
    await replaceQuietly(`${data.folder}/a.jpg`, "orientation_6.jpg");
    deepEqual((await inspectPhotos(data))[0], a);
  });
});

testWith(
  ALL,
  "inspectPhotos() writes its result once, whole, and nothing where all is known",
  async () => {
    const { work, module: { inspectPhotos } } = await load();
    await withData({ "a.jpg": "rgb.jpg" }, async (data) => {
      await inspectPhotos(data);
      const own = () =>
        [...Deno.readDirSync(`${work}/inspections`)].filter(({ name }) => name.includes(data.name));
      deepEqual(own().map(({ name }) => name), [`${data.name}-v4.parquet`]);
      const path = `${work}/inspections/${data.name}-v4.parquet`;
      await Deno.utime(path, 1_000_000_000, 1_000_000_000);
      await inspectPhotos(data);
      equal((await Deno.stat(path)).mtime!.getTime(), 1_000_000_000_000);
      const whole = await Deno.readFile(path);
      await Deno.writeFile(path, new Uint8Array()); // as the system may leave it where the power fails
      await inspectPhotos(data);
      deepEqual(await Deno.readFile(path), whole);
    });
  },
);

testWith(ALL, "inspectPhotos() refuses a data set that has labels alone", async () => {
  const { inspectPhotos } = (await load()).module;
  await withData({}, async (data) => {
    await rejects(inspectPhotos({ ...data, photos: [labelled("a.jpg")], hasPhotos: false }), {
      message:
        `The data set in ${data.folder} has labels alone, no photos. Figures 1 to 4 need no more; ` +
        "for the rest put the photos beside the labels, as data/README.md tells",
    });
  });
});

testWith(ALL, "inspectPhotos() names a photo that is gone", async () => {
  const { inspectPhotos } = (await load()).module;
  await withData({ "a.jpg": "rgb.jpg" }, async (data) => {
    await Deno.remove(`${data.folder}/a.jpg`);
    await rejects(inspectPhotos(data), /a\.jpg/);
  });
});

testWith(
  ALL,
  "inspectPhotos() names a photo that is gone, and keeps what it has read",
  async () => {
    const { work, module: { inspectPhotos } } = await load();
    await withData({ "a.jpg": "rgb.jpg", "b.jpg": "rgb.png" }, async (data) => {
      await Deno.remove(`${data.folder}/b.jpg`);
      const said = /The photo b\.jpg in .* cannot be read any more: .*Restore it, or take it out/;
      await rejects(inspectPhotos(data), said);
      await Deno.stat(`${work}/inspections/${data.name}-v4.parquet`);
      equal((await inspectPhotos({ ...data, photos: data.photos.slice(0, 1) })).length, 1);
    });
  },
);

testWith(
  ALL,
  "inspectPhotos() goes on after a photo that the system does not let be read, and looks again",
  async () => {
    const { inspectPhotos } = (await load()).module;
    await withData({ "a.jpg": "rgb.jpg", "b.jpg": "rgb.png", "c.jpg": "rgb.png" }, async (data) => {
      await Deno.remove(`${data.folder}/a.jpg`);
      await Deno.mkdir(`${data.folder}/a.jpg`);
      await Deno.remove(`${data.folder}/b.jpg`);
      await Deno.symlink("/proc/self/mem", `${data.folder}/b.jpg`);
      for (let k = 0; k < 2; k++) {
        const rows = await inspectPhotos(data);
        deepEqual(rows.map(({ fault }) => fault === null), [false, false, true]);
        deepEqual(rows.map(({ md5 }) => md5 === ""), [true, true, false]);
      }
    });
  },
);

testWith(ALL, "inspectPhotos() accepts an empty list of photos", async () => {
  const { inspectPhotos } = (await load()).module;
  await withData({}, async (data) => deepEqual(await inspectPhotos(data), []));
});
