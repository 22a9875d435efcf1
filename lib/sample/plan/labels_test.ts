import { deepEqual, equal, notDeepEqual, ok, throws } from "node:assert/strict";
import { group, rollup, sum } from "d3";
import { AGE_GROUPS, ageGroup, ageSpan } from "@/dataset/age_group.ts";
import { createRandom } from "@/base/random.ts";
import {
  type Face,
  facePath,
  foldText,
  isOdd,
  LABEL_COUNTS,
  photosPerSubject,
  planFaces,
  yearsFor,
} from "@/sample/plan/labels.ts";

const FULL = { photos: 1200, subjects: 300, albums: 40 };
const TINY = { photos: 60, subjects: 20, albums: 5 };
const faces = planFaces(FULL, 7);

/** Shares of faces by a key. */
function shares<K>(keyOf: (face: Face) => K): Map<K, number> {
  return rollup(faces, (some) => some.length / faces.length, keyOf);
}

for (const size of [FULL, TINY]) {
  const some = planFaces(size, 7);
  const of = `of ${size.photos} photos`;

  Deno.test(`planFaces() ${of} has as many photos, subjects and albums as asked for`, () => {
    equal(new Set(some.map(facePath)).size, size.photos);
    equal(new Set(some.map(({ subject }) => subject)).size, size.subjects);
    equal(new Set(some.map(({ album }) => album)).size, size.albums);
  });

  Deno.test(`planFaces() ${of} gives a person one age, one gender and one album`, () => {
    for (const [, own] of group(some, ({ subject }) => subject)) {
      equal(new Set(own.map(({ age, gender, album }) => `${age} ${gender} ${album}`)).size, 1);
    }
  });

  Deno.test(`planFaces() ${of} keeps an album in one of the five folds`, () => {
    for (const [, own] of group(some, ({ album }) => album)) {
      equal(new Set(own.map(({ fold }) => fold)).size, 1);
    }
    deepEqual([...new Set(some.map(({ fold }) => fold))], [0, 1, 2, 3, 4]);
  });

  Deno.test(`planFaces() ${of} has all eight age labels, no age, and odd labels`, () => {
    const ages = new Set(some.map(({ age }) => age));
    for (const [age] of LABEL_COUNTS.slice(0, 12)) ok(ages.has(age), age);
  });
}

Deno.test("planFaces() gives two photos of a hundred an odd label", () => {
  const found = shares(({ age }) => isOdd(LABEL_COUNTS.find(([label]) => label === age)!));
  // a little more than two, since every odd label of Adience occurs once at least
  ok(found.get(true)! > 0.017 && found.get(true)! < 0.026, `${found.get(true)}`);
});

Deno.test("planFaces() has Adience's shares of the common labels within their age groups", () => {
  const common = LABEL_COUNTS.filter((row) => !isOdd(row)).map(([age]) => age);
  const adience = { "(0, 2)": 0.538, "(4, 6)": 0.462, "(25, 32)": 1, "(38, 43)": 0.734 };
  for (const [age, expected] of Object.entries(adience)) {
    const own = faces.filter((face) =>
      common.includes(face.age) && ageGroup(face.age) === ageGroup(age)
    );
    const share = own.filter((face) => face.age === age).length / own.length;
    ok(Math.abs(share - expected) < 0.02, `${age}: ${share}`);
  }
});

Deno.test("planFaces() has Adience's shares of the five age groups", () => {
  const found = shares(({ age }) => ageGroup(age));
  const adience = [4649, 3935, 5794, 3372, 872]; // of 19,370 distinct faces
  for (const { group } of AGE_GROUPS) {
    ok(Math.abs(found.get(group)! - adience[group]! / 19370) < 0.015, `${group}`);
  }
});

Deno.test("planFaces() has Adience's shares of genders, unknown nearly always of infants", () => {
  const found = shares(({ gender }) => gender);
  const adience = { f: 9368, m: 8124, u: 1099, "": 779 };
  for (const gender of ["f", "m", "u", ""] as const) {
    ok(Math.abs(found.get(gender)! - adience[gender] / 19370) < 0.02, gender);
  }
  const unknown = faces.filter(({ gender }) => gender === "u");
  ok(unknown.filter(({ age }) => age === "(0, 2)").length > 0.95 * unknown.length);
});

Deno.test("planFaces() lets several people share a photograph, as in Adience", () => {
  const people = rollup(faces, (some) => some.length, ({ image }) => image);
  const shared = [...people.values()].filter((count) => count > 1).length / people.size;
  ok(shared > 0.1 && shared < 0.4, `${shared}`);
});

Deno.test("planFaces() gives the same faces for the same seed, and others for another", () => {
  deepEqual(planFaces(TINY, 7), planFaces(TINY, 7));
  notDeepEqual(planFaces(TINY, 7), planFaces(TINY, 8));
});

Deno.test("planFaces() refuses sizes that leave no room", () => {
  const sizes = [{ ...TINY, albums: 4 }, { ...TINY, subjects: 40 }, { ...TINY, photos: 20 }];
  for (const size of sizes) {
    throws(() => planFaces(size, 7), { name: "RangeError", message: /needs/ });
  }
});

Deno.test("photosPerSubject() is long-tailed: a median of 2, and at most 4% for one person", () => {
  const counts = photosPerSubject(1200, 300);
  equal(sum(counts), 1200);
  equal(counts[150], 2);
  equal(counts[0], 1);
  ok(counts.at(-1)! >= 30 && counts.at(-1)! <= 48, `${counts.at(-1)}`);
});

Deno.test("photosPerSubject() hands out all photos where hardly anyone may have more", () => {
  equal(sum(photosPerSubject(60, 20)), 60);
  deepEqual(photosPerSubject(25, 25), Array(25).fill(1));
});

for (const age of ["(0, 2)", "(25, 32)", "(25, 23)", "(60, 100)", "35"]) {
  Deno.test(`yearsFor() stays within the years of ${age}`, () => {
    const random = createRandom(7, "years"), { from, to } = ageSpan(age)!;
    const years = Array.from({ length: 200 }, () => yearsFor(age, random));
    ok(Math.min(...years) >= from && Math.max(...years) < to + 1);
  });
}

Deno.test("foldText() writes Adience's columns, separated by tabs", () => {
  const face: Face = {
    fold: 0,
    album: "30601258@N03",
    image: "10424815813_e94629b1ec_o.jpg",
    subject: 2,
    age: "(25, 32)",
    gender: "m",
    box: { x: 301, y: 105, dx: 640, dy: 641 },
    tilt: 0,
    yaw: -15,
    score: 94,
  };
  equal(
    foldText([face, { ...face, gender: "" }]),
    "user_id\toriginal_image\tface_id\tage\tgender\tx\ty\tdx\tdy\ttilt_ang\tfiducial_yaw_angle\tfiducial_score\n" +
      "30601258@N03\t10424815813_e94629b1ec_o.jpg\t2\t(25, 32)\tm\t301\t105\t640\t641\t0\t-15\t94\n" +
      "30601258@N03\t10424815813_e94629b1ec_o.jpg\t2\t(25, 32)\t\t301\t105\t640\t641\t0\t-15\t94\n",
  );
  equal(
    facePath(face),
    "faces/30601258@N03/coarse_tilt_aligned_face.2.10424815813_e94629b1ec_o.jpg",
  );
});
