import { deepEqual, equal, ok } from "node:assert/strict";
import { ageGroup } from "@/dataset/age_group.ts";
import { formatFault, imageFormat } from "@/images/image_format.ts";
import { createRandom } from "@/base/random.ts";
import { type Fault, planDefects, UNREADABLE } from "@/sample/plan/defects.ts";
import { type Face, facePath, planFaces } from "@/sample/plan/labels.ts";

const SIZES = [
  { photos: 1200, subjects: 300, albums: 40 },
  { photos: 60, subjects: 20, albums: 5 },
];

for (const size of SIZES) {
  const faces = planFaces(size, 7), defects = planDefects(faces, createRandom(7, "dirt"));
  const of = `of ${size.photos} photos`;
  const pairs = [...defects.faults].flatMap(([face, fault]) =>
    "of" in fault ? [{ face, fault }] : []
  );
  const duplicates = pairs.filter(({ fault }) => fault.kind === "exact-duplicate");
  const groups = ({ face, fault }: { face: Face; fault: { of: Face } }) =>
    [ageGroup(face.age), ageGroup(fault.of.age)] as const;

  Deno.test(`planDefects() ${of} has every kind of unreadable file`, () => {
    const hows = [...defects.faults.values()].flatMap((fault) => "how" in fault ? [fault.how] : []);
    for (const how of [...Object.keys(UNREADABLE), "re-encoded", "cropped"]) {
      ok((hows as string[]).includes(how), how);
    }
  });

  Deno.test(`planDefects() ${of} has a missing photo, a photo without label, a row twice`, () => {
    ok([...defects.faults.values()].some(({ kind }) => kind === "missing"));
    ok(defects.repeatedRows.size > 0);
    ok(defects.unlabelled.length > 0);
    const labelled = new Set(faces.map(facePath));
    ok(defects.unlabelled.every((face) => !labelled.has(facePath(face))));
  });

  Deno.test(`planDefects() ${of} has exact duplicates that agree, that differ in age, and in group`, () => {
    ok(duplicates.some(({ face, fault }) => face.age === fault.of.age));
    ok(duplicates.some((pair) => {
      const [a, b] = groups(pair);
      return pair.face.age !== pair.fault.of.age && a === b && a !== null;
    }));
    ok(duplicates.some((pair) => {
      const [a, b] = groups(pair);
      return a !== b && a !== null && b !== null;
    }));
  });

  Deno.test(`planDefects() ${of} copies only photos that have no fault and no other copy`, () => {
    const originals = pairs.map(({ fault }) => fault.of);
    equal(new Set(originals).size, originals.length);
    ok(originals.every((face) => !defects.faults.has(face)));
  });
}

Deno.test("planDefects() spoils about one photo in a hundred, and copies three", () => {
  const { faults } = planDefects(planFaces(SIZES[0]!, 7), createRandom(7, "dirt"));
  const count = (kind: Fault["kind"]) => [...faults.values()].filter((f) => f.kind === kind).length;
  deepEqual(
    [count("unreadable"), count("exact-duplicate"), count("near-duplicate"), count("missing")],
    [12, 18, 18, 2],
  );
});

Deno.test("UNREADABLE makes files that no reader of JPEG can open", () => {
  const photo = Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, ...Array(96).fill(1), 0xff, 0xd9);
  equal(formatFault(UNREADABLE.empty()), "empty file");
  equal(
    formatFault(UNREADABLE["web page"]()),
    "not an image but a web page: save the photo on it",
  );
  equal(formatFault(UNREADABLE.text()), "not an image");
  equal(imageFormat(UNREADABLE.TIFF()), "TIFF");
  equal(imageFormat(UNREADABLE.truncated(photo)), "JPEG");
  ok(UNREADABLE.truncated(photo).length < photo.length);
});
