/**
 * The labels of the sample: the persons, their albums and photographs, and their labels of age and gender.
 *
 * Shares and shapes are those of Adience's five fold files, counted over its 19,370 distinct faces.
 */
import { greatest, range, sum } from "d3";
import type { Gender } from "@/dataset/photo.ts";
import { createRandom, type Random, shuffle } from "@/base/random.ts";
import { bell, between, chance, pick, pickWeighted } from "@/sample/dice.ts";
import { clamp, follow } from "@/sample/draw/curves.ts";
import { ageGroup, ageSpan } from "@/dataset/age_group.ts";
import counts from "@/sample/plan/labels.json" with { type: "json" };

/** One labelled face: a row of a fold file. */
export interface Face {
  fold: number;
  /** Owner of the album, such as `30601258@N03`. */
  album: string;
  /** File name of the photograph, which may show several people. */
  image: string;
  /** Number of the subject, from 1, over all folds. */
  subject: number;
  /** Age and gender as written; `None` and an empty text say nothing. */
  age: string;
  gender: Gender | "";
  /** Place of the face in the photograph, in pixels. */
  box: { x: number; y: number; dx: number; dy: number };
  /** Degrees, in steps of 5 and of 15. */
  tilt: number;
  yaw: number;
  score: number;
}

type Subject = Pick<Face, "age" | "gender"> & { photos: number };

export interface SampleSize {
  photos: number;
  subjects: number;
  albums: number;
}

type LabelCount = [age: string, f: number, m: number, u: number, empty: number];

/**
 * Adience's faces with each age label, counted by gender (f, m, u, empty), in the order in which a small
 * sample gets the labels.
 */
export const LABEL_COUNTS = counts as LabelCount[];

/** Number of Adience's faces. */
const TOTAL = sum(LABEL_COUNTS, labelled);

/** The share of photos with an odd label. Adience has 6.7%, most of them single years of few people. */
const ODD_SHARE = 0.02;

/** Photos per person in Adience, by rank: half of the people have at most two, one has 417. */
const PHOTOS_BY_RANK = [
  ...[[0, 1], [0.35, 1], [0.5, 2], [0.6, 3], [0.7, 5], [0.8, 8], [0.9, 17]] as const,
  ...[[0.95, 33], [0.98, 71], [1, 417]] as const,
];

/** The largest share of all photos that one person may have. */
const LARGEST_SHARE = 0.04;

/**
 * Draws all labelled faces of a sample, fold by fold, album by album.
 *
 * @throws {RangeError} if the sizes leave no room for five folds or for every kind of defect
 */
export function planFaces(size: SampleSize, seed: number): Face[] {
  checkSize(size);
  const subjects = planSubjects(size);
  const albums = planAlbums(subjects, size.albums, createRandom(seed, "albums"));
  const random = createRandom(seed, "faces");
  let number = 0;
  return albums.flatMap(({ fold, members }) =>
    planAlbum(fold, members.map((subject) => ({ ...subject, number: ++number })), random)
  );
}

/** The smallest number of photos that has room for every kind of defect. */
const FEWEST_PHOTOS = 50;

function checkSize({ photos, subjects, albums }: SampleSize): void {
  if (albums >= 5 && subjects >= albums && photos >= Math.max(FEWEST_PHOTOS, 2 * subjects)) return;
  throw new RangeError(
    `Cannot make a sample of ${photos} photos of ${subjects} subjects in ${albums} albums: it needs ` +
      `5 albums, a subject an album, 2 photos a subject, and ${FEWEST_PHOTOS} photos in all, or more`,
  );
}

function planSubjects({ photos, subjects }: SampleSize): Subject[] {
  const counts = photosPerSubject(photos, subjects);
  const ages = agesFor(counts, photos);
  const genders = gendersFor(ages, counts);
  return counts.map((count, i) => ({ photos: count, age: ages[i]!, gender: genders[i]! }));
}

/**
 * Computes how many photos each person has, in ascending order: Adience's distribution, raised to the
 * power that gives the requested total.
 */
export function photosPerSubject(photos: number, subjects: number): number[] {
  const most = Math.max(1, Math.floor(photos * LARGEST_SHARE));
  const shape = range(subjects).map((i) => follow(PHOTOS_BY_RANK, (i + 0.5) / subjects));
  const raised = (power: number) =>
    shape.map((count) => clamp(Math.round(count ** power), 1, most));
  const steps = range(300).map((i) => raised(i / 100));
  const counts = steps.findLast((step) => sum(step) <= photos) ?? steps[0]!;
  return fillUp(counts, photos - sum(counts), most);
}

/** Adds the missing photos one at a time, to the persons with most photos below the limit. */
function fillUp(counts: number[], missing: number, most: number): number[] {
  const filled = [...counts];
  for (let i = filled.length - 1, left = missing; left > 0; i = i ? i - 1 : filled.length - 1) {
    if (filled[i]! >= most && filled.some((count) => count < most)) continue;
    filled[i]!++;
    left--;
  }
  return filled;
}

/**
 * Chooses an age label for each person. Every label that fits gets one of the people with fewest photos;
 * the others, largest first, get the label that lacks most photos.
 */
function agesFor(counts: readonly number[], photos: number): string[] {
  const lacking = new Map(LABEL_COUNTS.map((row) => [row[0], shareOf(row) * photos]));
  const firsts = LABEL_COUNTS.slice(0, Math.floor(counts.length * 0.6)).map(([age]) => age);
  const small = firsts.reverse().map((age, i) => take(lacking, counts[i]!, age));
  const large = counts.slice(firsts.length).toReversed().map((count) => take(lacking, count));
  return [...small, ...large.reverse()];
}

/** Subtracts from a need, the greatest unless told, and returns its key. */
function take<K>(
  needs: Map<K, number>,
  count: number,
  key = greatest(needs, ([, need]) => need)![0],
): K {
  needs.set(key, needs.get(key)! - count);
  return key;
}

/** Computes the share of photos with a label: Adience's shares of the age groups, but fewer odd labels. */
function shareOf(row: LabelCount): number {
  const own = LABEL_COUNTS.filter(([age]) => ageGroup(age) === ageGroup(row[0]));
  const odd = ODD_SHARE / (sum(LABEL_COUNTS.filter(isOdd), labelled) / TOTAL);
  const common = (sum(own, labelled) - odd * sum(own.filter(isOdd), labelled)) /
    sum(own.filter((label) => !isOdd(label)), labelled);
  return labelled(row) / TOTAL * (isOdd(row) ? odd : common);
}

/** Tells whether a label is neither one of Adience's eight nor `None`, which stand first in the list. */
export function isOdd(row: LabelCount): boolean {
  return LABEL_COUNTS.indexOf(row) > 8;
}

function labelled([, ...byGender]: LabelCount): number {
  return sum(byGender);
}

/** Chooses a gender for each person: within each age label, largest first, the gender that lacks most photos. */
function gendersFor(ages: readonly string[], counts: readonly number[]): (Gender | "")[] {
  const needs = new Map(LABEL_COUNTS.map((row) => [row[0], genderNeeds(row, ages, counts)]));
  const largestFirst = range(counts.length).reverse();
  return largestFirst.map((i) => take(needs.get(ages[i]!)!, counts[i]!)).reverse();
}

/** Computes how many photos of an age label each gender should have. */
function genderNeeds(row: LabelCount, ages: readonly string[], counts: readonly number[]) {
  const [age, f, m, u, empty] = row;
  const share = sum(counts, (count, i) => ages[i] === age ? count : 0) / (f + m + u + empty);
  const needs: [Gender | "", number][] = [["f", f], ["m", m], ["u", u], ["", empty]];
  return new Map(needs.map(([gender, count]) => [gender, count * share]));
}

/** Puts the people in albums, some large and some small, and the albums in folds of like size. */
function planAlbums(subjects: Subject[], count: number, random: Random) {
  const sizes = Array.from({ length: count }, () => Math.exp(bell(random)));
  const members: Subject[][] = sizes.map(() => []);
  shuffle(subjects, random).forEach((subject, i) => {
    const album = i < count ? i : pickWeighted(random, sizes.map((_, k) => k), (k) => sizes[k]!);
    members[album]!.push(subject);
  });
  const folds = [0, 0, 0, 0, 0];
  const photosOf = (subjects: Subject[]) => sum(subjects, ({ photos }) => photos);
  const largestFirst = members.toSorted((a, b) => photosOf(b) - photosOf(a));
  const albums = largestFirst.map((album) => {
    const fold = folds.indexOf(Math.min(...folds));
    folds[fold]! += photosOf(album);
    return { fold, members: album };
  });
  return shuffle(albums, random).toSorted((a, b) => a.fold - b.fold);
}

/** Draws the faces of one album; three in ten join another person's photograph. */
function planAlbum(fold: number, members: (Subject & { number: number })[], random: Random) {
  const album = `${Math.round(between(random, 7e6, 129e6))}@N0${Math.floor(random() * 9)}`;
  const inImage = new Map<string, Set<number>>();
  const faces = members.flatMap((subject) => Array.from({ length: subject.photos }, () => subject));
  return shuffle(faces, random).map(({ number: subject, age, gender }) => {
    const shared = [...inImage].filter(([, people]) => people.size < 4 && !people.has(subject));
    const isJoint = shared.length && chance(random, 0.3);
    const image = isJoint ? pick(random, shared)[0] : imageName(random);
    inImage.set(image, (inImage.get(image) ?? new Set()).add(subject));
    return { fold, album, image, subject, age, gender, ...planDetection(random) };
  });
}

/** Draws a file name in Flickr's style, such as `10399646885_67c7d20df9_o.jpg`. */
export function imageName(random: Random): string {
  const secret = Array.from({ length: 10 }, () => Math.floor(random() * 16).toString(16)).join("");
  return `${Math.round(between(random, 7e9, 12.5e9))}_${secret}_o.jpg`;
}

/** Angles as Adience's face detector gives them, with their frequencies. */
const TILTS = [
  ...[[0, 28], [-5, 20], [5, 19], [-10, 14], [10, 12], [-15, 7], [15, 6]] as const,
  ...[[-90, 13], [-95, 10]] as const,
];
const YAWS = [[0, 70], [30, 12], [15, 6], [-15, 4], [-30, 3], [45, 2.5], [-45, 2.5]] as const;

function planDetection(random: Random) {
  const dx = Math.round(clamp(517 * Math.exp(0.65 * bell(random)), 100, 2600));
  const dy = dx + Math.floor(random() * 3) - 1;
  const [x, y] = [random() * 2400, random() * 1800].map(Math.round) as [number, number];
  return {
    box: { x, y, dx, dy },
    tilt: pickWeighted(random, TILTS, ([, weight]) => weight)[0],
    yaw: pickWeighted(random, YAWS, ([, weight]) => weight)[0],
    score: Math.round(clamp(74 + 32 * bell(random), 5, 190)),
  };
}

/**
 * Draws the age in years, with a fraction, for a label: uniformly within its span, for `(60, 100)` more
 * often the younger years; for a label without an age, between 1 and 80.
 */
export function yearsFor(age: string, random: Random): number {
  const { from, to } = ageSpan(age) ?? { from: 1, to: 79 };
  const share = to > 90 ? random() ** 1.7 : random();
  return from + share * (to + 1 - from);
}

const HEADING = [
  ...["user_id", "original_image", "face_id", "age", "gender", "x", "y", "dx", "dy"],
  ...["tilt_ang", "fiducial_yaw_angle", "fiducial_score"],
];

/** Writes faces as the text of a fold file: tab-separated, as Adience's. */
export function foldText(faces: readonly Face[]): string {
  const rows = faces.map((
    { album, image, subject, age, gender, box, tilt, yaw, score },
  ) => [album, image, subject, age, gender, box.x, box.y, box.dx, box.dy, tilt, yaw, score]);
  return [HEADING, ...rows].map((row) => row.join("\t") + "\n").join("");
}

/** Returns the path of a face's photo inside the sample, as Adience names it. */
export function facePath({ album, image, subject }: Face): string {
  return `faces/${album}/coarse_tilt_aligned_face.${subject}.${image}`;
}
