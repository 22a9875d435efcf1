/** The files of a model's folder that tell of it: card, page, and the years of its test part. */
import { join } from "node:path";
import { MODELS } from "@/answers/model_folder.ts";
import { removeIfThere } from "@/base/at_exit.ts";
import { writeWhole } from "@/base/files.ts";
import { singleYear } from "@/dataset/age_group.ts";
import { packYears } from "@/metrics/own_groups.ts";
import { type Answered, measurePart } from "@/metrics/part_results.ts";
import { cardPage } from "@/model/card_page.ts";
import { MODEL_FILES, type ModelCard } from "@/model/model_card.ts";

/**
 * Writes the years of a model's test part, if it tells years, then its page, and last its card. Those of an earlier model in
 * the folder do not stay: groups of one's own would be measured on them.
 */
export async function writeCard(folder: string, card: ModelCard, test: Answered | null) {
  const known = test?.photos.flatMap(({ age }, k) => {
    const year = singleYear(age);
    return year === null ? [] : [{ year, row: test.rows[k]! }];
  }) ?? [];
  const years = { ages: known.map(({ year }) => year), rows: known.map(({ row }) => row) };
  const hasYears = card.output.kind === "years" && known.length > 0;
  if (!hasYears) removeIfThere(join(folder, MODEL_FILES.years));
  const isKnown = folder === join(MODELS, card.name); // by its name; others by their folders
  await writeFiles(folder, {
    ...hasYears && { [MODEL_FILES.years]: packYears(years) },
    [MODEL_FILES.page]: cardPage(card, isKnown ? card.name : `path/to/${card.name}`),
    [MODEL_FILES.card]: JSON.stringify(card, null, 2) + "\n",
  });
}

/** Writes files into a folder, each whole, in their order. */
export async function writeFiles(
  folder: string,
  files: Readonly<Record<string, Uint8Array | string>>,
): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    await writeWhole(join(folder, name), (part) => Deno.writeFile(part, bytes));
  }
}

/**
 * Checks that the card of a model can take what is measured on so many photos.
 *
 * @param crop where the eyes lie in these photos, if they are cropped
 * @throws {Error} if it is a run, which would be taken for a model with a card, if it is calibrated, for which the test part
 * of its base would take the place of the photos that it was fitted to, or if its test part has more photos or fewer, or
 * was cropped where these are not
 */
export function requireUpdatable(
  { card, run }: { card: ModelCard; run: object | null },
  photos: number,
  crop: ModelCard["input"]["crop"],
): void {
  const { name, training, calibration } = card;
  if (run) {
    throw new Error(
      `Cannot update the card of ${name}: it is a run, which has none. Ship it first`,
    );
  }
  if (calibration) {
    throw new Error(
      `Cannot update the card of ${name}: it is calibrated, and has no test part. Calibrate ${calibration.base} anew`,
    );
  }
  const { test } = training.photos;
  if (photos !== test) {
    throw new Error(
      `Cannot update the card of ${name}: its test part has ${test} photos, and these are ${photos}`,
    );
  }
  if (card.input.crop && !crop) {
    throw new Error(
      `Cannot update the card of ${name}: its test part has cropped faces, and these photos are taken as they are. ` +
        "Add --faces find",
    );
  }
}

/**
 * Writes what was measured on a model's test part into its folder, where its card and page are of an earlier version.
 */
export async function updateCard(
  { folder, card }: { folder: string; card: ModelCard },
  test: Answered,
  damaged: ModelCard["damaged"],
): Promise<void> {
  const results = card.results.map((result) => (
    result.part === "test" ? measurePart("test", test, card) : result
  ));
  await writeCard(folder, { ...card, results, damaged: damaged ?? card.damaged }, test);
}
