import { deepEqual, equal } from "node:assert/strict";
import { csvParse } from "d3";
import {
  columns,
  coverageOf,
  csvHead,
  csvLines,
  type FaceAnswer,
  jsonLines,
  layTable,
  type NamedAnswer,
  remarks,
  tableHead,
  tableLines,
  yearRange,
} from "@/answers/photo_answer.ts";

const FACE: FaceAnswer = {
  number: 1,
  box: { x: 10.4, y: -0.2, width: 50.6, height: 61 },
  eyes: [[20, 20], [40, 20]],
  transform: { cos: 60, sin: 0, x: 5, y: 0 },
  isWhole: false,
  confidence: 0.98765,
  warnings: [{ kind: "tiny", text: "the face is small, or so" }],
  group: 2,
  probabilities: [0.00004, 0.1, 0.7, 0.15, 0.04996],
  set: [2, 3],
  years: 31.44,
  twoAges: null,
  range: { from: 25, to: 38 },
};

/** A photo with these faces. */
function photo(faces: FaceAnswer[], rest: Partial<NamedAnswer> = {}): NamedAnswer {
  return { photo: "a,b.jpg", width: 90, height: 80, faces, fault: null, ...rest };
}

Deno.test("csvLines() has a row a face, with a value in each column", () => {
  const second = { ...FACE, number: 2, years: null, range: null, warnings: [] };
  const [first, other] = csvParse(csvHead() + csvLines([photo([FACE, second])]));
  deepEqual({ ...first }, {
    ...{ photo: "a,b.jpg", face: "1", x: "10", y: "0", width: "51", height: "61" },
    ...{ confidence: "0.988", group: "21-37" },
    ...{ "0-6": "0", "7-20": "0.1", "21-37": "0.7", "38-59": "0.15", "60+": "0.05" },
    ...{ years: "31.4", from: "25", to: "38", warnings: "the face is small, or so", fault: "" },
  });
  deepEqual([other!.face, other!.years, other!.from, other!.to], ["2", "", "21", "59"]);
});

Deno.test("csvLines() guards texts that a spreadsheet would take for formulas, and no numbers", () => {
  const far = { ...FACE, box: { ...FACE.box, x: -3 } };
  const names = ["=1+1", "+a", "-b", "@c", "\tx", "\rx", "d=e"];
  const rows = csvParse(csvHead() + csvLines(names.map((name) => photo([far], { photo: name }))));
  deepEqual(rows.map((row) => row.photo), ["'=1+1", "'+a", "'-b", "'@c", "'\tx", "'\rx", "d=e"]);
  equal(rows[0]!.x, "-3");
});

Deno.test("csvLines() has one row for a photo without faces or that cannot be read", () => {
  const answers = [photo([]), photo([], { photo: "b", fault: "empty file" })];
  const rows = csvParse(csvHead() + csvLines(answers));
  equal(rows.columns.length, columns().length);
  deepEqual(rows.map(({ photo, warnings, fault }) => [photo, warnings, fault]), [
    ["a,b.jpg", "no face found", ""],
    ["b", "", "empty file"],
  ]);
});

Deno.test("jsonLines() makes a list in pieces", () => {
  const text = `[\n${jsonLines([], true)}${jsonLines([photo([FACE])], true)}${
    jsonLines([photo([], { photo: "b", fault: "empty file" })], false)
  }\n]`;
  const [first, second] = JSON.parse(text);
  deepEqual(first.faces[0].box, { x: 10, y: 0, width: 51, height: 61 });
  deepEqual([first.width, first.faces[0].group, first.faces[0].range], [90, "21-37", FACE.range]);
  equal(first.faces[0].probabilities["21-37"], 0.7);
  deepEqual(second, { photo: "b", fault: "empty file" });
});

Deno.test("tableLines() stand below their heads, whatever they hold", () => {
  const layout = layTable(["a,b.jpg", "x".repeat(90)], 0.8), head = tableHead(layout);
  const long = photo([{ ...FACE, box: { x: 1000, y: 1000, width: 2000, height: 2000 } }], {
    photo: "x".repeat(90),
  });
  const lines = [photo([FACE]), photo([]), long].flatMap((answer) => tableLines(layout, answer));
  const at = head.indexOf("warnings");
  deepEqual(lines.map((line) => line.slice(at)), [
    ...["the face is small, or so", "no face found", "the face is small, or so"],
  ]);
  equal(head.slice(0, at).includes("in 8 of 10"), true);
  equal(lines[0]!.includes("25 to 38") && lines[0]!.includes("70.0%"), true);
});

Deno.test("tableLines() shows in one line what a terminal would obey in a name", () => {
  const name = "a\n\x1b[31m.jpg", layout = layTable([name], null);
  const [line] = tableLines(layout, photo([], { photo: name }));
  equal(line!.split("  ")[0], "a\\u000a\\u001b[31m.jpg");
  equal(layout.letters, line!.split("  ")[0]!.length);
});

Deno.test("tableLines() says why a photo cannot be read", () => {
  const [line] = tableLines(layTable(["p"], null), photo([], { photo: "p", fault: "empty file" }));
  equal(line!.endsWith("cannot be read: empty file"), true);
});

Deno.test("yearRange() takes the set of groups where a network tells no years", () => {
  deepEqual(yearRange(FACE), { from: 25, to: 38 });
  deepEqual(yearRange({ ...FACE, years: null, range: null }), { from: 21, to: 59 });
  equal(yearRange({ years: null, range: null, set: null }), null);
  equal(yearRange({ years: 30, range: null, set: [2] }), null);
});

Deno.test("coverageOf() is that of the range in use", () => {
  const answer = { yearRange: { coverage: 0.8 }, sets: { coverage: 0.9 } };
  equal(coverageOf({ output: { kind: "years" }, answer }), 0.8);
  equal(coverageOf({ output: { kind: "groups" }, answer }), 0.9);
  equal(coverageOf({ output: { kind: "groups" }, answer: { ...answer, sets: null } }), null);
});

Deno.test("remarks() tells of the face and of the answer", () => {
  deepEqual(remarks({ ...FACE, twoAges: [5.4, 60] }), [
    "the face is small, or so",
    "two ages fit: about 5 and about 60 years",
  ]);
});
