import { join } from "node:path";
import { csvTable } from "@/base/csv.ts";
import { writeText } from "@/base/files.ts";
import { WORK } from "@/base/project.ts";
import { percent } from "@/base/text.ts";
import { AGE_GROUPS } from "@/dataset/age_group.ts";
import { type DataSet, withOwnNames } from "@/dataset/data_set.ts";
import type { SuspiciousLabel } from "@/metrics/label_errors.ts";
import { countSuspicions, suspiciousLabels, withoutSuspicious } from "@/metrics/label_errors.ts";
import { averageSeeds, parseOutOfFold } from "@/metrics/out_of_fold.ts";
import { saveGallery } from "@/notebook/show/notebook.ts";
import { openData } from "@/study/open_data.ts";
import { openPhotos } from "@/study/study.ts";
import {
  ARITHMETIC,
  command,
  DATA,
  FACES,
  FORCE,
  path,
  runCommand,
} from "@tools/shared/command.ts";
import { measureLine } from "@tools/shared/evaluation_tables.ts";
import { textTable } from "@tools/shared/table.ts";
import { checkTargets, tableTarget } from "@tools/shared/targets.ts";

type Predicted = ReturnType<typeof averageSeeds>[number];

/**
 * The photos of a table of predictions, all of which the data set must have, with the labels that they have there now:
 * some may have been corrected since.
 */
async function openPredicted(table: string, data: DataSet): Promise<Predicted[]> {
  const rows = averageSeeds(parseOutOfFold(await Deno.readTextFile(table), table));
  const own = new Map(data.photos.map((one) => [one.photo, one]));
  const others = rows.filter(({ photo }) => !own.has(photo));
  if (rows.length > 0 && others.length === 0) {
    return rows.flatMap((row) => {
      const { age, group } = own.get(row.photo)!;
      return group === null ? [] : [{ ...row, age, group }];
    });
  }
  const some = `${others.length} of its ${rows.length} photos, such as ${others[0]?.photo},`;
  const found = rows.length === 0 ? "it has no photos" : `${some} are not among them`;
  throw new Error(
    `${table} is not of the photos in ${data.folder}: ${found}. Name the photos that were cross-validated ` +
      "with --data, and add --faces find where that did, or leave it out",
  );
}

/** The list's row for a photo whose label looks wrong. */
function toRow({ index, label, suggested, margin }: SuspiciousLabel, photos: readonly Predicted[]) {
  const { photo, age, probabilities } = photos[index]!;
  return {
    ...{ photo, age, label: AGE_GROUPS[label].name, suggested: AGE_GROUPS[suggested].name },
    "probability of the label": probabilities[label]!,
    "probability of the suggested": probabilities[suggested]!,
    margin,
  };
}

/** The same as a gallery shows it: the first line is what it can be filtered by. */
function toGalleryRow(row: ReturnType<typeof toRow>) {
  const sure = percent(row["probability of the suggested"]);
  return {
    suspicion: `labelled ${row.label}, looks like ${row.suggested}`,
    photo: row.photo,
    age: `age ${row.age ?? "unknown"}`,
    sure: `${sure}, the label ${percent(row["probability of the label"])}`,
  };
}

/** Compares the measures with and without the suspicious photos, and says what that is worth. */
function reportOf(photos: readonly Predicted[], suspicious: readonly SuspiciousLabel[]): string {
  const labels = photos.map(({ group }) => group);
  const probabilities = photos.map(({ probabilities }) => probabilities);
  const subjects = photos.map(({ subject }) => subject);
  const { all, rest } = withoutSuspicious(labels, probabilities, subjects, suspicious);
  const share = percent(suspicious.length / photos.length);
  return [
    `${suspicious.length} of ${photos.length} labels (${share}) look wrong:`,
    textTable(countSuspicions(suspicious)),
    "\nOut of fold, all photos:",
    ...all.map((row) => `  ${measureLine(row)}`),
    `Without those ${suspicious.length}:`,
    ...rest.map((row) => `  ${measureLine(row)}`),
    "This is no result of the network: the photos left out are those where it contradicts the label, so\n" +
    "it cannot but rise. Some of these labels are wrong, and some are the network's own mistakes: look at them.",
  ].join("\n");
}

export const program = command(
  "label-errors",
  "Lists labels that look wrong, where cross-validated networks are sure of another group, for you to look at.",
)
  .argument("<predictions>", "the out-of-fold predictions that cross-validate has written", path)
  .addOption(DATA).addOption(FACES)
  .option("--out <file>", "where to write the list as CSV; else into the data's tables", path)
  .addOption(FORCE).addOption(ARITHMETIC)
  .action(async (table, { data: folder, faces, out, force }) => {
    checkTargets(tableTarget(out, "photo,age,label,suggested,"), { reads: [table, folder], force });
    const data = faces ? (await openPhotos(folder, { faces })).data : await openData(folder);
    const photos = await openPredicted(table, data);
    const suspicious = suspiciousLabels(
      photos.map(({ group }) => group),
      photos.map(({ probabilities }) => probabilities),
    );
    const rows = suspicious.map((one) => toRow(one, photos));
    const list = out ?? join(WORK, "tables", data.name, "label_errors.csv");
    await writeText(list, csvTable(withOwnNames(rows, data)));
    console.log(reportOf(photos, suspicious));
    console.log(`\nThe list is in ${list}`);
    const gallery = await saveGallery(data, "label_errors", rows.map(toGalleryRow));
    if (gallery !== null) console.log(`To page through in a browser: ${gallery}`);
  });

if (import.meta.main) await runCommand(program);
