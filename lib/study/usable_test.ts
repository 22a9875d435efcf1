import { deepEqual, equal, match } from "node:assert/strict";
import { checkIntegrity } from "@/images/integrity.ts";
import { nothingUsable, usableLines } from "@/study/usable.ts";

const NOTHING = checkIntegrity([], []);

function set(labels: number, photos: number, remarks: { what: string; count: number }[] = []) {
  const found = { labels, photos };
  return { folder: "set", found, remarks: remarks.map((row) => ({ ...row, examples: ["a.jpg"] })) };
}

Deno.test("usableLines() counts in one line, and is quiet where little is lost", () => {
  deepEqual(usableLines(set(1200, 1198), NOTHING, 1150), [
    "Labels: 1,200, photos: 1,198, usable photos: 1,150",
  ]);
  deepEqual(usableLines(set(1, 1), NOTHING, 1).length, 1);
});

Deno.test("usableLines() warns where labels are lost, and names the reasons, the greatest first", () => {
  const remarks = [
    { what: "label without age", count: 2 },
    { what: "label without photo: left out", count: 50 },
    { what: "name that differs from its label in case: taken", count: 7 },
  ];
  const [, warning] = usableLines(set(60, 60, remarks), NOTHING, 8);
  equal(
    warning,
    "WARNING: 52 of 60 labels are lost (86.7%): label without photo: left out: 50 (a.jpg); " +
      "label without age: 2 (a.jpg)",
  );
});

Deno.test("usableLines() warns where photos without label are lost", () => {
  const remarks = [{ what: "photo without label: left out", count: 90 }];
  match(
    usableLines(set(10, 100, remarks), NOTHING, 10)[1]!,
    /90 of 100 photos are lost \(90\.0%\)/,
  );
});

Deno.test("nothingUsable() says why, and where ages are missing points to predict", () => {
  const heic = { what: "unreadable: HEIC image: convert it", count: 20 };
  equal(nothingUsable(set(20, 20, [heic]), NOTHING).message.includes("predict"), false);
  const ageless = { what: "label without age", count: 20 };
  match(
    nothingUsable(set(20, 20, [ageless]), NOTHING).message,
    /None of the 20 photos in set can be used: label without age: 20 .*deno task predict/,
  );
});
