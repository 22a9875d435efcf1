import { deepEqual, equal, notDeepEqual, ok } from "node:assert/strict";
import { mean } from "d3";
import { createRandom } from "@/base/random.ts";
import { lightness } from "@/sample/draw/color.ts";
import { childhood, createPerson, oldAge, type Person } from "@/sample/plan/traits.ts";

/** Many people of an age, half of them women. */
function people(age: number, count = 300): Person[] {
  return Array.from(
    { length: count },
    (_, i) => createPerson(age, i % 2 ? "m" : "f", createRandom(i, "traits")),
  );
}

const AGES = [1, 5, 10, 18, 30, 45, 60, 80];
const crowds = AGES.map((age) => people(age));

/** Means of a trait by age, over many people. */
const TRENDS: [name: string, trait: (person: Person) => number, from: number, sign: 1 | -1][] = [
  ["the nose grows longer", ({ shape }) => shape.noseLength, 0, 1],
  ["the eyes grow smaller", ({ shape }) => shape.eyeSize, 0, -1],
  ["the cheeks grow flatter", ({ marks }) => marks.roundCheeks, 0, -1],
  ["the forehead wrinkles", ({ marks }) => marks.forehead, 3, 1],
  ["the folds beside the nose deepen", ({ marks }) => marks.nasolabial, 3, 1],
  ["the jaw sags", ({ marks }) => marks.jowls, 3, 1],
  ["the hair turns grey", ({ hair }) => hair.grey, 4, 1],
  ["men's hairlines go back", ({ hair }) => hair.recession, 4, 1],
  ["spectacles become more frequent", ({ spectacles }) => spectacles ? 1 : 0, 0, 1],
];

for (const [name, trait, from, sign] of TRENDS) {
  Deno.test(`createPerson() lets age show: ${name}, on the average`, () => {
    const means = crowds.slice(from).map((crowd) => sign * mean(crowd, trait)!);
    for (const [i, value] of means.entries()) ok(i === 0 || value >= means[i - 1]!, means.join());
    ok(means.at(-1)! > means[0]!);
  });
}

Deno.test("createPerson() lets no cue tell age without fail: some at 60 have fewer folds than at 45", () => {
  const young = crowds[5]!.map(({ marks }) => marks.nasolabial).sort((a, b) => a - b);
  const old = crowds[6]!.map(({ marks }) => marks.nasolabial).sort((a, b) => a - b);
  ok(old[30]! < young[270]!);
});

Deno.test("createPerson() gives no child wrinkles, a beard or grey hair", () => {
  for (const { marks, beard, hair } of people(8)) {
    ok(marks.forehead < 0.2 && marks.crowsFeet < 0.2 && hair.grey === 0);
    equal(beard, null);
  }
});

Deno.test("createPerson() gives beards and bald heads to men alone", () => {
  const old = people(65);
  ok(old.some(({ beard }) => beard) && old.some(({ hair }) => hair.style.name === "horseshoe"));
  for (const { sex, beard, hair } of old) ok(sex === "m" || (!beard && hair.recession === 0));
});

Deno.test("createPerson() has all tones of skin, as frequent as each other", () => {
  const tones = people(30, 1000).map(({ skin }) => skin.tone);
  for (const from of [0, 0.25, 0.5, 0.75]) {
    const share = tones.filter((tone) => tone >= from && tone < from + 0.25).length / 1000;
    ok(Math.abs(share - 0.25) < 0.05, `${from}: ${share}`);
  }
});

Deno.test("createPerson() keeps the shades of a skin in their order, from light to deep", () => {
  for (const { skin } of people(30)) {
    const shades = [skin.light, skin.base, skin.shade, skin.deep].map(lightness);
    deepEqual(shades, shades.toSorted((a, b) => b - a));
  }
});

Deno.test("createPerson() draws the same person for the same seed, and another for another", () => {
  const person = (seed: number) => createPerson(40, "f", createRandom(seed, "person"));
  deepEqual(person(7), person(7));
  notDeepEqual(person(7), person(8));
});

Deno.test("childhood() and oldAge() change without a step and leave no age as it was", () => {
  for (let age = 0; age < 90; age++) {
    ok(childhood(age) >= childhood(age + 1) && childhood(age) - childhood(age + 1) < 0.12);
    ok(oldAge(age) <= oldAge(age + 1) && oldAge(age + 1) - oldAge(age) < 0.05);
    ok(age > 75 || childhood(age) - oldAge(age) > childhood(age + 1) - oldAge(age + 1), `${age}`);
  }
});
