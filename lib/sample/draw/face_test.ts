import { deepEqual, equal, notEqual, ok } from "node:assert/strict";
import { DOMParser } from "linkedom";
import { createRandom } from "@/base/random.ts";
import { drawPortrait } from "@/sample/draw/face.ts";
import { HAIR_STYLES } from "@/sample/plan/hair_styles.ts";
import { createLight, createShot, type Shot } from "@/sample/photo/shot.ts";
import { createPerson, type Person } from "@/sample/plan/traits.ts";

const SIZE = { width: 120, height: 150 };

/** A portrait of a person of 30, with what is changed about the person and the shot. */
function portrait({ age = 30, seed = 7, person = {}, shot = {} }: {
  age?: number;
  seed?: number;
  person?: Partial<Person>;
  shot?: Partial<Shot>;
} = {}): string {
  const random = createRandom(seed, "portrait");
  const whole = { ...createPerson(age, "m", random), ...person };
  const moment = { ...createShot(whole, 0, random), ...shot };
  return drawPortrait(whole, moment, createLight(random), SIZE, random);
}

/** Ids that a drawing refers to but does not define, and those that it defines twice. */
function danglingIds(svg: string): string[] {
  const defined = [...svg.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id!);
  const used = [...svg.matchAll(/url\(#([^)]+)\)/g)].map(([, id]) => id!);
  const twice = defined.filter((id, i) => defined.indexOf(id) !== i);
  return [...used.filter((id) => !defined.includes(id)), ...twice];
}

/** Everything that must hold of a drawing, whoever is on it. */
function check(svg: string): void {
  equal(new DOMParser().parseFromString(svg, "image/svg+xml").querySelectorAll("svg").length, 1);
  deepEqual(danglingIds(svg), []);
  deepEqual(svg.match(/NaN|undefined|Infinity|null/g), null);
  equal(svg.split("<g").length, svg.split("</g>").length);
}

for (const age of [0.2, 2, 6, 13, 25, 45, 65, 95]) {
  Deno.test(`drawPortrait() draws people of ${age} as a sound SVG of the size asked for`, () => {
    for (let seed = 0; seed < 12; seed++) {
      const svg = portrait({ age, seed });
      check(svg);
      ok(svg.startsWith('<svg xmlns="http://www.w3.org/2000/svg" width="120" height="150"'));
    }
  });
}

for (const style of HAIR_STYLES) {
  Deno.test(`drawPortrait() draws hair: ${style.name}`, () => {
    const { hair } = createPerson(30, "f", createRandom(7, "hair"));
    check(portrait({ person: { hair: { ...hair, style } } }));
  });
}

for (const kind of ["crew", "vneck", "shirt", "suit", "hood", "straps", "turtleneck"] as const) {
  Deno.test(`drawPortrait() draws clothes: ${kind}`, () => {
    for (const pattern of ["plain", "stripes", "dots", "checks"] as const) {
      check(
        portrait({ shot: { clothes: { kind, pattern, color: "#336699", second: "#cc9966" } } }),
      );
    }
  });
}

for (const kind of ["beanie", "cap", "brim", "scarf"] as const) {
  Deno.test(`drawPortrait() draws a hat: ${kind}`, () => {
    const hat = { kind, color: "#123456", second: "#654321" };
    const worn = portrait({ shot: { hat } });
    check(worn);
    ok(worn.includes("#123456") && !portrait({ shot: { hat: null } }).includes("#123456"));
  });
}

for (const kind of ["stubble", "moustache", "goatee", "full", "long"] as const) {
  Deno.test(`drawPortrait() draws a beard: ${kind}`, () => {
    const bearded = portrait({ person: { beard: { kind, color: "#123456" } } });
    check(bearded);
    ok(bearded.includes("#123456"));
  });
}

Deno.test("drawPortrait() draws each mark of age: a line, a bag, a spot", () => {
  const { marks } = createPerson(30, "f", createRandom(7, "marks"));
  const smooth = Object.fromEntries(Object.keys(marks).map((key) => [key, 0])) as typeof marks;
  const shapes = (marks: Person["marks"]) =>
    portrait({ person: { marks }, shot: { smile: 0 } }).split("/>").length;
  for (
    const key of ["forehead", "frown", "crowsFeet", "nasolabial", "spots", "blotches"] as const
  ) {
    ok(shapes({ ...smooth, [key]: 1 }) > shapes(smooth), key);
  }
});

Deno.test("drawPortrait() draws closed eyes without irises, an open mouth with teeth", () => {
  equal(portrait({ shot: { eyes: 0 } }).includes("inside-eye"), false);
  equal(portrait({ shot: { eyes: 1 } }).includes("inside-eye1"), true);
  equal(portrait({ shot: { mouth: 0 } }).includes("inside-mouth"), false);
  equal(portrait({ shot: { mouth: 1 } }).includes("inside-mouth"), true);
});

Deno.test("drawPortrait() draws the same for the same seed, and another face for another", () => {
  equal(portrait({ seed: 3 }), portrait({ seed: 3 }));
  notEqual(portrait({ seed: 3 }), portrait({ seed: 4 }));
});
