import { equal, match, throws } from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { MODEL_FILES } from "@/model/model_card.ts";
import { testWith, withFolder } from "@/testing.ts";

testWith(["read", "write", "env"], "writeCard() leaves no years of an earlier model", async () => {
  const { readCard } = await import("@/answers/model_folder.ts");
  const { writeCard } = await import("@/answers/write_card.ts");
  const card = (await readCard("age-groups-2"))!;
  const photo = { photo: "a.jpg", age: "30", group: 2, gender: null } as const;
  const photos = [{ ...photo, subject: null, album: null, fold: null }];
  const rows = [Array.from({ length: 101 }, (_, year) => Number(year === 30))];
  await withFolder(async (folder) => {
    const hasYears = () => existsSync(join(folder, MODEL_FILES.years));
    await writeCard(folder, card, { photos, layout: "labels.csv", rows });
    equal(hasYears(), true);
    await writeCard(folder, card, null);
    equal(hasYears(), false);
  });
});

testWith(
  ["read", "write", "env"],
  "writeCard() names a model that lies elsewhere by its folder",
  async () => {
    const { readCard } = await import("@/answers/model_folder.ts");
    const { writeCard } = await import("@/answers/write_card.ts");
    await withFolder(async (folder) => {
      await writeCard(folder, (await readCard("age-groups-2"))!, null);
      const page = await Deno.readTextFile(join(folder, MODEL_FILES.page));
      match(page, /predict photo\.jpg --model path\/to\/age-groups-2\n/);
    });
  },
);

testWith(
  ["read", "env"],
  "requireUpdatable() takes the test part alone, cropped as it was",
  async () => {
    const { readCard } = await import("@/answers/model_folder.ts");
    const { requireUpdatable } = await import("@/answers/write_card.ts");
    const card = (await readCard("age-groups-2"))!, { crop } = card.input;
    const check = (photos: number, given: typeof crop) => () => (
      requireUpdatable({ card, run: null }, photos, given)
    );
    check(2123, crop)();
    throws(check(2122, crop), /its test part has 2123 photos, and these are 2122$/);
    throws(check(2123, null), /has cropped faces, and these photos are .*Add --faces find$/);
  },
);
