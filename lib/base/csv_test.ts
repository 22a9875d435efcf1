import { deepEqual, equal } from "node:assert/strict";
import { csvTable, guarded, unguarded } from "@/base/csv.ts";

Deno.test("guarded() puts an apostrophe before what a spreadsheet takes for a formula", () => {
  const texts = [
    "=1+1",
    "+a",
    "-b",
    "@c",
    "\tx",
    "\rx",
    "\nx",
    "'=1",
    "-3",
    "+1e2",
    "d=e",
    "",
    "'t",
  ];
  deepEqual(texts.map(guarded), [
    ...[
      "'=1+1",
      "'+a",
      "'-b",
      "'@c",
      "'\tx",
      "'\rx",
      "'\nx",
      "''=1",
      "-3",
      "+1e2",
      "d=e",
      "",
      "'t",
    ],
  ]);
  deepEqual(texts.map(guarded).map(unguarded), texts);
});

Deno.test("csvTable() guards texts, and leaves numbers", () => {
  equal(
    csvTable([{ photo: "=x,y.jpg", bias: -3, age: null }]),
    'photo,bias,age\n"\'=x,y.jpg",-3,\n',
  );
  equal(csvTable([], ["photo"]), "photo\n");
});
