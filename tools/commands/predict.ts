/** Predicts the age group of each face on photos: in a table, as CSV or JSON, and as pictures. */
import { basename, extname, join, resolve } from "node:path";
import { Option } from "@commander-js/extra-typings";
import { writeFully, writeWhole } from "@/base/files.ts";
import { interruptible } from "@/base/interruption.ts";
import { withProgress } from "@/base/progress.ts";
import { visible } from "@/base/text.ts";
import { HAS_ANSWERS_ALONE, ROOT, RUN_WHOLE } from "@/base/project.ts";
import { type OwnGroups, ownGroupsWords } from "@/metrics/own_groups.ts";
import { modelFolder, onnxFile, readCard, withGroups } from "@/answers/model_folder.ts";
import * as texts from "@/answers/photo_answer.ts";
import type { NamedAnswer, PhotoFile } from "@/answers/photo_answer.ts";
import { MISSED } from "@/faces/warnings.ts";
import { listPhotos } from "@/images/list_photos.ts";
import { DEFAULT_MODEL, GUESS, type ModelCard } from "@/model/model_card.ts";
import { ANSWERING, command, FORCE, path, runCommand } from "@tools/shared/command.ts";
import { hasParts, nameFiles, predictFiles } from "@/answers/predict_files.ts";
import type { PredictOptions } from "@/answers/predict_files.ts";
import { beginning, checkTargets, isFigure, type Target } from "@tools/shared/targets.ts";
import { withTemporaryFolder } from "@/base/temporary_folder.ts";

/** Standard input as a photo, and standard output as a file. */
const STANDARD = "-";

/** Formats by the endings of files. */
const ENDINGS = { ".csv": "csv", ".json": "json" } as const;

/** The byte order mark, by which spreadsheets know UTF-8. */
const MARK = "\uFEFF";

/** The exit code if some photos could not be read, or not written about. */
const SOME_FAULTY = 2;

/** Advice after an interruption: answers for a file are kept as they come. */
const ADVICE = {
  kept: "run the same command again, it goes on where it was",
  lost: "run it again; with --out FILE it can go on where it was",
};

const FORMATS = ["csv", "csv-excel", "json"] as const;
type Format = (typeof FORMATS)[number];

/** The options, and where the answers go: into a file, or to standard output; without a format, as a table. */
type Wanted = Omit<ReturnType<typeof options.opts>, "out" | "format"> & {
  file: string | undefined;
  format: Format | undefined;
};

interface Writer {
  write(answers: readonly NamedAnswer[]): void;
  end(): void;
}

/** Finds the photos that paths name, standard input kept in a folder. */
async function findPhotos(
  paths: readonly string[],
  { all, folder, signal }: Pick<Wanted, "all"> & { folder: string; signal: AbortSignal },
): Promise<PhotoFile[]> {
  const files = paths.filter((path) => path !== STANDARD);
  const { photos, ...left } = await listPhotos(files, { all });
  tellLeftOut(left);
  const named = photos.map((name) => ({ name, path: resolve(name) }));
  if (files.length < paths.length) named.push(await keepInput(folder, signal));
  if (named.length > 0) return nameFiles(named);
  throw new Error(`There is no picture in ${paths.join(", ")}.`);
}

const REASONS = {
  others: "being no pictures",
  raws: "being raw files beside a picture",
  kept: "being previews or trash that programs keep (--all reads them)",
};

/** Says how many files were left out, and why. */
function tellLeftOut(counts: Record<keyof typeof REASONS, number>): void {
  const parts = Object.entries(REASONS).flatMap(([key, reason]) => {
    const count = counts[key as keyof typeof REASONS], files = count === 1 ? "file" : "files";
    return count === 0 ? [] : [`${reason}: ${count.toLocaleString("en")} ${files}`];
  });
  if (parts.length > 0) console.error(`Left out, ${parts.join("; ")}`);
}

async function keepInput(folder: string, signal: AbortSignal) {
  const path = join(folder, "standard_input");
  await Deno.writeFile(path, Deno.stdin.readable, { signal });
  return { name: STANDARD, path };
}

/** Answers photos, and returns how many could not be read, or not written about. */
async function predict(paths: readonly string[], wanted: Wanted, signal: AbortSignal) {
  const { model, file, format, groups, force } = wanted;
  return await withTemporaryFolder({ prefix: "human-age-predict-" }, async (temporary) => {
    const found = await findPhotos(paths, { ...wanted, folder: temporary, signal });
    const photos = withSidecars(found, wanted.xmp), own = modelFolder(model);
    // an unknown name, and groups that cannot be used, are refused before any photo is read
    const { card, measured } = await withGroups(own, await cardOf(model), groups);
    const closing = closingWords(card, measured, wanted.quick);
    const reads = [...photos.map(({ path }) => path), own];
    checkTargets(targetsOf(photos, wanted), { reads, force });
    const folder = file ? `${file}.parts` : join(temporary, "parts");
    // worker processes stand in another folder
    const answer = (writer: Writer) =>
      answerAll(photos, { ...wanted, model: own, folder, card, signal }, writer);
    if (!format) return await answer(tableWriter(photos, card, closing));
    if (measured) console.error(closing);
    if (!file) return await answer(formatWriter(format, card, Deno.stdout));
    let faulty = 0;
    await writeWhole(file, async (part) => {
      using output = await Deno.open(part, { write: true, create: true, truncate: true });
      faulty = await answer(formatWriter(format, card, output));
    });
    await Deno.remove(folder, { recursive: true });
    console.error(`Answers are in ${file}`);
    return faulty;
  });
}

function closingWords(card: ModelCard, measured: OwnGroups | null, quick?: boolean): string {
  return [
    `Model ${card.name}. ${GUESS}`,
    card.otherPhotos?.caution,
    quick ? MISSED.quick : MISSED.whole,
    measured && ownGroupsWords(measured),
  ].filter(Boolean).join("\n");
}

function withSidecars(photos: PhotoFile[], xmp: Wanted["xmp"]): PhotoFile[] {
  if (xmp === undefined) return photos;
  if (xmp === true && photos.some(({ name }) => name === STANDARD)) {
    throw new Error("Name a folder for --xmp: nothing lies beside a photo from standard input.");
  }
  return photos.map((photo) => {
    const file = xmp === true ? photo.path : join(xmp, basename(photo.path));
    return { ...photo, sidecar: `${file}.xmp` };
  });
}

/** Collects all that is going to be written, but for standard output. */
function targetsOf(photos: readonly PhotoFile[], wanted: Wanted): Target[] {
  const { file, format, pictures, xmp } = wanted;
  const endings = format ? {} : { endings: Object.keys(ENDINGS) };
  const drawn = photos.flatMap(({ picture }) => [`${picture}.svg`, `${picture}.png`]);
  return [
    ...file ? [{ option: "--out", path: file, isOurs: holdsAnswers, ...endings }] : [],
    ...file ? [{ option: "--out", path: `${file}.parts`, isFolder: true, isOurs: hasParts }] : [],
    ...typeof xmp === "string" ? [{ option: "--xmp", path: xmp, isFolder: true }] : [],
    // what others have written into a sidecar is kept
    ...photos.flatMap(({ sidecar }) => sidecar ? [{ option: "--xmp", path: sidecar }] : []),
    ...pictures === undefined ? [] : [
      { option: "--pictures", path: pictures, isFolder: true },
      ...drawn.map((name) => (
        { option: "--pictures", path: join(pictures, name), isOurs: isFigure }
      )),
    ],
  ];
}

function holdsAnswers(path: string): boolean {
  const text = beginning(path);
  return text.startsWith(texts.csvHead([]).split(",years")[0]!) ||
    /^\[\n(\{"photo":|\n\])/.test(text);
}

/** Reads a model's card; a run's is made from its record. */
async function cardOf(model: string): Promise<ModelCard> {
  const card = await readCard(model);
  if (card) return card;
  const { withModel } = await import("@/answers/open_model.ts");
  return await withModel(model, ({ card }) => card);
}

async function answerAll(
  photos: readonly PhotoFile[],
  { model, quick, arithmetic, groups, pictures, folder, card, signal }:
    & Wanted
    & Pick<PredictOptions, "folder" | "card" | "signal">,
  writer: Writer,
): Promise<number> {
  let faulty = 0;
  const settings = {
    ...{ model, quick: quick ?? false, arithmetic },
    ...{ groups: groups ?? null, pictures: pictures ?? null },
  };
  const onPart = (answers: NamedAnswer[]) => {
    writer.write(answers);
    faulty += tellFaults(answers);
    return Promise.resolve();
  };
  await withProgress("Photos answered", photos.length, (onPhotos) => (
    predictFiles(photos, { ...settings, folder, card, signal, onPhotos, onPart })
  ));
  writer.end();
  return faulty;
}

/** Names the photos that could not be read, or not written about; returns how many there are. */
function tellFaults(answers: readonly NamedAnswer[]): number {
  const faulty = answers.filter(({ fault, unwritten }) => fault !== null || unwritten?.length);
  for (const { photo, fault, unwritten = [] } of faulty) {
    if (fault !== null) console.error(`Cannot read ${visible(photo)}: ${fault}`);
    for (const reason of unwritten) {
      console.error(visible(`Cannot write about ${photo}: ${reason}`));
    }
  }
  return faulty.length;
}

/** Runs the command with all packages, since a run is answered by TensorFlow; returns its exit code. */
async function runWhole(args: readonly string[]): Promise<number> {
  const own = [...RUN_WHOLE, join(ROOT, "tools", "commands", "predict.ts"), ...args];
  return (await new Deno.Command(Deno.execPath(), { args: own }).spawn().status).code;
}

function tableWriter(photos: readonly PhotoFile[], card: ModelCard, closing: string): Writer {
  const names = photos.map(({ name }) => name), coverage = texts.coverageOf(card);
  const layout = texts.layTable(names, coverage, card.classes.map(({ name }) => name));
  const lines: string[] = [texts.tableHead(layout)];
  return {
    write: (some) => lines.push(...some.flatMap((one) => texts.tableLines(layout, one))),
    end: () => console.log(`${lines.join("\n")}\n\n${closing}`),
  };
}

/** Writes CSV or JSON piece by piece. */
function formatWriter(
  format: Format,
  { classes }: ModelCard,
  file: Parameters<typeof writeFully>[0],
): Writer {
  const put = (text: string) => writeFully(file, new TextEncoder().encode(text));
  const names = classes.map(({ name }) => name), isJson = format === "json";
  let isFirst = true;
  put(isJson ? "[\n" : (format === "csv-excel" ? MARK : "") + texts.csvHead(names));
  return {
    write(some) {
      put(isJson ? texts.jsonLines(some, isFirst, names) : texts.csvLines(some, names));
      isFirst = false;
    },
    end: () => isJson && put("\n]\n"),
  };
}

/** The format that a file's ending names, and that of standard output; undefined for others. */
function formatOf(out = ""): Format | undefined {
  const ending = extname(out).toLowerCase() as keyof typeof ENDINGS;
  return out === STANDARD ? "csv" : ENDINGS[ending];
}

const FORMAT = new Option(
  "--format <format>",
  "the format of --out, else by its ending, or csv; csv-excel has a mark by which Excel knows UTF-8",
).choices(FORMATS);

const options = command(
  "predict",
  "Finds the faces in photos and predicts the age group of each.",
)
  .argument("<photos...>", "photos or folders of photos; - reads a photo from standard input")
  .option("--model <name>", "a model that ships, or the folder of a model or run", DEFAULT_MODEL)
  .option(
    "--out <file>",
    "a file for the answers, .csv or .json, in place of the table; - for standard output",
    (text) => text === STANDARD ? text : path(text),
  )
  .addOption(FORMAT)
  .option("--pictures <folder>", "where to draw each photo with boxes and bars, SVG and PNG", path)
  .option(
    "--xmp [folder]",
    "write a sidecar for photo managers, photo.jpg.xmp, beside each photo, or into the folder; after the photos",
    path,
  )
  .option(
    "--groups <limits>",
    "your own groups, such as 0-12,13-17,18-39,40+; says how accurate the model is for them",
  )
  .option("--quick", "look at each photo as a whole only: faces below a tenth of it may be missed")
  .option("--all", "read hidden folders, and those of previews and trash that programs keep, too")
  .addHelpText(
    "after",
    `
Exit codes: 0 if all photos were read (also those without a face), 1 for an error of use, 2 if some
photos could not be read, or their files not written; they are named on standard error, and the rest is answered.

An interrupted run with --out goes on where it was when the same command is given again.
${GUESS}`,
  )
  .addOption(FORCE)
  .addOption(ANSWERING);

export const program = options.action(async (photos, { out, format = formatOf(out), ...how }) => {
  if (HAS_ANSWERS_ALONE && await onnxFile(how.model) === null) {
    Deno.exit(await runWhole(Deno.args));
  }
  const file = out === STANDARD ? undefined : out;
  const work = (signal: AbortSignal) => predict(photos, { ...how, file, format }, signal);
  const faulty = await interruptible(work, undefined, ADVICE[file ? "kept" : "lost"]);
  if (faulty > 0) Deno.exit(SOME_FAULTY);
});

if (import.meta.main) await runCommand(program, { ownInterrupt: true });
