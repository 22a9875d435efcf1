import { deepEqual, equal, rejects } from "node:assert/strict";
import { join } from "node:path";
import { listPhotos } from "@/images/list_photos.ts";
import { testOfAll, testWith, withFolder } from "@/testing.ts";

/** A folder with these files, empty ones unless told. */
function withFiles(
  files: Record<string, string>,
  body: (folder: string) => Promise<void>,
): Promise<void> {
  return withFolder(async (folder) => {
    for (const [name, text] of Object.entries(files)) {
      await Deno.mkdir(join(folder, name, ".."), { recursive: true });
      await Deno.writeTextFile(join(folder, name), text);
    }
    await body(folder);
  });
}

testWith(
  ["read", "write"],
  "listPhotos() finds pictures by ending or content, in order",
  async () => {
    const files = {
      "b/deep/2.JPG": "",
      "b/1.png": "",
      "a.webp": "",
      "no_ending": "GIF89a",
      "labels.csv": "photo,age\n",
      ".DS_Store": "",
      ".hidden/x.jpg": "",
    };
    await withFiles(files, async (folder) => {
      const names = ["a.webp", "b/1.png", "b/deep/2.JPG", "no_ending"];
      const photos = names.map((name) => join(folder, name));
      deepEqual(await listPhotos([folder]), { photos, others: 1, raws: 0, kept: 0 });
    });
  },
);

testWith(
  ["read", "write"],
  "listPhotos() takes a file as it is named, and each photo once",
  async () => {
    await withFiles({ "x.txt": "", "f/p.jpg": "" }, async (folder) => {
      const [file, photo] = [join(folder, "x.txt"), join(folder, "f/p.jpg")];
      const { photos } = await listPhotos([file, photo, join(folder, "f")]);
      deepEqual(photos, [file, photo]);
    });
  },
);

testWith(["read", "write"], "listPhotos() names all paths where nothing is", async () => {
  await withFiles({}, async (folder) => {
    const paths = [join(folder, "a"), join(folder, "b")];
    await rejects(listPhotos([folder, ...paths]), {
      message: `There is no file or folder "${paths[0]}", "${paths[1]}".`,
    });
  });
});

testWith(
  ["read", "write"],
  "listPhotos() lists links of pictures that lead nowhere or in a circle, and passes over others",
  async () => {
    await withFiles({ "f/p.jpg": "" }, async (folder) => {
      const path = (name: string) => join(folder, "f", name);
      await Deno.symlink(path("gone"), path("a.jpg"));
      await Deno.symlink(path("b.png"), path("b.png"));
      await Deno.symlink(path("gone"), path("notes"));
      const photos = ["a.jpg", "b.png", "p.jpg"].map(path);
      deepEqual(await listPhotos([join(folder, "f")]), { photos, others: 1, raws: 0, kept: 0 });
      deepEqual((await listPhotos([path("a.jpg")])).photos, [path("a.jpg")]);
    });
  },
);

testWith(["read", "write"], "listPhotos() passes over drawings: a PNG beside its SVG", async () => {
  await withFiles({ "a_jpg.png": "", "a_jpg.svg": "", "b.png": "" }, async (folder) => {
    deepEqual(await listPhotos([folder]), {
      photos: [join(folder, "b.png")],
      others: 2,
      raws: 0,
      kept: 0,
    });
    deepEqual((await listPhotos([join(folder, "a_jpg.png")])).photos.length, 1);
  });
});

/** Lists the photos below a folder, by their paths in it. */
async function inside(folder: string, options?: { all: boolean }): Promise<string[]> {
  return (await listPhotos([folder], options)).photos.map((path) => path.slice(folder.length + 1));
}

testWith(
  ["read", "write"],
  "listPhotos() lists each file once where links lead back, to each other, or to files",
  async () => {
    await withFiles({ "one/a.jpg": "", "two/2019/b.jpg": "" }, async (folder) => {
      const path = (name: string) => join(folder, name);
      await Deno.symlink(".", path("one/again"));
      await Deno.symlink("..", path("two/2019/all"));
      await Deno.symlink("2019", path("two/2018"));
      await Deno.symlink("two/2019/b.jpg", path("a.jpg"));
      deepEqual(await inside(folder), ["one/a.jpg", "two/2019/b.jpg"]);
      const spellings = [path("one/a.jpg"), `${path("two")}/../one/again/a.jpg`, path("one")];
      deepEqual((await listPhotos(spellings)).photos, [path("one/a.jpg")]);
    });
  },
);

testWith(["read", "write"], "listPhotos() lists hard links, which are files", async () => {
  await withFiles({ "a.jpg": "" }, async (folder) => {
    await Deno.link(join(folder, "a.jpg"), join(folder, "b.jpg"));
    deepEqual(await inside(folder), ["a.jpg", "b.jpg"]);
  });
});

const KEPT = [
  ...["@eaDir/p.jpg/SYNOPHOTO_THUMB_M.jpg", ".thumbnails/1.jpg", "$RECYCLE.BIN/$R1.jpg"],
  ...[".picasaoriginals/p.jpg", "Cat Previews.lrdata/A/1.jpg", "Cat Smart Previews.lrdata/2.jpg"],
  ...["P.photoslibrary/resources/derivatives/1.jpeg", "iPhoto Library/Thumbnails/1.jpg"],
];

testWith(
  ["read", "write"],
  "listPhotos() counts what programs keep, and lists it when all is wanted or it is named",
  async () => {
    const own = ["P.photoslibrary/originals/1.jpeg", "p.jpg"];
    const files = Object.fromEntries([...own, ...KEPT].map((name) => [name, ""]));
    await withFiles({ ...files, "._p.jpg": "" }, async (folder) => {
      deepEqual(await inside(folder), own);
      equal((await listPhotos([folder])).kept, KEPT.length);
      deepEqual(await inside(folder, { all: true }), [...own, ...KEPT].sort());
      const named = await listPhotos([folder, join(folder, "@eaDir")]);
      equal(named.photos.length, own.length + 1);
    });
  },
);

testWith(["read"], "listPhotos() leaves out devices, which may never end", async () => {
  deepEqual(await listPhotos(["/dev/zero"]), { photos: [], others: 1, raws: 0, kept: 0 });
});

testWith(["read", "write"], "listPhotos() counts raw files beside their pictures", async () => {
  const raw = "FUJIFILMCCD-RAW";
  await withFiles({ "1.JPG": "", "1.raf": raw, "2.RAF": raw, "3.xmp": "" }, async (folder) => {
    const photos = ["1.JPG", "2.RAF"].map((name) => join(folder, name));
    deepEqual(await listPhotos([folder]), { photos, others: 1, raws: 1, kept: 0 });
  });
});

testOfAll(["read", "write"], "listPhotos() lists a folder of very many photos", async () => {
  await withFolder(async (folder) => {
    const count = 150_000; // more than a call takes arguments
    for (let k = 0; k < count; k++) Deno.createSync(join(folder, `${k}.jpg`)).close();
    equal((await listPhotos([folder])).photos.length, count);
  });
});
