import { deepEqual, equal, match, rejects } from "node:assert/strict";
import { display } from "@/base/display.ts";
import { NATIVE, outputOf, program, testWith, withFolder } from "@/testing.ts";

const ALL = [...NATIVE, "write"] as Deno.PermissionName[];

/** The module, loaded where native code is allowed. */
async function load() {
  return await import("@/study/open_data.ts");
}

/** Does something while HUMAN_AGE_DATA names a folder. */
async function withNamed<T>(folder: string, body: () => Promise<T>): Promise<T> {
  const before = Deno.env.get("HUMAN_AGE_DATA");
  Deno.env.set("HUMAN_AGE_DATA", folder);
  try {
    return await body();
  } finally {
    if (before === undefined) Deno.env.delete("HUMAN_AGE_DATA");
    else Deno.env.set("HUMAN_AGE_DATA", before);
  }
}

testWith(
  ALL,
  "openData() opens the folder that HUMAN_AGE_DATA names, and writes nothing into it",
  async () => {
    const { openData } = await load();
    await withFolder(async (folder) => {
      await Deno.writeTextFile(`${folder}/labels.csv`, "photo,age\nanna.jpg,26\n");
      const { photos, hasPhotos, layout } = await withNamed(folder, openData);
      deepEqual([photos[0]!.photo, hasPhotos, layout], ["anna.jpg", false, "labels.csv"]);
      deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["labels.csv"]);
    });
  },
);

testWith(ALL, "openData() names a folder that is not there", async () => {
  const { openData } = await load();
  await withFolder(async (folder) => {
    await rejects(
      withNamed(`${folder}/none`, openData),
      /Cannot read .*none: there is no such folder/,
    );
    await rejects(display({}), /cell that chooses the photos has failed/);
  });
});

testWith(
  ALL,
  "ensureSample() leaves a sample that is there as it is, and asks nobody",
  async () => {
    const { ensureSample } = await load();
    const { withLock } = await import("@/base/files.ts");
    await withFolder(async (work) => {
      const folder = `${work}/sample`;
      await Deno.mkdir(folder);
      await withLock(`${folder}.lock`, "testing", () => ensureSample(folder));
      deepEqual([...Deno.readDirSync(folder)], []);
    });
  },
);

testWith([...ALL, "run"], "openData() opens the sample where no folder is named", async () => {
  await withFolder(async (work) => {
    await Deno.mkdir(`${work}/sample`);
    await Deno.writeTextFile(`${work}/sample/labels.csv`, "photo,age\nanna.jpg,26\n");
    const { success, text } = await outputOf(program(
      `import { openData } from "@/study/open_data.ts";
       Deno.env.delete("HUMAN_AGE_DATA");
       const { name, folder, photos } = await openData();
       console.log(JSON.stringify([name, folder, photos.length]));`,
      work,
    ));
    equal(success, true);
    match(text, /Photos of the sample: 1,200/);
    deepEqual(JSON.parse(text.match(/\[.*\]/)![0]), ["sample", `${work}/sample`, 1]);
  });
});
