import { deepEqual, equal, throws } from "node:assert/strict";
import {
  averageSeeds,
  type OutOfFold,
  outOfFoldText,
  parseOutOfFold,
} from "@/metrics/out_of_fold.ts";

function row(of: Partial<OutOfFold> = {}): OutOfFold {
  const label = { photo: "a.jpg", subject: "anna", age: "(25, 32)", group: 2 as const };
  const said = { fold: 0, seed: 7, probabilities: [0, 0.1, 0.6, 0.3, 0], years: 31.5 };
  return { ...label, ...said, ...of };
}

Deno.test("parseOutOfFold() reads what outOfFoldText() wrote, to the last bit", () => {
  const odd = Math.fround(0.1);
  const rows = [
    row(),
    row({ photo: 'b "x", y.jpg', subject: null, age: null, years: null, fold: 4 }),
    row({ photo: "=1+1.jpg", subject: "-" }),
    row({ group: 4, seed: 8, probabilities: [odd, 1 - odd, 0, 1e-12, 0] }),
  ];
  deepEqual(parseOutOfFold(outOfFoldText(rows), "x.csv"), rows);
  deepEqual(parseOutOfFold("\uFEFF" + outOfFoldText(rows), "x.csv"), rows);
  deepEqual(parseOutOfFold(outOfFoldText([]), "x.csv"), []);
});

Deno.test("outOfFoldText() names the predicted group, and the columns", () => {
  const [head, first] = outOfFoldText([row()]).split("\n");
  equal(head, "photo,subject,age,true,predicted,fold,seed,0-6,7-20,21-37,38-59,60+,years");
  equal(first, 'a.jpg,anna,"(25, 32)",21-37,21-37,0,7,0,0.1,0.6,0.3,0,31.5');
});

Deno.test("parseOutOfFold() says which column is missing, and which cell cannot be read", () => {
  const text = outOfFoldText([row()]);
  throws(() => parseOutOfFold("photo,true\na.jpg,0-6\n", "x.csv"), /x\.csv: the columns subject/);
  throws(() => parseOutOfFold(text.replace(",0.6,", ",,"), "x.csv"), /line 2, 21-37: found ""/);
  throws(() => parseOutOfFold(text.replaceAll("21-37,21-37", "young,old"), "x.csv"), /"young"/);
});

Deno.test("averageSeeds() takes the mean over the seeds, a row a photo", () => {
  const rows = [
    row({ seed: 7 }),
    row({ photo: "b.jpg", years: null }),
    row({ seed: 8, probabilities: [0, 0.3, 0.2, 0.5, 0], years: 40.5 }),
  ];
  const [a, b] = averageSeeds(rows);
  deepEqual(a!.probabilities.map((p) => Number(p.toFixed(9))), [0, 0.2, 0.4, 0.4, 0]);
  equal(a!.years, 36);
  equal(b!.years, null);
  equal(averageSeeds(rows).length, 2);
});
