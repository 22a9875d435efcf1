import { deepEqual, equal, throws } from "node:assert/strict";
import { LABELS_CSV, parseLabels } from "@/dataset/readers/labels_csv.ts";

function parse(text: string) {
  return parseLabels({ file: "labels.csv", text });
}

function read(text: string, files: string[]) {
  return LABELS_CSV.read(["labels.csv", ...files], [{ file: "labels.csv", text }]);
}

Deno.test("LABELS_CSV recognises its table at the top of the folder only", () => {
  equal(LABELS_CSV.recognises(["labels.csv"]), true);
  equal(LABELS_CSV.recognises(["old/labels.csv", "a.jpg"]), false);
});

Deno.test("parseLabels() reads every column, in whatever order, and passes others over", () => {
  const text = "fold,album,subject,gender,age,note,photo\n3,summer,anna,f,26,?,in/a.jpg\n";
  deepEqual(parse(text), [{
    photo: "in/a.jpg",
    age: "26",
    group: 2,
    gender: "f",
    subject: "anna",
    album: "summer",
    fold: 3,
  }]);
});

Deno.test("parseLabels() reads what is not given as null", () => {
  const nothing = { gender: null, subject: null, album: null, fold: null };
  const [photo] = parse("photo,age,gender,subject,album,fold\na.jpg,,,,,\n");
  deepEqual(photo, { photo: "a.jpg", age: null, group: null, ...nothing });
  deepEqual(parse("photo,age\na.jpg,None"), [photo]);
});

Deno.test("parseLabels() reads a group by number or name", () => {
  const rows = ["0", "4", "21-37", "60+", ""].map((group, number) => `${number}.jpg,${group}`);
  const photos = parse(["photo,group", ...rows].join("\n"));
  deepEqual(photos.map(({ group }) => group), [0, 4, 2, 4, null]);
  equal(photos[0]?.age, null);
});

Deno.test("parseLabels() takes age and group together where they agree", () => {
  deepEqual(parse('photo,age,group\na.jpg,"(25, 32)",2\nb.jpg,,3').map(({ group }) => group), [
    2,
    3,
  ]);
  throws(() => parse("photo,age,group\na.jpg,26,3"), /line 2: .*"26".*group 2.*"3"/);
});

Deno.test("parseLabels() reads genders as letters and words", () => {
  const rows = ["f", "F", "female", "Female", "m", "M", "male", "u", "U", ""];
  const photos = parse(["photo,age,gender", ...rows.map((g, n) => `${n}.jpg,1,${g}`)].join("\n"));
  deepEqual(photos.map(({ gender }) => gender), [
    ..."ffffmmmuu",
    null,
  ]);
});

Deno.test("parseLabels() takes Windows line ends, a byte order mark, blank and missing last lines", () => {
  const expected = parse("photo,age\na.jpg,26\nb.jpg,27\n");
  equal(expected.length, 2);
  deepEqual(parse("\uFEFFphoto,age\r\na.jpg,26\r\n\r\nb.jpg,27"), expected);
});

Deno.test("parseLabels() takes names with spaces, commas and letters beyond ASCII", () => {
  const photos = parse('photo,age\nZoë am Meer.jpg,26\n"a, b.jpg",27\n');
  deepEqual(photos.map(({ photo }) => photo), ["Zoë am Meer.jpg", "a, b.jpg"]);
});

Deno.test("parseLabels() writes a path the shortest way", () => {
  equal(parse("photo,age\n./in//a.jpg,26")[0]?.photo, "in/a.jpg");
});

Deno.test("parseLabels() refuses paths that leave the folder, and says where", () => {
  const paths = ["../a.jpg", "in/../../a.jpg", "/a.jpg", "C:/a.jpg", "in\\a.jpg", ""];
  for (const path of paths) {
    throws(() => parse(`photo,age\nb.jpg,26\n${path},26`), /line 3: found the photo/, path);
  }
});

Deno.test("parseLabels() refuses a table without photo, or without age and group", () => {
  throws(() => parse("file,age\na.jpg,26"), /line 1: found the columns "file", "age".*photo/);
  throws(() => parse("photo,gender\na.jpg,f"), /age or group/);
  throws(() => parse("photo;age\na.jpg;26"), /separated by commas/);
  throws(() => parse(""), /line 1/);
});

Deno.test("parseLabels() refuses cells that it cannot read, and says where and what to write", () => {
  throws(() => parse("photo,age\na.jpg,old"), /line 2: .*"old"/);
  throws(() => parse("photo,age\na.jpg,(25, 32)"), /line 2: found 3 cells.*quotation marks/);
  throws(() => parse("photo,group\na.jpg,5"), /line 2: .*"5".*2 \(21-37\)/);
  throws(() => parse("photo,age,gender\na.jpg,1,x"), /line 2: .*gender "x".*female/);
  throws(() => parse("photo,age,fold\na.jpg,1,-1"), /line 2: .*fold "-1"/);
});

Deno.test("parseLabels() counts the lines of quoted cells", () => {
  const text = 'photo,age,note\na.jpg,1,"two\nlines"\nb.jpg,old,\n';
  throws(() => parse(text), /line 4: .*"old"/);
});

Deno.test("LABELS_CSV reads the labels alone where the folder holds no photo", () => {
  const { photos, hasPhotos, remarks } = read("photo,age\na.jpg,26\nb.jpg,\n", ["notes.txt"]);
  deepEqual([photos.length, hasPhotos], [2, false]);
  deepEqual(remarks, [{ what: "label without age", count: 1, examples: ["b.jpg"] }]);
});

Deno.test("LABELS_CSV remarks missing photos, photos without label, and repeats", () => {
  const { photos, hasPhotos, remarks } = read(
    "photo,age\nin/a.jpg,26\ngone.jpg,1\nin/a.jpg,26\n",
    ["in/a.jpg", "stray.JPG"],
  );
  deepEqual([photos.map(({ photo }) => photo), hasPhotos], [["in/a.jpg"], true]);
  deepEqual(remarks.map(({ what, examples }) => [what, examples]), [
    ["label repeated: the first was kept", ["in/a.jpg"]],
    ["label without photo: left out", ["gone.jpg"]],
    ["photo without label: left out", ["stray.JPG"]],
  ]);
});
