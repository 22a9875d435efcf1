import { deepEqual, equal, match, throws } from "node:assert/strict";
import {
  measureOwnGroups,
  ownGroupsWords,
  packYears,
  parseGroups,
  unpackYears,
} from "@/metrics/own_groups.ts";

/** A distribution that is sure of a year. */
const sure = (year: number) => Array.from({ length: 101 }, (_, k) => Number(k === year));

/** Thirty photos each of 5, 15 and 50 years, a third of the last taken for 17. */
const KNOWN = {
  ages: [5, 15, 50].flatMap((age) => Array<number>(30).fill(age)),
  rows: [5, 15, 50].flatMap((age) => (
    Array.from({ length: 30 }, (_, k) => sure(age === 50 && k < 10 ? 17 : age))
  )),
};

Deno.test("parseGroups() refuses gaps, overlaps, words, an end, and a single group", () => {
  const refusals: [groups: string, message: RegExp][] = [
    ["0-12,14-39,40+", /the year 13 is in none/],
    ["5-12,13+", /the years 0 to 4 are in none/],
    ["0-12,10-39,40+", /the years 10 to 12 are in two/],
    ["0-12,13-60", /the years 61 to the highest are in none/],
    ["0+", /there is one group alone/],
    ["child,adult", /Cannot read the group "child"/],
    ["12-0,13+", /Cannot read the group "12-0"/],
  ];
  for (const [groups, message] of refusals) throws(() => parseGroups(groups), message, groups);
});

Deno.test("parseGroups() takes the dashes of a text program", () => {
  deepEqual(parseGroups("0–17, 18+"), parseGroups("0-17,18+"));
});

Deno.test("measureOwnGroups() measures the sums of years in any groups", () => {
  const measured = measureOwnGroups(KNOWN, parseGroups("0-9, 10-19, 20+"));
  equal(measured.balancedAccuracy.value.toFixed(4), "0.8889");
  equal(measured.oneOffAccuracy.value, 1);
  deepEqual(
    measured.groups.map(({ group, photos, recall }) => [group, photos, recall.value]),
    [["0-9", 30, 1], ["10-19", 30, 1], ["20+", 30, 20 / 30]],
  );
  match(
    ownGroupsWords(measured),
    /90 photos that the model was measured on: balanced accuracy 88.9% .* of 20\+ 66.7%/,
  );
  equal(measureOwnGroups(KNOWN, parseGroups("0-16,17+")).oneOffAccuracy.value, 1);
});

Deno.test("measureOwnGroups() refuses groups of few photos, and says how many", () => {
  const groups = parseGroups("0-9,10-14,15-49,50-60,61+");
  throws(
    () => measureOwnGroups(KNOWN, groups),
    /30 of the photos .* 10-14 has 0, 61\+ has 0\. Make them wider/,
  );
});

Deno.test("unpackYears() reads what packYears() wrote, in the order of the ages", () => {
  const half = [0.5, 0.25, 0.25, ...sure(200).slice(3)];
  const packed = packYears({ ages: [116, 3], rows: [sure(100), half] });
  equal(packed.length, 2 * 203);
  const { ages, rows } = unpackYears(packed);
  deepEqual(ages, [3, 116]);
  deepEqual(rows[0]!.slice(0, 3).map((share) => share.toFixed(4)), ["0.5000", "0.2500", "0.2500"]);
  deepEqual(rows[1], sure(100));
  throws(() => unpackYears(packed.subarray(1)), TypeError);
});
