import { deepEqual, equal, notDeepEqual, throws } from "node:assert/strict";
import type { AgeGroup } from "@/dataset/age_group.ts";
import { connectedPhotos, type Splittable } from "@/study/photo_sets.ts";
import { cutEvenly, PARTS, split } from "@/study/split.ts";
import { groupsByPart, sharedSubjects, twoSides } from "@/study/two_sides.ts";

/** A number of photos of one group, of nobody known unless said otherwise. */
function photosOf(group: AgeGroup | null, count: number, of: Partial<Splittable> = {}) {
  const name = `${group} ${of.album ?? ""} ${of.subject ?? ""}`;
  const one = (number: number) => ({ photo: `${name} ${number}.jpg`, subject: null, album: null });
  return Array.from({ length: count }, (_, number) => ({ ...one(number), group, ...of }));
}

/** Twelve albums of persons with three photos each, of the groups 0 and 2 in turn. */
function families(): Splittable[] {
  return Array.from({ length: 36 }, (_, person) => {
    const of = { subject: `person ${person}`, album: `album ${Math.floor(person / 3)}` };
    return photosOf(person % 2 === 0 ? 0 : 2, 3, of);
  }).flat();
}

/** The numbers of photos in training, validation and test. */
function sizes(photos: { part: string }[]): number[] {
  return PARTS.map((name) => photos.filter(({ part }) => part === name).length);
}

function partsOf<P extends Splittable & { part: string }>(photos: P[], key: (photo: P) => unknown) {
  const groups = Map.groupBy(photos, key);
  return [...groups.values()].map((list) => new Set(list.map(({ part }) => part)).size);
}

const original = { kind: "original", seed: 7 } as const;
const photo = { kind: "photo", seed: 7 } as const;
const subject = { kind: "subject", seed: 7 } as const;

Deno.test("split() by photo keeps every group's share", () => {
  const photos = [...photosOf(0, 50), ...photosOf(2, 100), ...photosOf(4, 10)];
  const parts = split(photos, photo);
  deepEqual(sizes(parts), [96, 32, 32]);
  deepEqual(sizes(parts.filter(({ group }) => group === 0)), [30, 10, 10]);
  deepEqual(sizes(parts.filter(({ group }) => group === 2)), [60, 20, 20]);
  deepEqual(sizes(parts.filter(({ group }) => group === 4)), [6, 2, 2]);
});

Deno.test("split() by photo takes other shares", () => {
  deepEqual(sizes(split(photosOf(1, 20), { ...photo, shares: { train: 0.5, validation: 0.1 } })), [
    10,
    2,
    8,
  ]);
});

Deno.test("split() by photo fits the parts' totals where groups do not divide", () => {
  const photos = ([0, 1, 2, 3, 4] as const).flatMap((group) => photosOf(group, 7));
  deepEqual(sizes(split(photos, photo)), [21, 7, 7]);
});

Deno.test("split() by photo places groups of one and two photos", () => {
  const photos = [...photosOf(0, 1), ...photosOf(1, 2), ...photosOf(2, 7)];
  const parts = split(photos, photo);
  deepEqual(sizes(parts), [6, 2, 2]);
  deepEqual(sizes(parts.filter(({ group }) => group === 0)), [1, 0, 0]);
});

Deno.test("split() by photo puts one person on several sides, as the original does", () => {
  const parts = split(photosOf(2, 50, { subject: "anna" }), photo);
  deepEqual(sizes(parts), [30, 10, 10]);
});

for (const options of [original, photo, subject]) {
  Deno.test(`split() by ${options.kind} gives the same parts for the same seed`, () => {
    deepEqual(split(families(), options), split(families(), options));
  });

  Deno.test(`split() by ${options.kind} gives other parts for another seed`, () => {
    notDeepEqual(split(families(), options), split(families(), { ...options, seed: 8 }));
  });

  Deno.test(`split() by ${options.kind} gives the same parts in whatever order photos come`, () => {
    const backwards = split(families().reverse(), options).reverse();
    deepEqual(backwards, split(families(), options));
  });

  Deno.test(`split() by ${options.kind} keeps the photos' order and fields`, () => {
    const photos = families().map((photo, number) => ({ ...photo, number }));
    const bare = split(photos, options).map(({ part: _, ...photo }) => photo);
    deepEqual(bare, photos);
  });

  Deno.test(`split() by ${options.kind} refuses too few photos for three parts`, () => {
    throws(() => split([], options), RangeError);
    throws(() => split(photosOf(2, 2), options), RangeError);
  });
}

Deno.test("split() by photo is the original's where no two photos are alike", () => {
  deepEqual(split(families(), photo), split(families(), original));
});

Deno.test("split() by photo keeps near-duplicates in one part, the original does not", () => {
  const photos = [...photosOf(0, 60), ...photosOf(2, 60)];
  const nearDuplicates = Array.from(
    { length: 40 },
    (_, k) => [photos[k]!.photo, photos[60 + k]!.photo, photos[59 - (k % 20)]!.photo],
  );
  for (const seed of [1, 2, 3]) {
    const apart = split(photos, { ...photo, seed, nearDuplicates });
    deepEqual(twoSides(apart, nearDuplicates)[0], {
      "on two sides": "groups of near-duplicates",
      of: 40,
      "training and validation": 0,
      "training and test": 0,
      "validation and test": 0,
    });
    const leaking = split(photos, { ...original, seed, nearDuplicates });
    equal(twoSides(leaking, nearDuplicates)[0]!["training and test"] > 0, true);
  }
});

Deno.test("split() by photo keeps the groups' shares around the photos that are alike", () => {
  const photos = [...photosOf(0, 50), ...photosOf(2, 100)];
  const nearDuplicates = Array.from(
    { length: 15 },
    (_, k) => [photos[3 * k]!.photo, photos[3 * k + 1]!.photo],
  );
  const parts = split(photos, { ...photo, nearDuplicates });
  deepEqual(sizes(parts.filter(({ group }) => group === 0)), [30, 10, 10]);
  deepEqual(sizes(parts.filter(({ group }) => group === 2)), [60, 20, 20]);
});

Deno.test("split() by photo and by subject keeps copies by name in one part", () => {
  const nobody = { group: 2 as const, subject: null, album: null };
  const photos = Array.from({ length: 30 }, (_, k) => [
    { photo: `set/${k}_x.jpg.chip.jpg`, ...nobody },
    ...["b", "c", "d", "e", "f"].map((n) => ({ photo: `${n}/set/${k}_X.JPG`, ...nobody })),
  ]).flat();
  for (const options of [photo, subject]) {
    const parts = split(photos, options);
    const pairs = partsOf(parts, ({ photo }) => photo.match(/\d+/)![0]);
    deepEqual(new Set(pairs), new Set([1]));
  }
});

Deno.test("split() takes a name that many folders have for that of different photos", () => {
  const photos = ([0, 2, 4] as const).flatMap((group) => (
    Array.from({ length: 10 }, (_, k) => ({
      ...{ photo: `${group}${k}/face.jpg`, group, subject: null, album: null },
    }))
  ));
  for (const options of [photo, subject]) {
    const parts = Map.groupBy(split(photos, options), ({ part }) => part);
    deepEqual([...parts.values()].map((own) => new Set(own.map(({ group }) => group)).size), [
      3,
      3,
      3,
    ]);
  }
});

Deno.test("split() takes equal names of other persons, albums or ages for other photos", () => {
  const photos = (["a", "b", "c"] as const).flatMap((subject) => [
    { photo: `${subject}/1.jpg`, group: 2 as const, subject, album: null },
    { photo: `${subject}/2.jpg`, group: 2 as const, subject, album: null },
  ]);
  deepEqual(sizes(split(photos, subject)), [2, 2, 2]);
});

Deno.test("twoSides() counts persons, near-duplicates and albums in two parts", () => {
  const row = (
    photo: string,
    part: "train" | "test",
    subject: string | null,
    album: string | null,
  ) => (
    { photo, part, subject, album, group: 2 as const }
  );
  const rows = twoSides([
    row("a", "train", "anna", "1"),
    row("b", "test", "anna", "1"),
    row("c", "test", "bert", "2"),
    row("d", "train", null, "2"),
  ], [["a", "d"], ["c", "d"]]);
  deepEqual(rows.map((row) => [row.of, row["training and test"], row["validation and test"]]), [
    [2, 1, 0],
    [2, 1, 0],
    [2, 2, 0],
  ]);
});

Deno.test("split() by subject leaves no person and no album on two sides", () => {
  const parts = split(families(), subject);
  deepEqual(new Set(partsOf(parts, ({ subject }) => subject)), new Set([1]));
  deepEqual(new Set(partsOf(parts, ({ album }) => album)), new Set([1]));
});

Deno.test("split() by subject keeps the groups' shares as nearly as albums allow", () => {
  const parts = split(families(), subject);
  // 12 albums of 9 photos: 7 and 8 of them are the next to 60%, 2 and 3 the next to 20%.
  for (const [index, size] of sizes(parts).entries()) {
    const wanted = [64.8, 21.6, 21.6][index]!;
    equal(Math.abs(size - wanted) <= 9, true, `${size} photos instead of ${wanted}`);
  }
  equal(groupsByPart(parts).every(({ share }) => 0.3 < share && share < 0.7), true);
});

Deno.test("split() by subject spreads a small group, too", () => {
  const large = Array.from({ length: 60 }, (_, n) => photosOf(2, 10, { subject: `old ${n}` }));
  const small = Array.from({ length: 10 }, (_, n) => photosOf(4, 1, { subject: `young ${n}` }));
  const parts = split([...large.flat(), ...small.flat()], subject);
  deepEqual(sizes(parts.filter(({ group }) => group === 2)), [360, 120, 120]);
  deepEqual(sizes(parts.filter(({ group }) => group === 4)), [6, 2, 2]);
});

Deno.test("split() by subject splits photos of nobody known one by one", () => {
  deepEqual(sizes(split([...photosOf(0, 50), ...photosOf(3, 10)], subject)), [36, 12, 12]);
});

Deno.test("split() by subject keeps near-duplicates together, through others as well", () => {
  const photos = photosOf(2, 30);
  const names = photos.map(({ photo }) => photo);
  const chain = names.slice(1, 9).map((name, index) => [names[index]!, name] as const);
  for (const seed of [1, 2, 3, 4, 5]) {
    const parts = split(photos, { ...subject, seed, nearDuplicates: chain });
    equal(new Set(parts.slice(0, 9).map(({ part }) => part)).size, 1);
  }
});

Deno.test("split() by subject ignores near-duplicates that are not among the photos", () => {
  const photos = photosOf(2, 10);
  const nearDuplicates = [["gone.jpg", "lost.jpg"]] as const;
  deepEqual(split(photos, { ...subject, nearDuplicates }), split(photos, subject));
});

Deno.test("split() by subject places an album that is bigger than a part, and fills all parts", () => {
  const photos = [
    ...photosOf(2, 90, { album: "big" }),
    ...photosOf(2, 5, { album: "small" }),
    ...photosOf(2, 5, { album: "other" }),
  ];
  deepEqual(sizes(split(photos, subject)), [90, 5, 5]);
});

Deno.test("split() by subject leaves no part empty where three sets are there to fill them", () => {
  const photos = ["a", "b", "c"].flatMap((subject) => photosOf(1, 10, { subject }));
  deepEqual(sizes(split(photos, subject)), [10, 10, 10]);
});

Deno.test("split() by subject refuses fewer than three sets, and says how many there are", () => {
  const two = ["a", "b"].flatMap((subject) => photosOf(2, 10, { subject }));
  throws(() => split(two, subject), { name: "RangeError", message: /20 photos.* only 2 sets/ });
  throws(() => split(photosOf(2, 9, { album: "one" }), subject), /only 1 set,/);
});

Deno.test("split() refuses a photo without age group, and names it", () => {
  const photos = [...photosOf(2, 9), ...photosOf(null, 1)];
  throws(() => split(photos, photo), { name: "RangeError", message: /null {3}0\.jpg/ });
});

Deno.test("split() refuses a photo that is listed twice, and names it", () => {
  const photos = photosOf(2, 9);
  throws(() => split([...photos, photos[3]!], photo), /2 {3}3\.jpg: it is listed twice/);
});

Deno.test("split() refuses shares that leave a part without any", () => {
  const shares = [[0, 0.2], [0.6, 0], [0.8, 0.2], [1.2, 0.1], [-0.1, 0.5], [NaN, 0.2]] as const;
  for (const [train, validation] of shares) {
    throws(() => split(photosOf(2, 9), { ...photo, shares: { train, validation } }), RangeError);
  }
});

Deno.test("split() refuses shares too small for these photos, and names the empty part", () => {
  const shares = { train: 0.9, validation: 0.08 };
  throws(() => split(photosOf(2, 10), { ...photo, shares }), /nothing is left for test/);
});

Deno.test("split() says how many photos are needed, and why", () => {
  throws(
    () => split(photosOf(2, 3), photo),
    /3 photos.*nothing is left for test.* At least 4 .*since/,
  );
  deepEqual(sizes(split(photosOf(2, 4), photo)), [2, 1, 1]);
  const photos = photosOf(2, 9), names = photos.map(({ photo }) => photo);
  throws(
    () => split(photos, { ...photo, nearDuplicates: [names.slice(0, 5), names.slice(5)] }),
    /9 photos.*nothing is left for test\. Copies and near-duplicates stay in one part/,
  );
});

Deno.test("split() refuses a kind that it does not know, and lists those that it does", () => {
  throws(
    () => split(photosOf(2, 9), { kind: "person" as "subject", seed: 7 }),
    /"person".*original, photo, subject/,
  );
});

Deno.test("cutEvenly() adds up in rows and columns, each cell next to its share", () => {
  const rows = [4649, 3935, 5794, 3372, 872], shares = [0.6, 0.2, 0.2];
  const counts = cutEvenly(rows, shares);
  const add = (numbers: number[]) => numbers.reduce((sum, number) => sum + number, 0);
  deepEqual(counts.map(add), rows);
  deepEqual([0, 1, 2].map((column) => add(counts.map((row) => row[column]!))), [11173, 3725, 3724]);
  for (const [r, row] of counts.entries()) {
    for (const [c, count] of row.entries()) {
      equal(Math.abs(count - rows[r]! * shares[c]!) < 1, true, `row ${r}, column ${c}`);
    }
  }
});

Deno.test("cutEvenly() cuts nothing into nothing", () => {
  deepEqual(cutEvenly([0], [0.6, 0.4]), [[0, 0]]);
  deepEqual(cutEvenly([], [0.6, 0.4]), []);
});

Deno.test("connectedPhotos() joins through person, album and near-duplicate", () => {
  const photos = [
    { photo: "a", subject: "anna", album: null },
    { photo: "b", subject: "anna", album: "summer" },
    { photo: "c", subject: null, album: "summer" },
    { photo: "d", subject: null, album: null },
    { photo: "e", subject: "summer", album: null },
    { photo: "f", subject: null, album: null },
  ];
  const sets = connectedPhotos(photos, [["c", "d"]]).map((set) => set.map(({ photo }) => photo));
  deepEqual(sets, [["a", "b", "c", "d"], ["e"], ["f"]]);
});

Deno.test("groupsByPart() counts groups in parts, and shares of the part", () => {
  const rows = groupsByPart([
    { ...photosOf(0, 1)[0]!, part: "train" },
    { ...photosOf(0, 1)[0]!, part: "train" },
    { ...photosOf(3, 1)[0]!, part: "train" },
    { ...photosOf(3, 1)[0]!, part: "test" },
  ]);
  deepEqual(rows, [
    { part: "train", group: 0, photos: 2, share: 2 / 3 },
    { part: "train", group: 3, photos: 1, share: 1 / 3 },
    { part: "validation", group: 0, photos: 0, share: 0 },
    { part: "validation", group: 3, photos: 0, share: 0 },
    { part: "test", group: 0, photos: 0, share: 0 },
    { part: "test", group: 3, photos: 1, share: 1 },
  ]);
});

Deno.test("sharedSubjects() counts persons on two sides and test photos of persons in training", () => {
  const { pairs, testShare } = sharedSubjects([
    { subject: "anna", part: "train" },
    { subject: "anna", part: "test" },
    { subject: "anna", part: "test" },
    { subject: "bert", part: "validation" },
    { subject: "bert", part: "test" },
    { subject: null, part: "train" },
    { subject: null, part: "test" },
  ]);
  deepEqual(pairs.map(({ subjects }) => subjects), [0, 1, 1]);
  equal(testShare, 2 / 3);
});

Deno.test("sharedSubjects() gives no share where nobody is known", () => {
  equal(sharedSubjects([{ subject: null, part: "test" }]).testShare, null);
  equal(sharedSubjects([]).testShare, null);
});

Deno.test("twoSides() says nothing of persons and albums that no label names", () => {
  const photos = photosOf(2, 2).map((photo) => ({ ...photo, part: "train" as const }));
  deepEqual(twoSides(photos, []).map((row) => row["on two sides"]), ["groups of near-duplicates"]);
  const known = photos.map((photo) => ({ ...photo, subject: "ann", album: "a" }));
  equal(twoSides(known, []).length, 3);
});
