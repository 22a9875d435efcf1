/**
 * The numbers of the documents beside the tables that they come from. A claim is a piece of a document whose numbers are
 * written from a table; of the README, every measured number has to stand in a claim.
 */
import { deepEqual, equal } from "node:assert/strict";
import { join } from "node:path";
import { csvParse, extent, median } from "d3";
import { unguarded } from "@/base/csv.ts";
import { ROOT } from "@/base/project.ts";
import { percent } from "@/base/text.ts";
import { AGE_GROUPS, ageGroup } from "@/dataset/age_group.ts";
import { sumByGroup } from "@/metrics/answer.ts";
import type { Interval } from "@/metrics/interval.ts";
import { accuracy, balancedAccuracy, predictedGroup } from "@/metrics/metrics.ts";
import { unpackYears } from "@/metrics/own_groups.ts";
import { cardPage } from "@/model/card_page.ts";
import type { ModelCard } from "@/model/model_card.ts";

const read = (path: string) => Deno.readTextFileSync(join(ROOT, path));

/** A document without line breaks, links, and the widths of columns. */
const plain = (text: string) => (
  text.replaceAll(/\]\([^)]+\)/g, "]").replaceAll(/<[^>]+>/g, "").replaceAll(/[\s>]+/g, " ")
);

const table = (path: string) => csvParse(read(`figures/${path}`));

/** The row of a table in which a column has a value. */
function rowOf(path: string, column: string, value: string): Record<string, string> {
  const found = table(path).find((row) => row[column] === value);
  if (!found) throw new Error(`${path} has no row with ${value} as ${column}`);
  return found;
}

const toInterval = ({ value, low, high }: Record<string, unknown>): Interval => (
  { value: Number(value), low: Number(low), high: Number(high) }
);

const card = (name: string) => JSON.parse(read(`data/models/${name}/model_card.json`)) as ModelCard;
const SCRATCH = card("age-groups-2"), PUBLISHED = card("age-groups-published-2");

const partOf = ({ results }: ModelCard, part: string) => (
  results.find((results) => results.part === part)!
);

/** A share with its interval, such as `78.4% (76.2 to 80.4)`. */
const share = ({ value, low, high }: Interval) => (
  `${percent(value)} (${percent(low).slice(0, -1)} to ${percent(high).slice(0, -1)})`
);
const number = ({ value, low, high }: Interval) => (
  `${value.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)})`
);

const measureOf = (card: ModelCard, part: string, measure: string) => (
  partOf(card, part).measures.find((row) => row.measure === measure)!
);

/** The row of a network that ships, in the tables of docs/results/networks.md. */
function networkRow(card: ModelCard, part: string, words: string): string {
  const shares = ["accuracy", "balanced accuracy", "one-off accuracy"].map((measure) => (
    share(measureOf(card, part, measure))
  ));
  const recalls = partOf(card, part).groups.map(({ recall }) => percent(recall!.value));
  const years = number(measureOf(card, part, "mean absolute error, years"));
  return `| ${[words, ...shares, ...recalls, years].join(" | ")} |`;
}

/** The end of a row of model IV, in the first table of docs/results/study.md. */
function studyRow(folder: string): string {
  const rows = table(`utkface/${folder}/measures.csv`);
  return `| ${rows.map((row) => share(toInterval(row))).join(" | ")} |`;
}

/** The recalls of model IV, in the second table of docs/results/study.md. */
function recallRow(folder: string, words: string): string {
  const rows = table(`utkface/${folder}/report.csv`).slice(0, 5);
  return `| ${[words, ...rows.map(({ recall }) => percent(Number(recall)))].join(" | ")} |`;
}

const SPEEDS: Readonly<Record<string, string>> = {
  "training IV, 256 px": "training model IV, 256 pixels",
  "training IV, 96 px": "training model IV, 96 pixels",
  "training XVIII, 96 px": "training XVIII (batch normalisation), 96 pixels",
  "predicting IV, 96 px": "predicting with IV, 96 pixels",
  "predicting one by one, IV, 96 px": "one photo at a time, Keras's `predict()`",
  "the same, Keras compiled": "one photo at a time, Keras compiled",
  "file to square, one by one": "JPEG file to square of 256 pixels, one by one",
  "files to a file of squares, all cores": "1,165 files to squares, Pillow on all cores",
};

/** A row of the first table of docs/speed.md. */
function speedRow(contest: string): string {
  const row = rowOf("speed.csv", "contest", contest);
  const count = (value?: string) => Math.round(Number(value)).toLocaleString("en");
  const [ratio, low, high] = [row.ratio, row.ratio_least, row.ratio_most].map(Number);
  return `| ${
    [
      SPEEDS[contest],
      ...[row.ours, row.peer].map(count),
      number({ value: ratio!, low: low!, high: high! }),
      ...[row.ours_bytes, row.peer_bytes].map((bytes) => count(String(Number(bytes) / 1e6))),
    ].join(" | ")
  } |`;
}

/** How fast all models train beside Keras, and IV beside itself at two sides. */
function speedWords(): string[] {
  const ratios = table("speed_zoo.csv").map(({ ratio }) => Number(ratio));
  const [least, most] = extent(ratios) as [number, number];
  const between = `${least.toFixed(1)} to ${most.toFixed(1)} times as fast`;
  return [
    `${
      ratioOf("training IV, 256 px")
    } times as fast as with Keras; all ${ratios.length} models train ${between}`,
    `${between} as with Keras, ${median(ratios)!.toFixed(1)} times in the median`,
    `Model IV at 96 pixels trains ${
      ratioOf("training IV, 96 px")
    } times as fast as with Keras on A`,
  ];
}

/** A row of the kinds of photo in docs/results/networks.md. */
function kindRow(row: Record<string, string>): string {
  const [exact, balanced] = ["accuracy", "balancedAccuracy"].map((measure) =>
    share(toInterval({
      ...{ value: row[measure], low: row[`${measure} low`], high: row[`${measure} high`] },
    }))
  );
  return `| ${[row.by, row.values, row.photos, exact, balanced].join(" | ")} |`;
}

/** A row of the folds in docs/results/folds.md. */
function foldRow(measure: string): string {
  const cells = ["folds_better", "folds_iv"].map((folder) => {
    const row = rowOf(`utkface/${folder}/folds.csv`, "measure", measure);
    const interval = toInterval({ ...row, value: row.pooled });
    return `${share(interval)} | ${percent(Number(row["sd over folds"]))}`;
  });
  return `| ${[measure, ...cells].join(" | ")} |`;
}

/** A row of docs/results/ablation.md. */
function ablationRow(row: Record<string, string>): string {
  const shares = [row.balancedAccuracy, row.oneOffAccuracy].map((share) => percent(Number(share)));
  const [value, low, high] = [row.difference, row.low, row.high].map((points) => (
    (100 * Number(points)).toFixed(1)
  ));
  const points = row.difference ? `${value} (${low} to ${high})` : "";
  return `| ${[unguarded(row.change!), ...shares, points].join(" | ").trim()} |`;
}

/** A row of docs/results/labels.md, of labels or of networks together. */
function labelsRow({ labels, networks, photos, ...row }: Record<string, string>): string {
  const above = (measure: string, times: number, digits: number) => {
    const [value, low, high] = ["above", "low", "high"].map((end) => (
      (times * Number(row[`${measure}_${end}`])).toFixed(digits)
    ));
    return `${value} (${low} to ${high})`;
  };
  const cells = [
    labels ?? networks,
    ...photos ? [Number(photos).toLocaleString("en")] : [],
    Number(row.years_off).toFixed(2),
    above("years_off", 1, 2),
    percent(Number(row.balanced)),
    above("balanced", 100, 1),
  ];
  return `| ${cells.join(" | ")} |`;
}

/** A row of the search in docs/results/study.md, up to its end. */
function searchRow(id: string): string {
  const { low, high, valAccuracy } = rowOf("utkface/search/leaderboard.csv", "id", id);
  return share(toInterval({ value: valAccuracy, low, high }));
}

/** The programs whose ages are compared, with their names in the README. */
const PROGRAMS: Readonly<Record<string, string>> = {
  "age-groups-published-2": "`age-groups-published-2` (`predict`)",
  "age-groups-2": "`age-groups-2` (the page)",
  "human, as called": "`@vladmandic/human` 3.3.6, as called",
  "human, at its best": "its network at its best",
  "face-api, as called": "face-api 1.7.15, as called",
  "face-api, at its best": "its network at its best",
};

/** A row of the table of ages beside other libraries. */
const agesOf = (program: string, kind = "as they are") => {
  const rows = table("utkface/ages/ages.csv");
  return rows.find((row) => row.program === program && row.kind === kind)!;
};

function agesRow(words: string, program: string): string {
  const row = agesOf(program);
  const balanced = { value: row.balanced, low: row.balanced_low, high: row.balanced_high };
  return `| ${words} | ${share(toInterval(balanced))} | ${percent(Number(row.children))} | ${
    Number(row.years_off).toFixed(1)
  } |`;
}

/** The rows of the same in docs/results/networks.md: balanced accuracy by kind; years off, and answered. */
function harmedRows(program: string): string[] {
  const kinds = [...new Set(table("utkface/ages/ages.csv").map(({ kind }) => kind!))];
  const rows = kinds.map((kind) => agesOf(program, kind));
  return [
    rows.map(({ balanced }) => percent(Number(balanced))),
    rows.map(({ years_off, answered }) => (
      `${Number(years_off).toFixed(1)} (${percent(Number(answered))})`
    )),
  ].map((cells) => `| ${[program, ...cells].join(" | ")} |`);
}

/** How accurate a card's most certain answers are, and how often its sets hold the truth. */
function certainWords(card: ModelCard): string[] {
  const { abstention, sets, subgroups } = partOf(card, "test");
  const held = (name: string) => (
    share(subgroups.find(({ subgroup }) => subgroup === name)!.setCoverage!)
  );
  return [
    ...abstention!.answered.map(({ coverage, accuracy }) => (
      `| ${percent(coverage)} | ${share(accuracy)} |`
    )),
    `for ${share(sets!.coverage).replace(" (", " of all photos (")}`,
    `for ${percent(sets!.byGroup.at(-1)!.coverage!.value)} of 60+`,
    `${held("Asian")} of the photos labelled Asian, ${held("Black")} Black and ${
      held("White")
    } White`,
    `only ${held("60-69")} of the 111 people`,
  ];
}

/** How often sets of groups and ranges of years hold the truth. */
function promiseWords(card: ModelCard): string {
  const { sets, years } = partOf(card, "test");
  const shares = [sets!.coverage.value, years!.coverage.value].map(percent);
  return `sets, of ${sets!.size.toFixed(2)} groups on average, hold the true group for ${
    shares[0]
  } of the photos (promised: 90%), and ranges, ${
    years!.width.toFixed(0)
  } years wide, the true age for ${shares[1]} (promised: 80%)`;
}

/** How many children just below seven are put into the first group. */
function childWords(card: ModelCard): string {
  const children = partOf(card, "test").children!.filter(({ age }) => age >= 4 && age <= 6);
  const list = (words: readonly (string | number)[]) => (
    `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`
  );
  const recalls = children.map(({ recall }) => percent(recall.value));
  return `of the ${list(children.map(({ photos }) => photos))} in UTKFace's test part, ${
    list(recalls)
  }`;
}

/** The test photos of a network that ships: years to the next border of groups, and both groups. */
function answersNearBorders({ name, answer }: ModelCard) {
  const path = join(ROOT, "data", "models", name, "test_years.bin");
  const { ages, rows } = unpackYears(Deno.readFileSync(path));
  const borders = AGE_GROUPS.slice(1).map(({ from }) => from);
  return ages.map((age, k) => {
    const weighed = sumByGroup(rows[k]!).map((share, group) => share * answer.groupWeights[group]!);
    const years = Math.min(...borders.map((from) => age < from ? from - age : age - from + 1));
    return { years, truth: ageGroup(String(age))!, predicted: predictedGroup(weighed) };
  });
}

/** Where the wrong answers of a network that ships lie. */
function borderWords(card: ModelCard): string[] {
  const photos = answersNearBorders(card);
  const wrong = photos.filter(({ truth, predicted }) => truth !== predicted);
  const near = (some: typeof photos) => (
    percent(some.filter(({ years }) => years <= 3).length / some.length)
  );
  const score = (measure: typeof accuracy, isAt: (years: number) => boolean) => {
    const some = photos.filter(({ years }) => isAt(years));
    return measure(some.map(({ truth }) => truth), some.map(({ predicted }) => predicted));
  };
  const wrongAt = (isAt: (years: number) => boolean) => percent(1 - score(accuracy, isAt));
  const far = percent(score(balancedAccuracy, (years) => years > 5));
  return [
    `${near(photos)} of all photos, but ${near(wrong)} of the ${wrong.length} wrong answers`,
    `${wrongAt((years) => years === 1)} of the answers are wrong`,
    `8 years and more from a border, ${wrongAt((years) => years >= 8)}`,
    `balanced accuracy is ${far}`,
  ];
}

const ratioOf = (contest: string) =>
  Number(rowOf("speed.csv", "contest", contest).ratio).toFixed(2);

/** What stands in a document, or in a notebook's output, found again by its words. */
function quote(path: string, words: RegExp): string {
  const found = plain(read(path)).match(words);
  if (!found) throw new Error(`${path} does not say ${words}`);
  return found[1]!;
}

const gap = (card: ModelCard, by: string) => (
  (100 * partOf(card, "test").gaps.find((row) => row.by === by)!.value).toFixed(1)
);

const ACCURACY_IV = ["original", "subject"].map((folder) => (
  percent(Number(rowOf(`utkface/${folder}/measures.csv`, "measure", "accuracy").value))
));
const BALANCED_IV = share(toInterval(
  rowOf("utkface/subject/measures.csv", "measure", "balanced accuracy"),
));

const SPEED = "docs/speed.md", STUDY = "docs/results/study.md";
const onC = quote(SPEED, /\| training \| Keras \| 2,723 \| 1,567 \| (\d\.\d\d)/);
const pyTorch = quote(SPEED, /rounds: (\d\.\d\d) times as fast as with PyTorch 2\.15/);
const leaks = [1, 2].map((seed) => quote(STUDY, RegExp(`(\\d\\d\\.\\d%) \\(seed ${seed}\\)`)));
const drawn = ["the original's split", "by person"].map((split) => (
  quote("notebooks/05_model_iv.ipynb", RegExp(`"accuracy +${split} +(\\d\\d\\.\\d%)`))
));
const warned = quote("docs/results/folds.md", /\| any warning \| 422 \| [^|]+ \| (\d\d\.\d%)/);
const unwarned = quote("docs/results/folds.md", /\| no warning \| 20,737 \| [^|]+ \| (\d\d\.\d%)/);
const NETWORKS = "docs/results/networks.md";
const familyYears = Number(quote(NETWORKS, /\| `age-groups-published-1` \| 67\.4% \| (\d\.\d+)/));
const pace = quote("docs/faces.md", /photos a second \| ([^|]+ \|[^|]+ \|[^|]+ \|[^|]+) \|/)
  .split(" | ").filter((_, k) => k !== 1); // without predict --quick
const familyRange = PUBLISHED.otherPhotos!.results["ranges for 8 in 10 hold the truth"]!;
const family = quote(NETWORKS, /(\d+%, \d+% and \d+%) are put into 0-6/);
const rounding = quote(STUDY, /scored 65\.6%, 65\.8%, 66\.7% and (69\.2%)/);

/** Pieces of documents, written from the tables. */
const CLAIMS: Readonly<Record<string, readonly string[]>> = {
  "README.md": [
    `On ${partOf(SCRATCH, "test").photos.toLocaleString("en")} photos of UTKFace`,
    ...Object.entries(PROGRAMS).map(([program, words]) => agesRow(words, program)),
    `\`predict\` answers ${pace[0]} photos a second in two processes; a program with human ${
      pace[1]
    }, one with face-api ${pace[2]}`,
    `model IV trains ${ratioOf("training IV, 256 px")} times as fast as with Keras`,
    `at 96 pixels ${ratioOf("training IV, 96 px")} times on A, and ${onC} times on C`,
    `\`better\` trains ${pyTorch} times as fast as with PyTorch in float32 at 96 pixels on D`,
    `${leaks[0]} and ${leaks[1]} of Adience's test faces (two seeds)`,
    `raises accuracy from ${drawn[1]}, no better than the majority class, to ${drawn[0]}`,
    `the original's split gives ${ACCURACY_IV[0]}, and one that keeps near-duplicates together ${
      ACCURACY_IV[1]
    }`,
    `has ${BALANCED_IV.replace(" (", " balanced accuracy on UTKFace (")}`,
    "On [1,002 family photos with true ages]",
    `was ${familyYears.toFixed(1)} years off`,
    `of children of four, five and six, ${family} were`,
    `held the true age of ${familyRange}`,
    `by up to ${gap(PUBLISHED, "ethnicity")} and ${gap(SCRATCH, "ethnicity")} points`,
    `a briefly trained network had ${warned}, on others ${unwarned}`,
    `moved model IV by ${(Number.parseFloat(rounding) - 65.6).toFixed(1)}`,
  ],
  [NETWORKS]: [
    networkRow(SCRATCH, "validation", "validation, before the refit"),
    networkRow(SCRATCH, "test", "**test, as it ships**"),
    networkRow(PUBLISHED, "validation", "validation, before the refit"),
    networkRow(PUBLISHED, "test", "**test, as it ships**"),
    ...[SCRATCH, PUBLISHED].map((card) => (
      `${
        share(measureOf(card, "test", "balanced accuracy")).replace("% (", "% balanced accuracy (")
      }`
    )).slice(0, 1),
    `${gap(PUBLISHED, "ethnicity")} points (1.8 to 18.6)`,
    promiseWords(PUBLISHED),
    childWords(PUBLISHED),
    ...Object.keys(PROGRAMS).flatMap(harmedRows),
    ...table("utkface/age_groups_2/kinds.csv")
      .filter(({ by }) => ["sharpness", "brightness"].includes(by!)).map(kindRow),
    ...certainWords(SCRATCH),
    ...borderWords(SCRATCH),
  ],
  [STUDY]: [
    ...["original", "subject", "96_original", "96_Ia"].map(studyRow),
    recallRow("original", "256 | original"),
    recallRow("subject", "256 | subject"),
    recallRow("96_original", "96 | original"),
    ...["Ia", "IV-unweighted", "I", "XIX", "VIII", "IV"].map(searchRow),
  ],
  "docs/results/ablation.md": table("utkface/ablation/ablation.csv").map(ablationRow),
  "docs/results/labels.md": ["labels", "together"].flatMap((name) => (
    table(`utkface/labels/${name}.csv`).map(labelsRow)
  )),
  "docs/results/folds.md": table("utkface/folds_iv/folds.csv").map(({ measure }) =>
    foldRow(measure!)
  ),
  [SPEED]: [...Object.keys(SPEEDS).map(speedRow), ...speedWords()],
};

/** Numbers of the README that no table has, with what they are. */
const OTHERS: Readonly<Record<string, string>> = {
  "3.10": "a version of Python",
  "20.9": "a version of Node.js",
  "3.13": "a version of Python",
  "2.0": "the licence Apache-2.0",
  "95%": "the level of the intervals",
  "0%": "persons on two sides of a split by person, by its making",
  "0.26": "gigabytes fetched, by the network's counter",
  "0.4": "the same, of all npm packages",
  "0.65": "gigabytes on the disk, by du",
  "1.3": "the same, of all npm packages",
};

for (const [path, claims] of Object.entries(CLAIMS)) {
  Deno.test(`${path} has the numbers of the tables that it names`, () => {
    const text = plain(read(path));
    deepEqual(claims.filter((claim) => !text.includes(claim)), []);
  });
}

Deno.test("every measured number of the README stands in a claim", () => {
  const told = CLAIMS["README.md"]!.reduce(
    (text, claim) => text.replaceAll(claim, " "),
    plain(read("README.md").replaceAll(/^ {4}.+$/gm, "")),
  );
  const numbers = told.match(/\d+\.\d+%?|\d+%|\d,\d{3}/g) ?? [];
  deepEqual(numbers.filter((number) => !(number in OTHERS)), []);
});

for (const one of [SCRATCH, PUBLISHED]) {
  Deno.test(`the card of ${one.name} is written from its record`, () => {
    equal(read(`data/models/${one.name}/README.md`), cardPage(one));
  });
}

Deno.test("the card of age-groups-2 has the measures of its table", () => {
  for (const row of table("utkface/age_groups_2/measures.csv")) {
    const { measure, ...estimate } = measureOf(SCRATCH, "test", row.measure!);
    deepEqual({ measure, ...toInterval(estimate) }, { measure: row.measure, ...toInterval(row) });
  }
});
