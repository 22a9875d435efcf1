import { deepEqual, equal, ok } from "node:assert/strict";
import { join } from "node:path";
import { answerPhotos, closeReader, openReader } from "@/answers/face_answers.ts";
import { readCard } from "@/answers/model_folder.ts";
import { openReader as openPackage } from "@/answers/package.ts";
import { MODEL_FILES, PAGE_MODEL } from "@/model/model_card.ts";
import { buildPage } from "@tools/page/page_build.ts";
import { drop, photoOf, testPage, withPage } from "../support/page.ts";
import { withTemporaryFolder } from "@/base/temporary_folder.ts";

/** Everybody seven years older, in ranges as for soft faces: more than engines differ by. */
const OLDER = { from: [0, 80], to: [7, 87] }, WIDENING = { below: 20, power: 0.5, most: 10 };

testPage(
  "page, package and command tell the years and the wider ranges of a calibrated model",
  async () => {
    const base = (await readCard(PAGE_MODEL))!, photo = await photoOf(3);
    await withTemporaryFolder({ prefix: "human-age-calibrated-" }, async (folder) => {
      const model = join(folder, "family"), page = join(folder, "page");
      const calibration = { base: PAGE_MODEL, persons: 1, photos: 1, measures: [], ages: [] };
      const card = {
        ...base,
        calibration,
        answer: { ...base.answer, yearMap: OLDER, widening: WIDENING },
      };
      await Deno.mkdir(model);
      await Deno.writeTextFile(join(model, MODEL_FILES.card), JSON.stringify(card));
      const before = await numbersOf(PAGE_MODEL, photo), after = await numbersOf(model, photo);
      equal(after.length, 3);
      after.forEach(([years, from, to], k) => {
        ok(Math.abs(years! - before[k]![0]! - 7) < 0.5, `${before}, ${after}`);
        ok(to! - from! > 1.2 * (before[k]![2]! - before[k]![1]!), `${before}, ${after}`);
      });
      await buildPage(page, model);
      await withPage(
        async (shown) => {
          await drop(shown, [["three.jpg", photo]]);
          const texts = await shown.$$eval(
            ".face .years",
            (all) => all.map((one) => one.textContent!),
          );
          const numbers = texts.map((text) => text.match(/\d+/g)!.map(Number));
          equal(numbers.flat().length, 9);
          numbers.flat().forEach((number, k) => (
            ok(Math.abs(number - after.flat()[k]!) <= 1, `${numbers}, not ${after}`)
          ));
        },
        "",
        { folder: page },
      );
    });
  },
);

/** The years and the range that the command tells of each face, as the package does. */
async function numbersOf(model: string, photo: Uint8Array): Promise<number[][]> {
  const reader = await openReader(model), packed = await openPackage({ model });
  const [answer] = await answerPhotos(reader, [photo]), { faces } = await packed.read(photo);
  closeReader(reader);
  packed.close();
  const numbers = faces.map(({ years, range }) => [years!, range!.from, range!.to]);
  deepEqual(answer!.faces.map(({ years, range }) => [years, range!.from, range!.to]), numbers);
  return numbers;
}
