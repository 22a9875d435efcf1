import { deepEqual, equal, match, notEqual, rejects } from "node:assert/strict";
import { dirname } from "node:path";
import { listFiles, readDataSet, readError, safeName } from "@/dataset/data_set.ts";
import { testWith } from "@/testing.ts";

const HEADER = "user_id\toriginal_image\tface_id\tage\tgender\n";
const FOLD = `${HEADER}9@N01\t1_o.jpg\t3\t(25, 32)\tf\n`;
const FACE = "faces/9@N01/coarse_tilt_aligned_face.3.1_o.jpg";
const NAMED = "26_1_0_20170116174525125.jpg";

/** Makes a folder of files, hands it over, and takes it away. */
async function withFolder(
  files: Record<string, string | Uint8Array>,
  body: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    for (const [file, text] of Object.entries(files)) {
      await Deno.mkdir(dirname(`${folder}/${file}`), { recursive: true });
      await Deno.writeFile(`${folder}/${file}`, bytesOf(text));
    }
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function bytesOf(text: string | Uint8Array): Uint8Array {
  return typeof text === "string" ? new TextEncoder().encode(text) : text;
}

function testFolder(
  name: string,
  files: Record<string, string | Uint8Array>,
  body: (folder: string) => Promise<void>,
): void {
  testWith(["read", "write"], name, () => withFolder(files, body));
}

testFolder(
  "readDataSet() reads Adience",
  { "fold_0_data.txt": FOLD, [FACE]: "" },
  async (folder) => {
    const { layout, photos, hasPhotos, remarks, folder: read } = await readDataSet(folder);
    deepEqual([layout, hasPhotos, remarks, read], ["adience", true, [], folder]);
    deepEqual(photos.map(({ photo }) => photo), [FACE]);
  },
);

testFolder("readDataSet() reads UTKFace in parts", {
  [`part1/${NAMED}`]: "",
  [`part2/${NAMED}`]: "",
}, async (folder) => {
  const { layout, photos } = await readDataSet(folder);
  equal(layout, "utkface");
  deepEqual(photos.map(({ photo }) => photo), [`part1/${NAMED}`, `part2/${NAMED}`]);
});

testFolder("readDataSet() prefers a labels.csv to what the names say", {
  "labels.csv": `photo,age\n${NAMED},70\n`,
  [NAMED]: "",
}, async (folder) => {
  const { layout, photos } = await readDataSet(folder);
  deepEqual([layout, photos[0]?.age], ["labels.csv", "70"]);
});

testFolder("readDataSet() names the data set by its folder, unless a name is given", {
  "a/set/labels.csv": "photo,age\na.jpg,26",
  "b/set/labels.csv": "photo,age\na.jpg,26",
}, async (folder) => {
  const [a, b] = [await readDataSet(`${folder}/a/set`), await readDataSet(`${folder}/b/set`)];
  match(a.name, /^set-[0-9a-f]{8}$/);
  notEqual(a.name, b.name);
  equal((await readDataSet(`${folder}/b/../a/set/`)).name, a.name);
  equal((await readDataSet(`${folder}/a/set`, { name: "sample" })).name, "sample");
});

testFolder("readDataSet() writes nothing into the folder", {
  "labels.csv": "photo,age\na.jpg,26",
}, async (folder) => {
  const before = await Deno.stat(folder);
  await readDataSet(folder);
  deepEqual((await Deno.stat(folder)).mtime, before.mtime);
  deepEqual((await listFiles(folder)).files, ["labels.csv"]);
});

testFolder("readDataSet() lists the known layouts where it finds none", {
  "notes.txt": "",
  "a.PNG": "",
  "b.png": "",
}, async (folder) => {
  const error = await readDataSet(folder).then(() => null, (error: Error) => error);
  for (const part of ["adience:", "utkface:", "labels.csv:", "2 .png, 1 .txt", "notes.txt"]) {
    equal(error?.message.includes(part), true, `"${part}" in ${error?.message}`);
  }
});

testFolder("readDataSet() says that an empty folder is empty", {}, async (folder) => {
  await rejects(readDataSet(folder), /but this folder holds no files/);
});

testFolder("readDataSet() refuses a folder that is not there, and a file", {
  "a.txt": "",
}, async (folder) => {
  await rejects(readDataSet(`${folder}/gone`), /gone: there is no such folder/);
  await rejects(readDataSet(`${folder}/a.txt`), /a\.txt: this is a file, not a folder/);
});

testFolder("readDataSet() refuses labels of which no photo is there, and says which it missed", {
  "fold_0_data.txt": FOLD,
  "faces/other.jpg": "",
}, async (folder) => {
  await rejects(readDataSet(folder), /no labelled photo.*\n.*left out: 1, such as faces\/9@N01/);
});

testFolder("readDataSet() refuses a table without rows", {
  "labels.csv": "photo,age\n",
}, async (folder) => {
  await rejects(readDataSet(folder), /no labelled photo in .*: it has no labels/);
});

testFolder("readDataSet() refuses a table that is not UTF-8, and says so", {
  "labels.csv": new Uint8Array([0x70, 0xeb, 0x0a]),
}, async (folder) => {
  await rejects(readDataSet(folder), /labels\.csv: it is not UTF-8 text\. Save it as UTF-8/);
});

testFolder("readDataSet() reads a table with a byte order mark", {
  "labels.csv": "\uFEFFphoto,age\na.jpg,26\n",
}, async (folder) => {
  equal((await readDataSet(folder)).photos[0]?.age, "26");
});

testFolder("readDataSet() reads tables of Adience with a byte order mark", {
  "fold_0_data.txt": `\uFEFF${HEADER}9@N01\t1_o.jpg\t3\t(25, 32)\tf\n`,
}, async (folder) => {
  equal((await readDataSet(folder)).photos[0]?.age, "(25, 32)");
});

testFolder("readDataSet() reads a table that a spreadsheet saved as Unicode text", {
  "labels.txt": new Uint8Array(
    new Uint16Array(Array.from("\uFEFFphoto\tage\na.jpg\t26\n", (c) => c.charCodeAt(0))).buffer,
  ),
  "a.jpg": "",
}, async (folder) => {
  equal((await readDataSet(folder)).photos[0]?.age, "26");
});

testFolder("readDataSet() tells the faults of all tables at once, with the folder", {
  "fold_0_data.txt": `${HEADER}9@N01\t1_o.jpg\t3\told\tf\n`,
  "fold_1_data.txt": `${HEADER}9@N01\t1_o.jpg\t3\t(25, 32)\tx\n`,
}, async (folder) => {
  const { message } = await readDataSet(folder).catch((error: Error) => error) as Error;
  equal(message.includes(folder), true);
  match(message, /2 faults[^]*fold_0_data\.txt, line 2[^]*fold_1_data\.txt, line 2/);
});

testFolder("readDataSet() points to a table of another name", {
  "annotations.xlsx": "",
  "a.jpg": "",
}, async (folder) => {
  await rejects(readDataSet(folder), /annotations\.xlsx.*save it as labels\.csv/);
});

testFolder("readDataSet() points to predict where photos have no labels", {
  "001_anna.jpg": "",
}, async (folder) => {
  await rejects(readDataSet(folder), /Cannot tell the layout[^]*deno task predict/);
});

testFolder("readDataSet() names the table and line of a label that it cannot read", {
  "fold_0_data.txt": FOLD,
  "fold_3_data.txt": `${FOLD}9@N01\t2_o.jpg\t4\told\tf\n`,
}, async (folder) => {
  await rejects(readDataSet(folder), /fold_3_data\.txt, line 3: .*"old"/);
});

testFolder("listFiles() passes hidden files over and sorts the others", {
  "b.jpg": "",
  "a/c.jpg": "",
  "a/._c.jpg": "",
  ".git/d.jpg": "",
}, async (folder) => {
  deepEqual((await listFiles(folder)).files, ["a/c.jpg", "b.jpg"]);
});

testFolder("listFiles() lists each file once, whatever links lead to it, back or nowhere", {
  "real/a.jpg": "",
  "zz/2019/b.jpg": "",
}, async (folder) => {
  await Deno.symlink(`${folder}/real`, `${folder}/linked`);
  await Deno.symlink("..", `${folder}/zz/2019/all`);
  await Deno.symlink("2019", `${folder}/zz/2018`);
  await Deno.symlink(folder, `${folder}/real/back`);
  await Deno.symlink(`${folder}/gone`, `${folder}/broken.jpg`);
  deepEqual((await listFiles(folder)).files, ["real/a.jpg", "zz/2019/b.jpg"]);
});

testFolder(
  "readDataSet() keeps a photo once that links are labelled for, by the name that is no link",
  {
    "labels.csv": "photo,age\na.jpg,26\nstore/1.jpg,26\nb.jpg,30\nc.jpg,30\n",
    "store/1.jpg": "",
    "store/2.jpg": "",
  },
  async (folder) => {
    for (const [name, k] of [["a", 1], ["b", 2], ["c", 2]]) {
      await Deno.symlink(`store/${k}.jpg`, `${folder}/${name}.jpg`);
    }
    const { photos, remarks } = await readDataSet(folder);
    deepEqual(photos.map(({ photo }) => photo), ["store/1.jpg", "b.jpg"]);
    deepEqual(remarks.find(({ what }) => what.startsWith("link"))?.examples, ["a.jpg", "c.jpg"]);
  },
);

testFolder("readDataSet() misses no label of a photo that is labelled by a link, nor of a link", {
  "labels.csv": "photo,age\nby name/anna.jpg,26\n2.jpg,30\n",
  "1.jpg": "",
  "2.jpg": "",
  "by name/x.txt": "",
}, async (folder) => {
  await Deno.symlink("../1.jpg", `${folder}/by name/anna.jpg`);
  await Deno.symlink("../2.jpg", `${folder}/by name/bert.jpg`);
  const { photos, found, remarks } = await readDataSet(folder);
  deepEqual(photos.map(({ photo }) => photo), ["by name/anna.jpg", "2.jpg"]);
  deepEqual([found, remarks], [{ labels: 2, photos: 2 }, []]);
});

testFolder("readDataSet() keeps each face that boxes name, also of a photo that links lead to", {
  "labels.csv": "photo,age,x,y,width,height\na/1.jpg,6,1,1,9,9\na/1.jpg,8,20,1,9,9\n" +
    "b/1.jpg,30,40,1,9,9\nb/2.jpg,30,1,1,9,9\n1.jpg,8,20,1,9,9\nb/1.jpg,9,60,1,9,9\n",
  "1.jpg": "",
  "2.jpg": "",
  "a/x.txt": "",
  "b/x.txt": "",
}, async (folder) => {
  for (const name of ["a/1.jpg", "b/1.jpg", "b/2.jpg"]) {
    await Deno.symlink(`../${name.slice(2)}`, `${folder}/${name}`);
  }
  const { photos } = await readDataSet(folder);
  const faces = photos.map(({ photo, box }) => `${photo} ${box!.x}`);
  deepEqual(faces, ["a/1.jpg 1", "b/1.jpg 40", "b/1.jpg 60", "b/2.jpg 1", "1.jpg 20"]);
});

testFolder("readDataSet() passes over the previews of a network disk, and says so", {
  "labels.csv": "photo,age\na.jpg,26\n",
  "a.jpg": "",
  "@eaDir/a.jpg/SYNOPHOTO_THUMB_M.jpg": "",
}, async (folder) => {
  const { photos, remarks, found } = await readDataSet(folder);
  deepEqual([photos.length, found.photos], [1, 1]);
  deepEqual(remarks.map(({ count, what }) => [count, what]), [
    [1, "file among previews or trash that a program keeps: left out"],
  ]);
});

Deno.test("readError() puts the system's errors in words, and leaves others alone", () => {
  const denied = readError("set", new Deno.errors.PermissionDenied("EACCES")) as Error;
  match(denied.message, /^Cannot read set: permission denied\. Allow/);
  const misnamed = readError("M\uFFFDnchen", new Deno.errors.NotFound("ENOENT")) as Error;
  equal(misnamed.message, "Cannot read M\uFFFDnchen: its name is not UTF-8: rename it");
  const other = new TypeError("other");
  equal(readError("set", other), other);
});

Deno.test("safeName() makes a file name of a path's last part", () => {
  equal(safeName("/photos/Fotos von Müller/"), "Fotos-von-Muller");
  equal(safeName("C:\\photos\\my_set.v2"), "my_set.v2");
  equal(safeName("/照片"), "photos");
  equal(safeName("/"), "photos");
  equal(safeName("a".repeat(200)).length, 60);
});
