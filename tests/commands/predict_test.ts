import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { existsSync, globSync } from "node:fs";
import { basename, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { csvParse } from "d3";
import { Image } from "imagescript";
import sharp from "sharp";
import { ROOT, RUN } from "@/base/project.ts";
import { makeScene } from "@/sample/photo/scene.ts";
import { makePipe, sendSignal, withFolder } from "@/testing.ts";
import type { NamedAnswer } from "@/answers/photo_answer.ts";
import { hasParts, nameFiles, predictFiles } from "@/answers/predict_files.ts";
import { withTemporaryFolder } from "@/base/temporary_folder.ts";
import { PYTHON } from "@tools/shared/python.ts";
import { strike } from "../support/faults.ts";

/** What a run of `predict` said, and its exit code. */
interface Said {
  code: number;
  out: string;
  err: string;
}

/** The command that runs `predict`. */
function command(
  args: string[],
  stdin: "null" | "piped" = "null",
  env: Record<string, string> = {},
): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    args: [...RUN, join(ROOT, "tools", "commands", "predict.ts"), ...args],
    env: { NO_COLOR: "1", ...env },
    cwd: ROOT,
    stdin,
    stdout: "piped",
    stderr: "piped",
  });
}

async function predict(
  args: string[],
  { input, env }: { input?: Uint8Array; env?: Record<string, string> } = {},
): Promise<Said> {
  const child = command(args, input ? "piped" : "null", env).spawn();
  if (input) await new Blob([input as BlobPart]).stream().pipeTo(child.stdin);
  const { code, stdout, stderr } = await child.output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, out: text(stdout), err: text(stderr) };
}

const { file: SCENE } = await makeScene(7, { width: 600, height: 420, people: 3 });
const { file: EMPTY } = await makeScene(8, { width: 300, height: 200, people: 0 });

/** A folder with a photo of three people, one of nobody, and some that cannot be read. */
async function fill(folder: string): Promise<void> {
  await Deno.mkdir(join(folder, "deep"), { recursive: true });
  await Deno.writeFile(join(folder, "deep", "three.jpg"), SCENE);
  await Deno.writeFile(join(folder, "nobody.jpg"), EMPTY);
  await Deno.writeFile(join(folder, "cut.jpg"), SCENE.subarray(0, 3000));
  await Deno.writeTextFile(join(folder, "page.png"), "<!DOCTYPE html>");
  await Deno.writeTextFile(join(folder, "notes.txt"), "no picture");
  await Deno.copyFile(join(ROOT, "lib/testdata/rgb.tif"), join(folder, "tiff.tif"));
  await Deno.symlink(join(folder, "gone"), join(folder, "link.jpg"));
}

Deno.test("predict answers each face, names what cannot be read, and ends with 2", async () => {
  await withFolder(async (folder) => {
    await fill(folder);
    const { code, out, err } = await predict([folder]);
    equal(code, 2, err);
    const [head, ...lines] = out.split("\n"), at = head!.indexOf("face");
    deepEqual(
      lines.filter((line) => line.startsWith(folder.slice(0, 9))).map((line) =>
        line.slice(at, at + 4).trim()
      )
        .filter(Boolean),
      ["1", "2", "3"],
    );
    match(out, /nobody\.jpg .* no face found/);
    match(out, /do not use it to make decisions about anyone/);
    match(out, /Faces narrower than an eightieth of a photo may be missed/);
    match(err, /Cannot read .*cut\.jpg: (truncated|damaged) JPEG/);
    match(err, /Cannot read .*page\.png: not an image but a web page: save the photo on it/);
    match(out, /tiff\.tif .* no face found/);
    match(err, /Cannot read .*link\.jpg: no such file/);
    match(err, /Left out, being no pictures: 1 file/);
  });
});

Deno.test("predict writes CSV, JSON and pictures, whole, and leaves nothing else", async () => {
  await withFolder(async (folder) => {
    const photo = join(folder, "three people.jpg"), pictures = join(folder, "pictures");
    await Deno.writeFile(photo, SCENE);
    const csv = join(folder, "a.csv"), json = join(folder, "a.json");
    equal((await predict([photo, "--out", csv, "--pictures", pictures])).code, 0);
    const rows = csvParse(await Deno.readTextFile(csv));
    deepEqual(rows.map(({ photo, face }) => [photo, face]), [1, 2, 3].map((k) => [photo, `${k}`]));
    for (const row of rows) {
      const shares = ["0-6", "7-20", "21-37", "38-59", "60+"].map((group) => Number(row[group]));
      ok(Math.abs(shares.reduce((a, b) => a + b) - 1) < 1e-3);
    }
    equal((await predict([photo, "--out", json])).code, 0);
    const [first] = JSON.parse(await Deno.readTextFile(json));
    deepEqual(first.faces.map(({ face }: { face: number }) => face), [1, 2, 3]);
    deepEqual([first.width, first.height], [600, 420]);
    const names = (folder: string) => [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
    deepEqual(names(pictures), ["three_people_jpg.png", "three_people_jpg.svg"]);
    deepEqual(names(folder), ["a.csv", "a.json", "pictures", "three people.jpg"]);
  });
});

Deno.test("predict takes every path from where deno task was called", async () => {
  await withFolder(async (folder) => {
    await Deno.mkdir(join(folder, "photos"));
    await Deno.writeFile(join(folder, "photos", "a.jpg"), SCENE);
    const paths = ["../photos", "--out", "a.csv", "--pictures", "drawn", "--xmp", "../sidecars"];
    const env = { INIT_CWD: join(folder, "photos") };
    const { code, err } = await predict([...paths, "--quick"], { env });
    equal(code, 0, err);
    match(err, new RegExp(`Answers are in ${folder}/photos/a.csv`));
    match(await Deno.readTextFile(join(env.INIT_CWD, "a.csv")), /^\.\.\/photos\/a\.jpg,/m);
    ok(existsSync(join(env.INIT_CWD, "drawn", "a_jpg.svg")));
    ok(existsSync(join(folder, "sidecars", "a.jpg.xmp")));
  });
});

Deno.test("predict takes a model's folder from there, too, in worker processes", async () => {
  await withFolder(async (folder) => {
    const grey = { width: 8, height: 8, channels: 3, background: "grey" } as const;
    const file = await sharp({ create: grey }).png().toBuffer();
    for (let k = 0; k < 33; k++) await Deno.writeFile(join(folder, `${k}.png`), file);
    await Deno.symlink(join(ROOT, "data", "models", "age-groups-2"), join(folder, "own"));
    const args = [".", "--model", "own", "--quick", "--out", "-"];
    const { code, err } = await predict(args, { env: { INIT_CWD: folder } });
    equal(code, 0, err);
  });
});

Deno.test("predict counts what programs keep among photos, and reads it with --all", async () => {
  await withFolder(async (folder) => {
    for (const name of ["@eaDir", ".thumbnails"]) {
      await Deno.mkdir(join(folder, name));
      await Deno.writeFile(join(folder, name, "small.jpg"), EMPTY);
    }
    await Deno.writeFile(join(folder, "a.jpg"), EMPTY);
    const { err, out } = await predict([folder, "--quick", "--out", "-"]);
    match(
      err,
      /^Left out, being previews or trash that programs keep \(--all reads them\): 2 files$/m,
    );
    equal(csvParse(out).length, 1);
    equal(csvParse((await predict([folder, "--quick", "--all", "--out", "-"])).out).length, 3);
  });
});

Deno.test("predict names pictures by their photos, in any script, each its own", () => {
  const names = ["a b.jpg", "a+b.jpg", "祖母.png", "über/x.JPG"];
  deepEqual(nameFiles(names.map((name) => ({ name, path: name }))).map(({ picture }) => picture), [
    ...["a_b_jpg", "a_b_jpg-2", "祖母_png", "x_JPG"],
  ]);
  const clashing = ["a+b", "a b", "a b-2", "A_B"].map((name) => ({ name, path: name }));
  deepEqual(nameFiles(clashing).map(({ picture }) => picture), [
    ...["a_b", "a_b-2", "a_b-2-2", "A_B-3"],
  ]);
});

Deno.test("predict names as many pictures of one name as there are, at once", () => {
  const photos = Array.from({ length: 100_000 }, (_, k) => ({ name: `${k}/face.jpg`, path: "" }));
  equal(nameFiles(photos).at(-1)!.picture, "face_jpg-100000"); // hours, if each tried all numbers
});

Deno.test("predict answers and draws photos of any name; one that cannot be written stands alone", async () => {
  await withFolder(async (folder) => {
    const photos = join(folder, "photos"), out = join(folder, "a.csv");
    const names = ["Müller.jpg", "祖母 и я.jpg", `${"x".repeat(240)}.jpg`, "=1+1.jpg", "-.jpg"];
    await Deno.mkdir(photos);
    for (const name of names) await Deno.writeFile(join(photos, name), EMPTY);
    const pictures = join(folder, "pictures");
    const args = [photos, "--out", out, "--quick", "--format", "csv-excel"];
    const { code, err } = await predict([...args, "--pictures", pictures]);
    equal(code, 0, err);
    deepEqual(
      [...Deno.readDirSync(pictures)].map(({ name }) => name).sort(),
      [
        ...["_1_1_jpg", "-_jpg", "Müller_jpg", "x".repeat(200), "祖母_и_я_jpg"],
      ].flatMap((name) => [`${name}.png`, `${name}.svg`]).sort(),
    );
    const bytes = await Deno.readFile(out);
    deepEqual(
      [...bytes.subarray(0, 3)],
      [0xef, 0xbb, 0xbf],
      "a mark, by which spreadsheets know UTF-8",
    );
    const rows = csvParse(new TextDecoder().decode(bytes)); // which takes the mark away
    deepEqual(rows.map(({ photo }) => photo), names.toSorted().map((name) => join(photos, name)));

    const jobs = ["Müller", "other"].map((name) => (
      { name, path: join(photos, "Müller.jpg"), picture: name === "other" ? name : "y".repeat(300) }
    ));
    const answers: NamedAnswer[] = [];
    await predictFiles(jobs, {
      ...{ folder: join(folder, "parts"), model: "age-groups-2", pictures, quick: true },
      ...{ arithmetic: "native", card: {}, signal: new AbortController().signal },
      onPhotos: () => Promise.resolve(),
      onPart: (part) => Promise.resolve(void answers.push(...part)),
    });
    deepEqual(answers.map(({ photo, unwritten }) => [photo, unwritten?.length]), [
      ...[["Müller", 1], ["other", undefined]],
    ]);
    ok(existsSync(join(pictures, "other.png")));
  });
});

Deno.test("predict reads standard input and writes a format to standard output alone", async () => {
  const { code, out, err } = await predict(["-", "--format", "json"], {
    input: SCENE,
  });
  equal(code, 0, err);
  const [answer, ...others] = JSON.parse(out);
  deepEqual([answer.photo, answer.faces.length, others.length], ["-", 3, 0]);
});

Deno.test("predict reads a JPEG of 200 megapixels at a reduced scale", async () => {
  await withFolder(async (folder) => {
    const [small, large] = [join(folder, "small.jpg"), join(folder, "large.jpg")];
    await Deno.writeFile(small, SCENE);
    const code = "import sys; from PIL import Image; " +
      "Image.open(sys.argv[1]).resize((17100, 11970), 0).save(sys.argv[2], quality=40)";
    const made = await new Deno.Command(PYTHON, { args: ["-c", code, small, large] }).output();
    ok(made.success, new TextDecoder().decode(made.stderr));
    const { code: exit, out, err } = await predict([large, "--out", "-", "--format", "json"]);
    equal(exit, 0, err);
    const [answer] = JSON.parse(out);
    deepEqual([answer.width, answer.height, answer.faces.length], [17100, 11970, 3]);
    ok(answer.faces.every(({ box }: { box: { width: number } }) => box.width > 1000));
  });
});

Deno.test("predict goes on where it was interrupted or killed, to the same bytes", async () => {
  await withFolder(async (folder) => {
    const [photos, last] = [join(folder, "photos"), join(folder, "last.jpg")];
    await makeMany(photos, 63);
    await makePipe(last); // so that the fourth part is not done before it is wanted
    const [broken, whole] = [join(folder, "broken.csv"), join(folder, "whole.csv")];
    const args = [photos, last, "--quick", "--out"];
    const interrupted = await stopAfter(1, "SIGINT", [...args, broken], broken);
    equal(interrupted.code, 130);
    match(interrupted.err, /Interrupted: run the same command again, it goes on where it was/);
    const next = Math.min(partsOf(broken) + 1, 3);
    const killed = await stopAfter(next, "SIGKILL", [...args, broken], broken);
    equal(killed.code, 137);
    equal(existsSync(broken), false, "half a file is not left");
    for (const out of [broken, whole]) {
      const writer = new Deno.Command("cp", { args: [join(photos, "0.jpg"), last] }).spawn();
      equal((await predict([...args, out])).code, 0);
      sendSignal(writer, "SIGKILL");
      await writer.status;
    }
    equal(await Deno.readTextFile(broken), await Deno.readTextFile(whole));
    equal(existsSync(`${broken}.parts`), false);
  });
});

Deno.test("predict takes no answers of another process that works on other photos for the same file", async () => {
  await withFolder(async (folder) => {
    const parts = join(folder, "parts"), file = join(folder, "page.png");
    await Deno.writeTextFile(file, "<!DOCTYPE html>");
    const { signal } = new AbortController(), handed: string[] = [];
    const photo = (name: string) => [{ name, path: file, picture: "page" }];
    const options = { folder: parts, model: "age-groups-2", pictures: null, quick: true };
    const answer = (name: string, onPhotos: () => Promise<void>) => (
      predictFiles(photo(name), {
        ...{ ...options, arithmetic: "native", card: {}, signal, onPhotos },
        onPart: (answers) => Promise.resolve(void handed.push(...answers.map((one) => one.photo))),
      })
    );
    let isFirst = true; // called before the first part is done
    await answer("one", async () => {
      if (!isFirst) return;
      isFirst = false;
      await answer("other", () => Promise.resolve());
    });
    deepEqual(handed, ["other", "one"]);
  });
});

/** Writes photos that differ a little. */
async function makeMany(folder: string, count: number): Promise<void> {
  await Deno.mkdir(folder);
  const scene = await Image.decode(SCENE);
  for (let k = 0; k < count; k++) {
    const shown = scene.clone().crop(k, k, 500, 350);
    await Deno.writeFile(join(folder, `${k}.jpg`), await shown.encodeJPEG(80));
  }
}

/** How many parts of a file of answers are done. */
function partsOf(out: string): number {
  if (!existsSync(`${out}.parts`)) return 0;
  return [...Deno.readDirSync(`${out}.parts`)].filter(({ name }) => /^\d+-\w+\.json$/.test(name))
    .length;
}

/** Runs `predict` until so many parts are done, and stops it; it is killed with its workers, which else end later. */
async function stopAfter(
  parts: number,
  signal: Deno.Signal,
  args: string[],
  out: string,
): Promise<Said> {
  const child = command(args).spawn(), output = child.output();
  let hasEnded = false;
  output.finally(() => hasEnded = true);
  while (partsOf(out) < parts && !hasEnded) await delay(20);
  await strike(child, signal);
  const { code, stderr } = await output;
  return { code, out: "", err: new TextDecoder().decode(stderr) };
}

/** Starts `predict` where its temporary folders lie in `folder`, and ends it once a path there begins as told. */
async function endWhen(
  folder: string,
  beginning: string,
  signal: Deno.Signal,
  args: string[],
): Promise<number> {
  const child = command(args, "piped", { TMPDIR: folder }).spawn(), output = child.output();
  const input = child.stdin.getWriter();
  await input.write(SCENE.subarray(0, 3000)).catch(() => {});
  const paths = () => globSync(`${beginning}*`, { cwd: folder });
  while (paths().length === 0) await delay(5);
  sendSignal(child, signal);
  const { code } = await output;
  await input.close().catch(() => {});
  return code;
}

for (const [signal, code] of [["SIGTERM", 143], ["SIGHUP", 129], ["SIGINT", 130]] as const) {
  Deno.test(`predict leaves nothing of standard input behind after ${signal}`, async () => {
    await withFolder(async (folder) => {
      equal(await endWhen(folder, "human-age-predict-*/standard_input", signal, ["-"]), code);
      deepEqual([...Deno.readDirSync(folder)], []);
    });
  });

  Deno.test(`predict of few photos leaves no half-written file after ${signal}`, async () => {
    await withFolder(async (folder) => {
      const photo = join(folder, "a.jpg"), out = join(folder, "a.csv");
      await Deno.writeFile(photo, SCENE);
      equal(await endWhen(folder, "a.csv.part-", signal, [photo, "--out", out]), code);
      deepEqual(globSync("**/*.part-*", { cwd: folder }), []);
      equal(existsSync(out), false);
    });
  });
}

Deno.test("predict removes what a killed one has left, and nothing of one that runs", async () => {
  await withFolder(async (folder) => {
    const input = "human-age-predict-*/standard_input";
    await endWhen(folder, input, "SIGKILL", ["-"]);
    const left = globSync(input, { cwd: folder });
    equal(left.length, 1);
    equal((await predict(["-"], { input: EMPTY, env: { TMPDIR: folder } })).code, 0);
    deepEqual(globSync("human-age-*", { cwd: folder }), []);
    const other = Deno.makeTempDirSync({ dir: folder, prefix: "human-age-predict-" });
    await withTemporaryFolder({ dir: folder, prefix: "human-age-predict-" }, async (running) => {
      equal((await predict(["-"], { input: EMPTY, env: { TMPDIR: folder } })).code, 0);
      ok(existsSync(running));
    });
    deepEqual(globSync("human-age-*", { cwd: folder }), [basename(other)]);
  });
});

Deno.test("predict misses answers that another process removes", async () => {
  await withFolder(async (folder) => {
    const photo = join(folder, "page.png"), parts = join(folder, "parts");
    await Deno.writeTextFile(photo, "<!DOCTYPE html>");
    const { signal } = new AbortController(), handed: unknown[] = [];
    const options = {
      folder: parts,
      model: "age-groups-2",
      pictures: null,
      quick: true,
      arithmetic: "native" as const,
      card: {},
    };
    const answered = predictFiles([{ name: "page.png", path: photo, picture: "page" }], {
      ...options,
      onPhotos: () => Deno.remove(parts, { recursive: true }),
      onPart: (answers) => Promise.resolve(void handed.push(answers)),
      signal,
    });
    await rejects(answered, {
      message: /000000-\w+\.json is gone, though it was written: another process/,
    });
    deepEqual(handed, []);
    await Deno.mkdir(parts);
    await Deno.writeTextFile(join(parts, "000001-0123abcd.json"), "[]");
    ok(hasParts(parts), "what it wrote since does not stand in the way of running it again");
  });
});

/** The texts of files in a folder, by name. */
function textsIn(folder: string): Record<string, string> {
  const files = [...Deno.readDirSync(folder)].filter(({ isFile }) => isFile);
  return Object.fromEntries(files.map(({ name }) => [
    name,
    Deno.readFileSync(join(folder, name)).toBase64(),
  ]));
}

Deno.test("predict writes over nothing that it reads or has not written, and names all faults at once", async () => {
  await withFolder(async (folder) => {
    const at = (...names: string[]) => join(folder, ...names), photo = at("family.jpg");
    await Deno.writeFile(photo, SCENE);
    await Deno.writeTextFile(at("mine.csv"), "name,age\n");
    await Deno.writeTextFile(at("family_jpg.svg"), "<svg/>");
    await Deno.mkdir(at("mine.json.parts"));
    await Deno.writeTextFile(at("mine.json.parts", "letter.txt"), "dear");
    await Deno.symlink(photo, at("link.csv"));
    const before = textsIn(folder);
    const refused = async (...args: string[]) => {
      const { code, err } = await predict([photo, "--quick", ...args]);
      equal(code, 1, err);
      deepEqual(textsIn(folder), before);
      return err;
    };
    match(await refused("--out", photo, "--format", "csv"), /family.jpg is read by this command/);
    match(await refused("--out", photo, "--format", "csv", "--force"), /is read by this command/);
    match(await refused("--out", at("link.csv"), "--force"), /is read by this command/);
    match(await refused("--out", at("result.png")), /names no format: let it end in .csv or .json/);
    match(await refused("--out", at("mine.json")), /mine.json.parts was not written by this/);
    match(await refused("--pictures", at("mine.csv")), /--pictures .*mine.csv is a file/);
    match(
      await refused("--out", at("mine.csv"), "--pictures", folder),
      /--out .*mine.csv was not written[^]*--pictures .*family_jpg.svg was not written/,
    );
    const forced = ["--out", at("mine.csv"), "--pictures", folder];
    equal((await predict([photo, "--quick", "--force", ...forced])).code, 0);
    equal((await predict([photo, "--quick", ...forced])).code, 0); // its own
  });
});

const EXIFTOOL = ["/usr/bin/exiftool", "/usr/local/bin/exiftool"].find((path) => existsSync(path));

/** The tags of a file as exiftool reads them. */
async function readTags(path: string) {
  const command = new Deno.Command(EXIFTOOL!, { args: ["-struct", "-json", path] });
  const [tags] = JSON.parse(new TextDecoder().decode((await command.output()).stdout));
  return tags;
}

Deno.test({
  name: `predict writes sidecars that other programs read${EXIFTOOL ? "" : " [needs exiftool]"}`,
  ignore: !EXIFTOOL,
  async fn() {
    await withFolder(async (folder) => {
      const [upright, turned] = ["upright.jpg", "turned.jpg"].map((name) => join(folder, name));
      await Deno.writeFile(upright!, SCENE);
      const stored = await sharp(SCENE).rotate(270).withMetadata({ orientation: 6 })
        .jpeg({ quality: 98 }).toBuffer();
      await Deno.writeFile(turned!, stored);
      const { code, err } = await predict([upright!, turned!, "--quick", "--xmp"]);
      equal(code, 0, err);
      const [plain, sideways] = [await readTags(`${upright}.xmp`), await readTags(`${turned}.xmp`)];
      ok(plain.Subject.every((word: string) => /^age\/\d/.test(word)));
      ok(plain.HierarchicalSubject.every((word: string) => /^age\|\d/.test(word)));
      deepEqual(plain.RegionInfo.AppliedToDimensions, { W: 600, H: 420, Unit: "pixel" });
      deepEqual(sideways.RegionInfo.AppliedToDimensions, { W: 420, H: 600, Unit: "pixel" });
      equal(plain.RegionInfo.RegionList.length, 3);
      for (const [k, { Area, Type }] of plain.RegionInfo.RegionList.entries()) {
        const other = sideways.RegionInfo.RegionList[k].Area;
        const misses = [other.X - Area.Y, other.Y - (1 - Area.X), other.W - Area.H];
        ok(misses.every((miss) => Math.abs(miss) < 0.03), JSON.stringify([Area, other]));
        equal(Type, "Face");
      }
      deepEqual(await Deno.readFile(turned!), new Uint8Array(stored), "the photo is as it was");
    });
  },
});

Deno.test("predict refuses a sidecar that is no XML for its photo alone", async () => {
  await withFolder(async (folder) => {
    const at = (name: string) => join(folder, name), xmp = at("xmp");
    for (const name of ["a.jpg", "b.jpg"]) await Deno.writeFile(at(name), SCENE);
    await Deno.mkdir(xmp);
    await Deno.writeTextFile(join(xmp, "a.jpg.xmp"), "dear <diary");
    const { code, out, err } = await predict([folder, "--quick", "--xmp", xmp]);
    equal(code, 2);
    match(err, /Cannot write about .*a.jpg: .*a.jpg.xmp: it is not XML from line 1 on/);
    match(out, /a\.jpg +1 [^]*b\.jpg +1 /);
    equal(await Deno.readTextFile(join(xmp, "a.jpg.xmp")), "dear <diary");
    match(await Deno.readTextFile(join(xmp, "b.jpg.xmp")), /<dc:subject>/);
    deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name).sort(), [
      ...["a.jpg", "b.jpg", "xmp"],
    ]);

    await Deno.mkdir(at("deep"));
    await Deno.copyFile(at("b.jpg"), join(at("deep"), "b.jpg"));
    const twice = await predict([folder, "--quick", "--xmp", xmp]);
    match(twice.err, /--xmp .*b.jpg.xmp would be written twice/);
  });
});
