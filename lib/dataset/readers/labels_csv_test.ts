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

Deno.test("parseLabels() takes Windows line ends, blank and missing last lines", () => {
  const expected = parse("photo,age\na.jpg,26\nb.jpg,27\n");
  equal(expected.length, 2);
  deepEqual(parse("photo,age\r\na.jpg,26\r\n\r\nb.jpg,27"), expected);
});

Deno.test("parseLabels() takes names with spaces, commas and letters beyond ASCII", () => {
  const photos = parse('photo,age\nZoë am Meer.jpg,26\n"a, b.jpg",27\n');
  deepEqual(photos.map(({ photo }) => photo), ["Zoë am Meer.jpg", "a, b.jpg"]);
});

Deno.test("parseLabels() writes a path the shortest way", () => {
  equal(parse("photo,age\n./in//a.jpg,26")[0]?.photo, "in/a.jpg");
});

Deno.test("parseLabels() refuses paths that leave the folder, and says where", () => {
  const paths = ["../a.jpg", "in/../../a.jpg", "/a.jpg", "C:/a.jpg", "C:\\a.jpg", "..\\a.jpg", ""];
  for (const path of paths) {
    throws(() => parse(`photo,age\nb.jpg,26\n${path},26`), /line 3: found the photo/, path);
  }
});

Deno.test("parseLabels() refuses a table without photo, or without age and group", () => {
  throws(() => parse("who,age\na.jpg,26"), /line 1: found the columns "who", "age".*photo/);
  throws(() => parse("photo,gender\na.jpg,f"), /age or group/);
  throws(() => parse("photo|age\na.jpg|26"), /separated by commas, semicolons or tabs/);
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

Deno.test("parseLabels() takes a table as a spreadsheet saves it", () => {
  const expected = parse('photo,age,gender\nin/a.jpg,"(25, 32)",f\n');
  equal(expected.length, 1);
  const saved = [
    "Photo;Age;Gender\r\nin/a.jpg;(25, 32);f\r\n",
    "sep=;\r\nPHOTO; AGE ;GENDER\r\nin/a.jpg;(25, 32);f\r\n",
    "photo\tage\tgender\nin/a.jpg\t(25, 32)\tf\n",
    "photo;age;gender;;\nin/a.jpg;(25, 32);f;;\n;;;;\n",
    "photo;age;gender\nin/a.jpg;(25, 32);f;;\n",
    'File name;Age (years);Sex\n"in/a.jpg";"(25, 32)";"w"\n',
    "Foto;Alter;Geschlecht\nin\\a.jpg;(25, 32);W\n",
  ];
  for (const text of saved) deepEqual(parse(text), expected, text);
});

Deno.test("parseLabels() counts lines from the top of the file, a line for the separator included", () => {
  throws(() => parse("sep=;\nphoto;age\na.jpg;old\n"), /line 3: .*"old"/);
});

Deno.test("parseLabels() takes genders in English and German", () => {
  const words = ["w", "W", "weiblich", "woman", "Girl", "männlich", "Man", "boy", "?", "n/a"];
  const photos = parse(["photo,age,gender", ...words.map((g, n) => `${n}.jpg,1,${g}`)].join("\n"));
  deepEqual(photos.map(({ gender }) => gender), [..."fffff", ..."mmm", null, null]);
});

Deno.test("parseLabels() takes ages and paths as people write them", () => {
  const [photo] = parse("photo,age\n.\\in\\a.jpg,ca. 26 years\n");
  deepEqual([photo?.photo, photo?.group], ["in/a.jpg", 2]);
  equal(parse("photo,age\na.jpg,n/a\n")[0]?.age, null);
});

Deno.test("parseLabels() refuses two columns that mean the same", () => {
  throws(() => parse("photo,image,age\na.jpg,b.jpg,26"), /"photo" and "image" both mean.*photo/);
});

Deno.test("parseLabels() tells all faults at once, each with its line", () => {
  const text = "photo,age,gender\na.jpg,old,x\nb.jpg,26\n/c.jpg,26,f\nd.jpg,26,f\n";
  throws(() => parse(text), (error: Error) => {
    const [head, ...lines] = error.message.split("\n");
    equal(head!.startsWith("4 faults"), true);
    deepEqual(lines.map((line) => line.match(/line \d: found the \w+|line \d: \w+/)![0]), [
      "line 2: Cannot",
      "line 2: found the gender",
      "line 3: found",
      "line 4: found the photo",
    ]);
    return true;
  });
});

Deno.test("parseLabels() tells a row that is separated in another way than the heads", () => {
  throws(() => parse("photo,age\na.jpg;26\n"), /line 2: found 1 cells.*separated by a semicolon/);
});

Deno.test("parseLabels() tells a row whose quotation mark is never closed", () => {
  throws(
    () => parse('photo,age\n"a.jpg,26\nb.jpg,3\n'),
    /line 2: .*a quotation mark seems to be open/,
  );
});

Deno.test("LABELS_CSV takes the table in capital letters or with tabs, and refuses two of them", () => {
  equal(LABELS_CSV.recognises(["Labels.CSV"]), true);
  deepEqual(LABELS_CSV.tables(["labels.tsv", "a.jpg"]), ["labels.tsv"]);
  const tables = ["labels.csv", "labels.txt"].map((file) => ({
    file,
    text: "photo,age\na.jpg,1\n",
  }));
  throws(
    () => LABELS_CSV.read(["labels.csv", "labels.txt"], tables),
    /labels\.csv and labels\.txt/,
  );
});

Deno.test("LABELS_CSV takes a photo of whatever ending that a label names, and counts both", () => {
  const files = ["a.jfif", "b", "c.JPG_large", "d.jpe", "notes.md"];
  const { photos, found, remarks } = read("photo,age\na.jfif,1\nb,1\nc.JPG_large,1\n", files);
  deepEqual(photos.map(({ photo }) => photo), ["a.jfif", "b", "c.JPG_large"]);
  deepEqual(found, { labels: 3, photos: 4 });
  deepEqual(remarks, [{ what: "photo without label: left out", count: 1, examples: ["d.jpe"] }]);
});

Deno.test("parseLabels() reads which face is meant, where the row says so", () => {
  const [named, plain] = parse(
    "photo,age,x,y,width,height\na.jpg,26,10,20.5,30,40\nb.jpg,26,,,,\n",
  );
  deepEqual(named!.box, { x: 10, y: 20.5, width: 30, height: 40 });
  equal("box" in plain!, false);
});

Deno.test("parseLabels() refuses a box that is none", () => {
  for (const box of ["1,2,3,", "1,2,0,4", "1,2,-3,4", "1,b,3,4"]) {
    throws(() => parse(`photo,age,x,y,width,height\na.jpg,26,${box}\n`), /line 2.*found the box/s);
  }
});

Deno.test("parseLabels() takes a row as a face where boxes tell those of a photo apart", () => {
  const text = "photo,age,x,y,width,height\na.jpg,26,0,0,9,9\nb.jpg,1,,,,\na.jpg,4,20,0,9,9\n";
  const faces = parse(text).map(({ photo, age, box }) => [photo, age, box?.x]);
  deepEqual(faces, [["a.jpg", "26", 0], ["a.jpg", "4", 20], ["b.jpg", "1", undefined]]);
  const { photos, found, remarks } = read(text, ["A.jpg", "b.jpg"]);
  deepEqual(photos.map(({ photo }) => photo), ["A.jpg", "A.jpg", "b.jpg"]);
  deepEqual([found, remarks.length], [{ labels: 3, photos: 2 }, 1]);
});

Deno.test("parseLabels() refuses a second row of a photo that nothing tells apart, with its line", () => {
  for (
    const [first, second] of [["26,,,,", "4,,,,"], ["26,0,0,9,9", "4,,,,"], [
      "26,0,0,9,9",
      "4,0,0,9,9",
    ]]
  ) {
    const text = `photo,age,x,y,width,height\na.jpg,${first}\nb.jpg,1,,,,\na.jpg,${second}\n`;
    throws(() => parse(text), /^Error: labels.csv, line 4: found another row of the photo "a.jpg"/);
  }
  equal(parse("photo,age\na.jpg,26\na.jpg,26").length, 2); // said twice, which the reader remarks
});

/** Reads a column of ages, cells in quotation marks. */
function ages(separator: string, ...column: string[]) {
  const rows = column.map((age, k) => `${k}.jpg${separator}"${age}"`);
  return parse([`photo${separator}age`, ...rows].join("\n")).map(({ age, group }) => [age, group]);
}

Deno.test("parseLabels() takes ages with a comma as decimal years where the column shows it", () => {
  for (const separator of [";", "\t", ","]) {
    const read = ages(separator, "6,8", "5,9", "7,0 Jahre", "37,4", "ca. 61,2", "(8, 12)", "5");
    deepEqual(read.map(([, group]) => group), [0, 0, 1, 2, 4, 1, 0], separator);
    deepEqual(read.slice(0, 3).map(([age]) => age), ["6.8", "5.9", "7.0 Jahre"]);
  }
  deepEqual(ages(";", "6,75", "37,25", "8,5").map(([, group]) => group), [0, 2, 1]);
});

Deno.test("parseLabels() refuses ages with a comma that can be years or ranges, with both readings", () => {
  const both = /line 2: Cannot read the age "8,12": it is 8\.12 years, or 8 to 12.*\(8, 12\)/;
  for (const separator of [";", "\t", ","]) throws(() => ages(separator, "8,12", "25,32"), both);
  throws(() => ages(",", "8,12", "25,23"), both);
  deepEqual(ages(",", "(8,12)", "25, 32", "8-12").map(([, group]) => group), [1, 2, 1]);
});

Deno.test("parseLabels() takes French and Spanish heads, units, and boxes with a decimal comma", () => {
  const [photo] = parse("Fichier;Âge;x;y;width;height\na.jpg;6,8 ans;1,5;2;3;4\n");
  deepEqual([photo!.photo, photo!.group, photo!.box!.x], ["a.jpg", 0, 1.5]);
  deepEqual(parse("archivo;edad\na.jpg;18 meses\nb.jpg;7,5 años\n").map(({ group }) => group), [
    0,
    1,
  ]);
});
