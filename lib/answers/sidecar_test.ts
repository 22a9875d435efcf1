import { AGE_GROUPS } from "@/dataset/age_group.ts";
import { deepEqual, equal, match, ok, throws } from "node:assert/strict";
import type { FaceAnswer } from "@/answers/photo_answer.ts";
import { type SidecarAnswer, UnusableSidecar, withAnswer } from "@/answers/sidecar.ts";

/** A face whose centre is at (0.2, 0.3) of a photo of 1,000 by 500 pixels, 0.2 wide and 0.4 high. */
const FACE = {
  box: { x: 100, y: 50, width: 200, height: 200 },
  group: 0,
  probabilities: [0.9, 0.1, 0, 0, 0],
} as FaceAnswer;

function answer(rest: Partial<SidecarAnswer> = {}): SidecarAnswer {
  const groups = AGE_GROUPS.map(({ name }) => name);
  return {
    width: 1000,
    height: 500,
    faces: [FACE],
    orientation: 1,
    groups,
    model: "a & b",
    ...rest,
  };
}

/** The numbers of the areas in a sidecar, and its size in pixels. */
function places(text: string) {
  const areas = [...text.matchAll(/stArea:[xywh]="([\d.]+)"/g)].map(([, value]) => Number(value));
  return [...areas, ...text.match(/stDim:w="(\d+)" stDim:h="(\d+)"/)!.slice(1).map(Number)];
}

Deno.test("withAnswer() places faces in the stored photo, whatever its orientation", () => {
  const upright = [0.2, 0.3, 0.2, 0.4, 1000, 500];
  const sideways = (x: number, y: number) => [x, y, 0.4, 0.2, 500, 1000];
  const expected = [
    ...[upright, [0.8, 0.3, ...upright.slice(2)], [0.8, 0.7, ...upright.slice(2)]],
    ...[[0.2, 0.7, ...upright.slice(2)], sideways(0.3, 0.2), sideways(0.3, 0.8)],
    ...[sideways(0.7, 0.8), sideways(0.7, 0.2)],
  ];
  for (const [k, values] of expected.entries()) {
    deepEqual(places(withAnswer(null, answer({ orientation: k + 1 }))!), values);
  }
});

Deno.test("withAnswer() cuts a box at the edges of the photo", () => {
  const box = { x: -100, y: 400, width: 200, height: 200 };
  const text = withAnswer(null, answer({ faces: [{ ...FACE, box }] }))!;
  deepEqual(places(text).slice(0, 4), [0.05, 0.9, 0.1, 0.2]);
});

Deno.test("withAnswer() keeps what others wrote, and replaces its own", () => {
  const others = `<x:xmpmeta xmlns:x="adobe:ns:meta/"><r:RDF
    xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <!-- mine --><r:Description r:about="" xmlns:s="http://purl.org/dc/elements/1.1/"
    xmlns:mwg-rs="http://www.metadataworkinggroup.com/schemas/regions/" s:format="x">
   <s:subject><r:Bag><r:li>Grandma &amp; I</r:li><r:li>age/0-6</r:li></r:Bag></s:subject>
   <mwg-rs:Regions r:parseType="Resource"><mwg-rs:RegionList><r:Bag>
    <r:li><r:Description mwg-rs:Name="Grandma" mwg-rs:Type="Face"/></r:li>
   </r:Bag></mwg-rs:RegionList></mwg-rs:Regions>
  </r:Description>
 </r:RDF></x:xmpmeta>`;
  const old = { ...FACE, group: 4 } as FaceAnswer;
  const first = withAnswer(others, answer({ faces: [FACE, old] }))!;
  for (const line of others.split("\n").slice(0, 4)) ok(first.includes(line), line);
  equal(first.match(/>age\/0-6</g)!.length, 3, "theirs, digiKam's, and our note of the latter");
  match(first, /Grandma &amp; I[^]*>age\/60\+<\/r?d?f?:li>/);
  equal(first.match(/Type>Face/g)!.length, 2);

  const again = withAnswer(first, answer({ model: "other" }))!;
  equal(again.includes("60+"), false);
  equal(again.match(/Type>Face/g)!.length, 1);
  ok(again.includes(`mwg-rs:Name="Grandma"`));
  equal(withAnswer(again, answer({ model: "other" })), again);

  const none = withAnswer(again, answer({ faces: [] }))!;
  equal(/TagsList|humanAge:model/.test(none), false);
  ok(none.includes("<r:li>age/0-6</r:li>"), "which is not ours");
  equal(withAnswer(none, answer({ faces: [] })), null);
});

Deno.test("withAnswer() fills an empty list in place of beginning another", () => {
  const own = withAnswer(null, answer())!;
  const empty = own.replace(/<dc:subject>[^]*<\/dc:subject>/, "<dc:subject/>")
    .replace(/<humanAge:subject>[^]*<\/humanAge:subject>/, "");
  const old = { ...FACE, group: 4 } as FaceAnswer;
  const again = withAnswer(withAnswer(empty, answer({ faces: [old] })), answer())!;
  equal(again.match(/<dc:subject/g)!.length, 1);
  equal(again.includes("age/60+"), false);
});

Deno.test("withAnswer() knows its own also where another program has made attributes of it", () => {
  const text = withAnswer(null, answer({ model: "old" }))!;
  const rewritten = text.replace("<humanAge:model>old</humanAge:model>\n", "")
    .replace('rdf:about=""', 'rdf:about="" humanAge:model="old"')
    .replace(
      /<mwg-rs:Extensions[^]*<\/mwg-rs:Extensions>/,
      '<mwg-rs:Extensions humanAge:group="0-6"/>',
    );
  equal(withAnswer(rewritten, answer()), withAnswer(text, answer()));
});

Deno.test("withAnswer() leaves a face that somebody has named", () => {
  const text = withAnswer(null, answer())!;
  const named = text.replace("<mwg-rs:Type>", "<mwg-rs:Name>Ada</mwg-rs:Name>\n<mwg-rs:Type>");
  match(withAnswer(named, answer({ faces: [] }))!, /<mwg-rs:Name>Ada/);
});

Deno.test("withAnswer() writes no new sidecar for a photo without faces", () => {
  equal(withAnswer(null, answer({ faces: [] })), null);
});

Deno.test("withAnswer() refuses what is no XMP, and says from which line on", () => {
  const own = withAnswer(null, answer())!;
  const bad = {
    "not XML from line 2": "<a>\n<b></a>",
    "not XML from line 1": "dear & diary",
    "not XML": own.slice(0, -60),
    "not XMP": "<a/>",
    "it is not XMP": `${own}<a/>`,
  };
  for (const [says, text] of Object.entries(bad)) {
    throws(() => withAnswer(text, answer(), "a.xmp"), (error: Error) => (
      error instanceof UnusableSidecar && error.message.startsWith("a.xmp: ") &&
      error.message.includes(says)
    ), says);
  }
  throws(() => withAnswer("words", answer()), UnusableSidecar);
  throws(() => withAnswer("", answer()), UnusableSidecar);
});
