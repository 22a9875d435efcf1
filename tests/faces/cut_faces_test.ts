import { deepEqual, equal, notDeepEqual, ok, rejects } from "node:assert/strict";
import type { Box, Pixels } from "@/base/pixels.ts";
import { withOwnNames } from "@/dataset/data_set.ts";
import type { Photo } from "@/dataset/photo.ts";
import { testWith, withWork } from "@/testing.ts";
import { portrait, scene } from "../support/portrait.ts";

/** Two people: a large face at the left, a small one at the right. */
const TWO = () => scene(700, 400, [[portrait(300, 300), 20, 50], [portrait(150, 150), 500, 50]]);

/** Sizes of four photos of two people, and the left top corners of both. */
const FAMILY = [
  [700, 400, 20, 50, 500, 50],
  [700, 400, 380, 50, 20, 200],
  [400, 700, 50, 20, 200, 500],
  [400, 700, 50, 380, 20, 50],
] as const;

/** A labelled photo. */
function label(photo: string, box?: Box): Photo {
  const nothing = { gender: null, subject: null, album: null, fold: null };
  return { photo, age: "35", group: 2, ...nothing, ...(box && { box }) };
}

/** The same, as if its file had been inspected. */
function inspected(photo: string) {
  return {
    ...{ ...label(photo), bytes: 1, modified: 1, md5: photo, format: "png" },
    ...{ width: 300, height: 300, fault: null, hash: "" },
  };
}

testWith(
  ["read", "write", "env", "ffi", "sys"],
  "cutFaces() cuts the largest face or the one in the box, and tells of photos without",
  async () => {
    const { work, module: { cutFaces } } = await withWork(() => import("@/faces/cut_faces.ts"));
    const { encodePng } = await import("@/native/encode_png.ts");
    const { inspectPhotos } = await import("@/images/inspection.ts");
    const { checkIntegrity } = await import("@/images/integrity.ts");
    const { readPhoto } = await import("@/images/decode_photo.ts");
    const folder = `${work}/photos`;
    await Deno.mkdir(`${folder}/trip`, { recursive: true });
    const write = async (name: string, photo: Pixels) => (
      await Deno.writeFile(`${folder}/${name}`, await encodePng(photo))
    );
    await write("two.png", TWO());
    await write("trip/small.png", scene(701, 400, [[TWO(), 0, 0]]));
    await write("nobody.png", scene(300, 200, []));
    const photos = [
      label("two.png"),
      label("trip/small.png", { x: 520, y: 60, width: 110, height: 130 }),
      label("nobody.png"),
    ];
    const data = { name: "trip", folder, photos, hasPhotos: true };
    const { kept } = checkIntegrity(photos, await inspectPhotos(data));
    const cut = await cutFaces(data, kept);
    deepEqual(cut.photos.map(({ photo }) => photo), ["two.png.png", "trip/small.png.png"]);
    deepEqual(cut.remarks, [
      { what: "photo without a face: left out", count: 1, examples: ["nobody.png"] },
    ]);
    const [large, small] = await Promise.all(
      cut.photos.map(({ photo }) => readPhoto(cut.folder, photo)),
    );
    equal(large!.width, 200);
    ok(differenceOf(large!, small!) < 30, "the same person in another size");
    const table = await Deno.readTextFile(`${work}/faces/trip/faces.csv`);
    equal(table.split("\n")[3], "nobody.png,0,,,,,,,");

    const times = () =>
      cut.photos.map(({ photo }) => Deno.statSync(`${cut.folder}/${photo}`).mtime);
    const before = times();
    deepEqual((await cutFaces(data, kept)).photos, cut.photos);
    deepEqual(times(), before, "nothing is cut twice");

    const [two, ...rest] = kept, box = { x: 520, y: 60, width: 110, height: 130 };
    const bytes = () => Deno.readFile(`${cut.folder}/two.png.png`), first = await bytes();
    notDeepEqual((await cutFaces(data, [{ ...two!, box }, ...rest])).photos, cut.photos);
    notDeepEqual(await bytes(), first);
    deepEqual((await cutFaces(data, kept)).photos, cut.photos);
    deepEqual(await bytes(), first, "a box that was corrected, and corrected back");
    await Deno.remove(cut.folder, { recursive: true });
    deepEqual((await cutFaces(data, kept)).photos, cut.photos);
    deepEqual(await bytes(), first, "cut again where the file is gone");
    await Deno.writeFile(`${cut.folder}/two.png.png`, first.subarray(1));
    deepEqual((await cutFaces(data, kept)).photos, cut.photos);
    deepEqual(await bytes(), first, "and where a program has changed it");
  },
);

testWith(
  ["read", "write", "env", "ffi", "sys"],
  "cutFaces() gives no face the name of another photo",
  async () => {
    const { work, module: { cutFaces } } = await withWork(() => import("@/faces/cut_faces.ts"));
    const { encodePng } = await import("@/native/encode_png.ts");
    const cut = (...names: string[]) => (
      cutFaces(
        { name: "names", folder: work },
        names.map((name) => inspected(name)),
      )
    );
    const photo = await encodePng(scene(500, 300, [[portrait(200, 200), 30, 40]]));
    await Deno.writeFile(`${work}/a.jpg`, photo);
    const { folder, photos: [first] } = await cut("a.jpg");
    equal(first!.photo, "a.jpg.png");
    const crop = await Deno.readFile(`${folder}/a.jpg.png`);
    await Deno.writeFile(`${work}/a.jpg.png`, crop); // a photo that is such a crop is taken as it is
    const both = await cut("a.jpg", "a.jpg.png");
    deepEqual(both.photos.map(({ photo }) => photo), ["a.jpg.face.png", "a.jpg.png"]);
    deepEqual(await Deno.readFile(`${folder}/a.jpg.face.png`), crop);
    await Deno.writeFile(`${work}/a.jpg.1`, photo); // as wget names what it fetches again
    const again = await cut("a.jpg", "a.jpg", "a.jpg.1");
    deepEqual(again.photos.map(({ photo }) => photo), ["a.jpg.face.1.png", "a.jpg.1.png"]);
  },
);

testWith(
  ["read", "write", "env", "ffi", "sys", "run"],
  "cutFaces() cuts the faces of many photos in two processes as in one, and goes on after a fault",
  async () => {
    const { work, module: { cutFaces } } = await withWork(() => import("@/faces/cut_faces.ts"));
    const { WORK } = await import("@/base/project.ts");
    const { encodePng } = await import("@/native/encode_png.ts");
    const photos = Array.from({ length: 33 }, (_, k) => inspected(`${k}.png`));
    const write = async (k: number) => {
      const photo = scene(400, 300, k === 7 ? [] : [[portrait(200, 200), k, 50]]);
      await Deno.writeFile(`${work}/${k}.png`, await encodePng(photo));
    };
    for (let k = 0; k < photos.length; k++) if (k !== 20) await write(k);
    const cut = (name: string, some = photos) => cutFaces({ name, folder: work }, some);
    const cuts = () => [...Deno.readDirSync(`${WORK}/faces/many/photos`)].map(({ name }) => name);
    const said = /The photo 20\.png in .* cannot be now: (no such file|empty file)\. Restore it/;
    await rejects(cut("many"), said);
    await Deno.writeFile(`${work}/20.png`, new Uint8Array());
    await rejects(cut("many"), said);
    deepEqual(cuts().filter((name) => name.includes(".part-")), []);
    await write(20);
    const all = await cut("many");
    equal(all.photos.length, 32);
    equal(cuts().length, 32);
    deepEqual(all.remarks, [
      { what: "photo without a face: left out", count: 1, examples: ["7.png"] },
    ]);
    deepEqual((await cut("few", photos.slice(15, 22))).photos, all.photos.slice(14, 21));
  },
);

testWith(
  ["read", "write", "env", "ffi", "sys"],
  "prepareStudy() learns from each labelled face of a photo, those of one photo on one side",
  async () => {
    const { work, module: { prepareStudy } } = await withWork(() => import("@/study/study.ts"));
    const { encodePng } = await import("@/native/encode_png.ts");
    const folder = `${work}/family`, rows = ["photo,age,x,y,width,height"];
    await Deno.mkdir(folder);
    for (const [k, [width, height, x, y, u, v]] of FAMILY.entries()) {
      const both = scene(width, height, [[portrait(300, 300), x, y], [portrait(150, 150), u, v]]);
      await Deno.writeFile(`${folder}/${k}.png`, await encodePng(both));
      rows.push(
        `${k}.png,35,${x + 40},${y + 30},220,250`,
        `${k}.png,6,${u + 20},${v + 10},110,130`,
      );
    }
    await Deno.writeTextFile(`${folder}/labels.csv`, rows.join("\n"));
    const options = { folder, side: 16, split: "photo" } as const;
    const { photos, train, validation, test } = await prepareStudy({ ...options, faces: "find" });
    equal(photos.length, 8);
    equal([train, validation, test].every(({ indices }) => indices.length > 0), true);
    for (const own of Map.groupBy(photos, ({ photo }) => photo[0]).values()) {
      deepEqual(own.map(({ photo, age }) => [photo.slice(1), age]), [[".png.1.png", "35"], [
        ".png.2.png",
        "6",
      ]]);
      equal(own[0]!.part, own[1]!.part);
    }
    const { openPhotos } = await import("@/study/study.ts"),
      { data, usable } = await openPhotos(folder, { faces: "find" });
    deepEqual(usable.map(({ photo }) => photo), photos.map(({ photo }) => photo));
    const own = withOwnNames(usable, data).map(({ photo }) => photo);
    deepEqual(own, [0, 0, 1, 1, 2, 2, 3, 3].map((k) => `${k}.png`));
    await rejects(prepareStudy(options), /Several faces of the photo 0\.png.*--faces find/);
    await Deno.copyFile(`${folder}/0.png`, `${folder}/copy.png`);
    const apart = [rows[0], rows[1], rows[2]!.replace("0", "copy")];
    await Deno.writeTextFile(`${folder}/labels.csv`, apart.join("\n"));
    await rejects(prepareStudy(options), /Several faces of the photo copy\.png/);
  },
);

/** The mean difference of two pictures, 0 to 255. */
function differenceOf(a: Pixels, b: Pixels): number {
  return a.data.reduce((sum, value, k) => sum + Math.abs(value - b.data[k]!), 0) / a.data.length;
}
