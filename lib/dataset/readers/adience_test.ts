import { deepEqual, equal, throws } from "node:assert/strict";
import { ADIENCE, readFold } from "@/dataset/readers/adience.ts";
import { gatherFaults } from "@/dataset/readers/faults.ts";

const HEADER = ["user_id", "original_image", "face_id", "age", "gender", "x"].join("\t");
const ANNA = ["9@N01", "1_o.jpg", "3", "(25, 32)", "f", "0"].join("\t");
const BERT = ["9@N01", "2_o.jpg", "4", "35", "", "0"].join("\t");
const ANNA_FILE = "faces/9@N01/coarse_tilt_aligned_face.3.1_o.jpg";
const BERT_FILE = "faces/9@N01/coarse_tilt_aligned_face.4.2_o.jpg";

function parseFold(table: Parameters<typeof readFold>[0]) {
  return gatherFaults((attempt) => readFold(table, undefined, attempt));
}

function table(...rows: string[]) {
  return { file: "fold_2_data.txt", text: [HEADER, ...rows, ""].join("\n") };
}

/** A row of one more person, with some cells of its own. */
function row(cells: { age?: string; gender?: string; image?: string }): string {
  const { age = "(0, 2)", gender = "u", image = "5_o.jpg" } = cells;
  return ["9@N01", image, "5", age, gender, "0"].join("\t");
}

Deno.test("ADIENCE recognises fold tables, not the frontal ones", () => {
  equal(ADIENCE.recognises(["fold_0_data.txt", "faces/a.jpg"]), true);
  equal(ADIENCE.recognises(["fold_frontal_0_data.txt", "old/fold_0_data.txt"]), false);
  deepEqual(ADIENCE.tables(["fold_7_data.txt", "fold_frontal_0_data.txt"]), ["fold_7_data.txt"]);
});

Deno.test("readFold() reads a row into a photo", () => {
  deepEqual(parseFold(table(ANNA)), [{
    photo: ANNA_FILE,
    age: "(25, 32)",
    group: 2,
    gender: "f",
    subject: "3",
    album: "9@N01",
    fold: 2,
  }]);
});

Deno.test("readFold() finds columns by name, in whatever order", () => {
  const text =
    "gender\tage\tface_id\tmore\toriginal_image\tuser_id\nf\t(25, 32)\t3\t?\t1_o.jpg\t9@N01";
  deepEqual(parseFold({ file: "fold_2_data.txt", text }), parseFold(table(ANNA)));
});

Deno.test("readFold() takes every kind of line end, and a missing last one", () => {
  const { file, text } = table(ANNA, BERT);
  const expected = parseFold({ file, text });
  equal(expected.length, 2);
  for (const end of ["\r\n", "\r"]) {
    deepEqual(parseFold({ file, text: text.replaceAll("\n", end) }), expected);
  }
  deepEqual(parseFold({ file, text: text.trimEnd() }), expected);
});

Deno.test("readFold() reads an empty gender and the age None as null", () => {
  const [photo] = parseFold(table(row({ age: "None", gender: "" })));
  deepEqual([photo?.age, photo?.group, photo?.gender], [null, null, null]);
});

Deno.test("readFold() reads a table without rows", () => deepEqual(parseFold(table()), []));

Deno.test("readFold() refuses a table without a needed column, and names it", () => {
  const text = "user_id\toriginal_image\tage\tgender\n";
  throws(() => parseFold({ file: "fold_2_data.txt", text }), /fold_2_data\.txt, line 1.*face_id/);
  throws(
    () => parseFold({ file: "fold_2_data.txt", text: "" }),
    /user_id, original_image, face_id/,
  );
});

Deno.test("readFold() refuses rows that are short, long, or lack a name, and says where", () => {
  throws(() => parseFold(table(ANNA, "9@N01\t2_o.jpg")), /line 3: found 2 cells under 6 columns/);
  throws(() => parseFold(table(ANNA + "\tmore")), /line 2: found 7 cells/);
  throws(() => parseFold(table(row({ image: "" }))), /line 2: original_image is empty/);
});

Deno.test("readFold() refuses an unknown age or gender, and says where and what to write", () => {
  throws(() => parseFold(table(ANNA, row({ age: "old" }))), /line 3: .*"old".*None/);
  throws(() => parseFold(table(row({ gender: "x" }))), /line 2: found the gender "x".*f, m or u/);
});

Deno.test("ADIENCE reads the label tables alone, and loses nothing", () => {
  const { photos, hasPhotos, remarks } = ADIENCE.read(["fold_2_data.txt"], [table(ANNA, BERT)]);
  deepEqual(photos.map(({ photo }) => photo), [ANNA_FILE, BERT_FILE]);
  equal(hasPhotos, false);
  deepEqual(remarks, [{ what: "age other than the eight labels", count: 1, examples: ["35"] }]);
});

Deno.test("ADIENCE finds the photos in faces/, and prefers them to aligned/", () => {
  const aligned = "aligned/9@N01/landmark_aligned_face.3.1_o.jpg";
  const both = ADIENCE.read([aligned, ANNA_FILE], [table(ANNA)]);
  deepEqual([both.hasPhotos, both.photos[0]?.photo, both.remarks], [true, ANNA_FILE, []]);
  const one = ADIENCE.read([aligned], [table(ANNA)]);
  deepEqual([one.hasPhotos, one.photos[0]?.photo, one.remarks], [true, aligned, []]);
});

Deno.test("ADIENCE leaves out labels without photo, and remarks photos without label", () => {
  const stray = "faces/9@N01/coarse_tilt_aligned_face.9.9_o.jpg";
  const { photos, remarks } = ADIENCE.read([ANNA_FILE, stray], [table(ANNA, row({}))]);
  deepEqual(photos.map(({ photo }) => photo), [ANNA_FILE]);
  deepEqual(remarks.map(({ what, examples }) => [what, examples[0]]), [
    ["label without photo: left out", "faces/9@N01/coarse_tilt_aligned_face.5.5_o.jpg"],
    ["photo without label: left out", stray],
  ]);
});

Deno.test("ADIENCE keeps the first of repeated rows, and remarks those that disagree", () => {
  const rows = [row({}), row({}), row({ age: "(4, 6)" })];
  const { photos, remarks } = ADIENCE.read([], [table(...rows)]);
  deepEqual(photos.map(({ age }) => age), ["(0, 2)"]);
  deepEqual(remarks.map(({ count }) => count), [2, 1]);
});

Deno.test("ADIENCE remarks typing errors, labels without age, and odd labels apart", () => {
  const ages = ["(25, 23)", "None", "35", "(38, 42)", "35", "(0, 2)"];
  const rows = ages.map((age, number) => row({ age, image: `${number}.jpg` }));
  const { photos, remarks } = ADIENCE.read([], [table(...rows)]);
  equal(photos.length, 6);
  deepEqual(remarks.map(({ count }) => count), [1, 1, 3]);
  deepEqual(remarks[2]?.examples, ["35", "(38, 42)"]);
});
