/** The model card as a page for people, written from the same record as the machine's. */
import { percent, sentence, written } from "@/base/text.ts";
import { originWords } from "@/model/describe.ts";
import { teacherOf } from "@/model/recipe.ts";
import type { CardAnswer } from "@/metrics/answer.ts";
import type {
  CalibrationResult,
  ChildResult,
  DamagedResult,
  PartResults,
} from "@/metrics/part_results.ts";
import type { Interval } from "@/metrics/interval.ts";
import type { Measure } from "@/metrics/measures.ts";
import type { GapRow, SubgroupRow } from "@/metrics/subgroups.ts";
import type { Abstention } from "@/metrics/abstention.ts";
import type { Recalibration } from "@/metrics/recalibration.ts";
import type { CardCalibration, ModelCard, OtherPhotos } from "@/model/model_card.ts";

/** Writes a model card as Markdown; `model` is what commands know the model by. */
export function cardPage(card: ModelCard, model = card.name): string {
  const { description, labels, terms } = card.data;
  const blocks = [
    `# ${card.name}`,
    card.summary,
    "Generated from [model_card.json](model_card.json); do not edit it by hand.",
    ...section("Use it", [usage(model)]),
    ...section("What it is for, and what not", [list(card.uses), list(card.notFor)]),
    ...section("What goes in, and what comes out", [list(inputLines(card))]),
    ...section("Training", [list(trainingLines(card))]),
    ...section("Photos and terms", [list([description, `Labels: ${labels}`, `Terms: ${terms}`])]),
    ...card.otherPhotos ? otherBlocks(card.otherPhotos) : [],
    ...card.calibration ? calibrationBlocks(card.calibration) : [],
    // the test first
    ...card.results.toReversed().flatMap((results) => resultBlocks(results, card)),
    ...card.damaged ? section("On damaged photos", damagedBlocks(card)) : [],
  ];
  return blocks.filter(Boolean).join("\n\n") + "\n";
}

function section(title: string, blocks: string[]): string[] {
  return [`## ${title}`, ...blocks];
}

function list(lines: readonly string[]): string {
  return lines.map((line) => `- ${line}`).join("\n");
}

function usage(model: string): string {
  return `    deno task predict photo.jpg --model ${model}
    deno task evaluate ${model} --data path/to/photos    # how good it is on your own labelled photos`;
}

function inputLines(card: ModelCard): string[] {
  const { classes, input, output, answer, weights, calibration } = card;
  const { side, range, crop } = input;
  const years = `; the layer \`${output.layer}\` has those of the years 0 to 100`;
  const mirrored = "the mean over the photo and its mirror image";
  const eyes = crop?.eyes.map(([x, y]) => `(${x}, ${y})`).join(" and ");
  return [
    `In: photos of ${side} by ${side} pixels, ${input.channels}, ${range.join(" to ")}; a photo ` +
    `that is not square is ${input.fill}.`,
    eyes
      ? `Faces lie in them so that the eyes are at ${eyes}, in shares of the side.`
      : "Faces lie in them as in the training photos, which were taken as they came.",
    `Out: the probabilities of ${classes.map(({ name }) => name).join(", ")} years, in this order` +
    `${output.kind === "years" ? years : ""}.`,
    `Answers are ${answer.mirrorAverage ? mirrored : "of the photo alone"}, ` +
    `${groupWeightWords(answer.groupWeights)}at temperature ${answer.temperature}.`,
    ...answer.sets && !calibration ? [setWords(answer.sets)] : [],
    ...answer.yearRange && !calibration ? [rangeWords(answer.yearRange)] : [],
    ...answer.widening ? [wideningWords(answer.widening)] : [],
    `${written(weights.count)} weights; \`${weights.file}\` holds them: ${
      megabytes(weights.bytes)
    } as ${weights.precision}.`,
  ];
}

function groupWeightWords(weights: readonly number[]): string {
  return isPlain(weights) ? "" : `the groups weighted by ${weights.join(", ")}, `;
}

const isPlain = (weights: readonly number[]) => weights.every((weight) => weight === 1);

function setWords({ coverage, thresholds }: NonNullable<CardAnswer["sets"]>): string {
  return "A set of groups goes with each answer: all whose probability reaches their threshold, " +
    `in this order ${
      thresholds.join(", ")
    }. The thresholds were chosen so that the set holds the truth for ` +
    `at least ${percent(coverage)} of the validation photos of each group; below is how often it ` +
    "does on the test part.";
}

function rangeWords({ coverage, low, high }: NonNullable<CardAnswer["yearRange"]>): string {
  return `The range of years lies between the shares ${low} and ${Number(high.toFixed(4))} of ` +
    `the distribution, chosen to hold the truth for ${percent(coverage)} of the validation ` +
    "photos; below is how often it does on the test part.";
}

function wideningWords({ below, power, most }: NonNullable<CardAnswer["widening"]>): string {
  return `Blurred and tiny faces have wider ranges and larger sets: a range is \`n ** ${power}\` times as wide if the ` +
    `face is n times less sharp than ${below} (at most ${most} times), fitted to validation photos damaged on purpose.`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(bytes < 1e6 ? 2 : 1)} MB`;
}

const SPLITS: Readonly<Record<ModelCard["training"]["split"], string>> = {
  subject:
    "person: no person or near-duplicate in two parts, as far as the labels say who is in a photo",
  folds:
    "person, into folds of which one is the test: no person or near-duplicate in two parts, as far " +
    "as the labels say who is in a photo",
  photo: "photo: no near-duplicate in two parts, but persons may be, so the test part is too easy",
  original:
    "the original's split: persons and near-duplicates may be in two parts, so the test part leaks",
};

function trainingLines({ training }: ModelCard): string[] {
  const { split, seed, epochs, bestEpoch, refit, start, recipe, spec } = training;
  return [
    recipe,
    `${partWords(training)}, split by ${SPLITS[split]}.`,
    ...refit ? [`${written(training.photos.validation)} ${FIRST_VALIDATION}`] : [],
    refit
      ? `Seed ${seed}; the last of ${epochs} epochs.`
      : `Seed ${seed}; ${epochs} epochs; epoch ${bestEpoch} was best on validation.`,
    originWords(start, teacherOf(spec.recipe)),
  ];
}

const FIRST_VALIDATION =
  "of the training photos were for validation first: an earlier training without them chose how answers are read.";

function partWords({ photos, shares, refit }: ModelCard["training"]): string {
  const learned = refit ? shares.train + shares.validation : shares.train;
  const [train, validation, test] = [photos.train, photos.validation, photos.test]
    .map(written);
  return [
    `${train} photos for training (${percent(learned)})`,
    ...refit ? [] : [`${validation} for validation (${percent(shares.validation)})`],
    `${test} for the test`,
  ].join(", ");
}

const PARTS: Readonly<Record<string, string>> = {
  validation:
    "These photos chose the epoch, the temperature and the thresholds, so the numbers are a little too good.",
  test: "Nothing was chosen by these photos, and the training here did not use them.",
};

/** Validation of a network that was trained on it in the end. */
const BEFORE_REFIT =
  "These are the results of the training without these photos, by which the temperature and the thresholds were " +
  "chosen, so the numbers are a little too good; the network that ships has learned from them.";

function resultBlocks(results: PartResults, { training: { refit }, answer }: ModelCard): string[] {
  const { part, photos, measures, groups, confusion, calibration, abstention, sets, years } =
    results;
  const { children = [], subgroups, gaps } = results;
  const chosen = refit && part === "validation" ? BEFORE_REFIT : PARTS[part];
  const weights = " but for the groups' weights, which are in all rows,";
  const weighted = isPlain(answer.groupWeights) ? "" : weights;
  return [
    `## Results on ${part}: ${written(photos)} photos`,
    `${chosen ?? ""} ${INTERVALS}`.trim(),
    table(measures.map(measureRow)),
    table(groups.map(({ group, photos, recall, precision }) => (
      { group, photos, recall: share(recall), precision: percent(precision) }
    ))),
    "Photos by true group (rows) and predicted group (columns):",
    table(confusion.map((row, k) => (
      { "": groups[k]!.group, ...Object.fromEntries(row.map((n, j) => [groups[j]!.group, n])) }
    ))),
    `Calibration, as the network is${weighted} and at its temperature. The calibration error is the mean difference ` +
    "between confidence and accuracy over 15 bins of equally many photos; noise alone keeps it above 0, and drawing " +
    "photos anew adds noise, so that its interval may lie above it." +
    `${calibration.some(({ rounded }) => rounded) ? " " + ROUNDED : ""}`,
    table(calibration.map(calibrationRow)),
    abstentionWords(abstention),
    ...sets ? [setCoverageWords(sets)] : [],
    ...years ? [yearCoverageWords(years)] : [],
    ...children.length > 0 ? [CHILDREN, table(children.map(childRow))] : [],
    ...subgroups.length > 0 ? [SUBGROUPS, table(subgroups.map(subgroupRow))] : [],
    ...gaps.length > 0 ? [list(gaps.map(gapWords))] : [],
  ];
}

const INTERVALS =
  "In brackets are 95% intervals: Wilson's for the recall of a group or an age, for ranges of years and for the most " +
  "certain photos; bootstrapped for all else, where there is none if all photos agree.";

function otherBlocks({ caution, photos, results }: OtherPhotos): string[] {
  const rows = Object.entries(results).map(([measure, result]) => ({ measure, result }));
  return section("On other photos", [caution, photos, table(rows)]);
}

function damagedBlocks({ name, data, damaged = [] }: ModelCard): string[] {
  return [
    "Photos of the test part, damaged on purpose: how often ranges and sets hold the truth on photos unlike those of the " +
    "training.",
    table(damaged.map(damagedRow)),
    `    deno task evaluate ${name} --data ${data.name.toUpperCase()} --damaged --update-card`,
  ];
}

/** A row of the results on damaged photos. */
export function damagedRow({ kind, photos, balancedAccuracy, years, sets }: DamagedResult) {
  return {
    ...{ photos: kind, count: photos, "balanced accuracy": share(balancedAccuracy) },
    ...years && {
      "ranges hold the truth": share(years.coverage),
      "years a range": years.width.toFixed(1),
    },
    ...sets && {
      "sets hold the truth": share(sets.coverage),
      "groups a set": sets.size.toFixed(2),
    },
  };
}

function calibrationBlocks({ base, photos, persons, ...results }: CardCalibration): string[] {
  const of = persons === null ? "" : ` of ${written(persons)} persons`;
  return section("Calibrated for other photos", [
    `The network is that of ${base}, whose card says what it was trained on. Its answers were fitted to ` +
    `${written(photos)} photos${of} with known ages, and hold for photos like these alone.`,
    ...calibrationLines({ photos, ...results }),
  ]);
}

/** Writes what fitting answers to other photos brings, as blocks of text. */
export function calibrationLines({ photos, measures, ages }: Recalibration): string[] {
  return [
    sentence`Before and after, on ${photos} photos, each answered by a fit that had not seen it, nor its ` +
    "person, as far as is known; in brackets are 95% intervals.",
    table(measures.map(({ measure, before, after, change }) => {
      const write = /accuracy|hold/.test(measure) ? share : number;
      return { measure, before: write(before), after: write(after), change: write(change) };
    })),
    "By true age, in years:",
    table(ages.map(({ group, photos, error, bias }) => ({
      ...{ age: group, photos },
      ...{ "error before": error.before.toFixed(2), "error after": error.after.toFixed(2) },
      ...{ "bias before": bias.before.toFixed(2), "bias after": bias.after.toFixed(2) },
    }))),
  ];
}

/** The meaning of the row of rounded probabilities. */
export const ROUNDED =
  "Rounded, as the original study did: a group above one half counts as 1, all others as 0; if all five are 0, the " +
  "answer is 0-6 with a certainty of 0, and a true group that was rounded to 0 counts as 1e-7 in the likelihood.";

const SUBGROUPS =
  "By subgroup, as the data set's makers labelled people. Bias is the mean of predicted less true group: above 0, " +
  "people are taken for older. Balanced accuracy is over the groups that occur. Few photos make the calibration " +
  "error too large.";

function measureRow({ measure, ...estimate }: Measure) {
  return { measure, value: measure.includes("years") ? number(estimate) : share(estimate) };
}

/**
 * Names the way in which probabilities were made.
 *
 * @example Tempered probabilities
 * ```ts
 * import { equal } from "node:assert/strict";
 *
 * equal(calibrationLabel({ temperature: 1.5, rounded: false }), "at temperature 1.500");
 * ```
 */
export function calibrationLabel(
  { temperature, rounded }: Pick<CalibrationResult, "temperature" | "rounded">,
): string {
  if (rounded) return "rounded, as the original did";
  return temperature === 1 ? "as trained" : `at temperature ${temperature.toFixed(3)}`;
}

/** A row of measured calibration. */
export function calibrationRow({ accuracy, ...result }: CalibrationResult) {
  const { calibrationError, brier, negativeLogLikelihood } = result;
  return {
    probabilities: calibrationLabel(result),
    accuracy: share(accuracy),
    "calibration error": share(calibrationError),
    "Brier score": number(brier),
    "negative log likelihood": number(negativeLogLikelihood),
  };
}

/**
 * Writes in a sentence how accurate the most certain answers are.
 *
 * @example Half of the photos answered
 * ```ts
 * import { ok } from "node:assert/strict";
 *
 * const interval = { value: 0.9, low: 0.8, high: 1 };
 * const area = { value: 0.2, low: 0.1, high: 0.3 };
 * const words = abstentionWords({ area, answered: [{ coverage: 0.5, accuracy: interval }] });
 * ok(words.includes("90.0% (80.0% to 100.0%) of the most certain 50.0%"));
 * ```
 */
export function abstentionWords({ area, answered }: Abstention): string {
  // of few photos, or many that are as certain, two shares may be the same photos
  const own = answered.filter(({ coverage }, k) => coverage !== answered[k - 1]?.coverage);
  const fewer = own.filter(({ coverage }) => coverage < 1); // the table of measures has all of them
  const shares = (fewer.length > 0 ? fewer : own).map(({ coverage, accuracy }) => (
    `${share(accuracy)} of the most certain ${percent(coverage)}`
  ));
  return `If only the most certain photos are answered, these are correct: ${shares.join(", ")}. ` +
    "Averaged over all numbers of photos answered, from the surest alone to all, " +
    `${share(area)} of the answers are wrong.`;
}

function setCoverageWords({ coverage, size, byGroup }: NonNullable<PartResults["sets"]>): string {
  const groups = byGroup.map(({ group, coverage }) => `${group} ${share(coverage)}`).join(", ");
  return `Sets of groups hold the truth in ${share(coverage)} of the photos, with ` +
    `${size.toFixed(2)} groups on average; by group: ${groups}.`;
}

function yearCoverageWords({ coverage, photos, width }: NonNullable<PartResults["years"]>): string {
  return sentence`Ranges of years hold the truth in ${share(coverage)} of ${photos} photos, with ` +
    `${width.toFixed(1)} years on average.`;
}

const CHILDREN =
  "The youngest by year of age: the share that is put into the group of that age, and the mean " +
  "error in years (above 0: taken for older). At the edges of a group, a year too many is enough for the wrong one. " +
  "Ages without a photo are left out.";

function childRow({ age, photos, recall, bias }: ChildResult) {
  return {
    age,
    photos,
    "in the right group": share(recall),
    ...bias !== null && { "mean error": fixed(bias, 1) },
  };
}

/** A row of the results of a subgroup. */
export function subgroupRow(
  { by, subgroup, photos, bias, calibrationError, setCoverage, setSize, ...shares }: SubgroupRow,
) {
  return {
    by,
    subgroup,
    photos,
    accuracy: share(shares.accuracy),
    "balanced accuracy": share(shares.balancedAccuracy),
    "one-off accuracy": share(shares.oneOffAccuracy),
    bias: number(bias),
    ...calibrationError && { "calibration error": share(calibrationError) },
    ...setCoverage && { "sets hold the truth": share(setCoverage) },
    ...setSize !== undefined && { "groups a set": setSize.toFixed(2) },
  };
}

function gapWords({ by, best, worst, ...gap }: GapRow): string {
  return `Largest gap in balanced accuracy by ${by}: ${points(gap)}, between ${best} and ${worst}.`;
}

/** An estimate of a share with its interval, such as `67.4% (65.0% to 69.1%)`. */
export function share(estimate: Interval | null): string {
  return estimate ? withInterval(estimate, percent) : "–";
}

/** Writes an estimate; a bootstrap of photos that all agree draws no interval. */
function withInterval({ value, low, high }: Interval, write: (value: number) => string): string {
  return low === high ? write(value) : `${write(value)} (${write(low)} to ${write(high)})`;
}

/** A difference of shares with its interval, such as `18.6 points (8.8 to 27.7)`. */
function points({ value, low, high }: Interval): string {
  const [difference, from, to] = [value, low, high].map((share) => (100 * share).toFixed(1));
  return `${difference} points (${from} to ${to})`;
}

function number(estimate: Interval): string {
  return withInterval(estimate, (value) => fixed(value, 2));
}

/** Writes a number with so many digits, without a sign before zeros. */
function fixed(value: number, digits: number): string {
  return (Number(value.toFixed(digits)) + 0).toFixed(digits);
}

/** A table in Markdown, its columns as wide as their widest cell. */
function table(rows: readonly Record<string, unknown>[]): string {
  const heads = Object.keys(rows[0] ?? {});
  const cells = [heads, ...rows.map((row) => heads.map((head) => String(row[head])))];
  const widths = heads.map((_, k) => Math.max(3, ...cells.map((row) => row[k]!.length)));
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, k) => cell.padEnd(widths[k]!)).join(" | ")} |`;
  const [head, ...body] = cells.map(line);
  return [head, `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`, ...body].join("\n");
}
