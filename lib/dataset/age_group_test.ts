import { deepEqual, equal, throws } from "node:assert/strict";
import { AGE_GROUPS, ageGroup, ageSpan, singleYear } from "@/dataset/age_group.ts";

Deno.test("AGE_GROUPS leaves no year out and holds none twice", () => {
  for (const [index, { group, from }] of AGE_GROUPS.entries()) {
    equal(group, index);
    equal(from, index === 0 ? 0 : AGE_GROUPS[index - 1]!.to + 1);
  }
});

Deno.test("ageSpan() reads a range, a single year, and a range without brackets", () => {
  deepEqual(ageSpan("(25, 32)"), { from: 25, to: 32 });
  deepEqual(ageSpan("(25,32)"), { from: 25, to: 32 });
  deepEqual(ageSpan(" 25-32 "), { from: 25, to: 32 });
  deepEqual(ageSpan("7"), { from: 7, to: 7 });
  deepEqual(ageSpan("0"), { from: 0, to: 0 });
});

Deno.test("ageSpan() reads the published typing error as what it means", () => {
  deepEqual(ageSpan("(25, 23)"), { from: 25, to: 32 });
});

Deno.test("ageSpan() finds no age in None, an empty text and null", () => {
  for (const age of ["None", "", "  ", null]) equal(ageSpan(age), null);
});

Deno.test("ageSpan() refuses what is no age, and says what was found", () => {
  for (const age of ["old", "-3", "1 2", "constructor"]) {
    throws(() => ageSpan(age), { name: "RangeError", message: new RegExp(`"${age}"`) });
  }
});

Deno.test("ageSpan() refuses a range that runs backwards, and ages beyond 120", () => {
  throws(() => ageSpan("(32, 25)"), /lower to the higher/);
  throws(() => ageSpan("121"), /120/);
  deepEqual(ageSpan("120"), { from: 120, to: 120 });
});

Deno.test("ageGroup() puts the years at every border on either side", () => {
  const borders = [[6, 0], [7, 1], [20, 1], [21, 2], [37, 2], [38, 3], [59, 3], [60, 4]] as const;
  for (const [year, group] of borders) equal(ageGroup(String(year)), group);
});

Deno.test("ageGroup() puts a range in the group that holds its middle", () => {
  const ranges = [
    ["(0, 2)", 0],
    ["(4, 6)", 0],
    ["(8, 12)", 1],
    ["(8, 23)", 1],
    ["(15, 20)", 1],
    ["(25, 32)", 2],
    ["(25, 23)", 2],
    ["(27, 32)", 2],
    ["(38, 42)", 3],
    ["(38, 48)", 3],
    ["(48, 53)", 3],
    ["(60, 100)", 4],
  ] as const;
  for (const [range, group] of ranges) equal(ageGroup(range), group, range);
});

Deno.test("ageGroup() places no photo without an age", () => {
  equal(ageGroup("None"), null);
  equal(ageGroup(null), null);
});

Deno.test("ageSpan() takes ages as people write them, where they can mean one thing only", () => {
  const ages = [
    ["26 years", 26, 26],
    ["26 years old", 26, 26],
    ["26y", 26, 26],
    ["26 y/o", 26, 26],
    ["26 Jahre", 26, 26],
    ["ca. 70", 70, 70],
    ["ca 70", 70, 70],
    ["c. 70", 70, 70],
    ["about 70 years", 70, 70],
    ["~70", 70, 70],
    ["25 to 32", 25, 32],
    ["25–32", 25, 32],
    ["25 - 32 years", 25, 32],
    ["[25, 32]", 25, 32],
    ["18 months", 1, 1],
    ["3 months old", 0, 0],
    ["60+", 60, 120],
    ["75+", 75, 120],
  ] as const;
  for (const [age, from, to] of ages) deepEqual(ageSpan(age), { from, to }, age);
});

Deno.test("ageSpan() finds no age in other ways to say that it is not known", () => {
  for (const age of ["none", "n/a", "NA", "NaN", "unknown", "?", "-", "null"]) {
    equal(ageSpan(age), null, age);
  }
});

Deno.test("ageSpan() refuses what could mean several things", () => {
  for (const age of ["18+", "20s", "1985", "26,5", "70 ca", "baby", "2 6", "y", "ca.", "<30"]) {
    throws(() => ageSpan(age), RangeError, age);
  }
});

Deno.test("ageSpan() says what to do where a spreadsheet has made a date of a range", () => {
  for (const age of ["12. Aug", "Aug 12", "08-Dec", "8.12.2024", "2024-12-08"]) {
    throws(() => ageSpan(age), /spreadsheet.*brackets/, age);
  }
});

Deno.test("singleYear() reads a year, and none from a range", () => {
  equal(singleYear("26"), 26);
  equal(singleYear("(25, 32)"), null);
});
