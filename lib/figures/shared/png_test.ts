import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import {
  ageByGenderFigure,
  ageLabelsFigure,
  genderPanelsFigure,
  groupsFigure,
} from "@/figures/counts/photo_counts.ts";
import { normalizationFigure } from "@/figures/pictures/normalization.ts";
import { resolutionsFigure } from "@/figures/counts/resolutions.ts";
import { NATIVE, testWith } from "@/testing.ts";

const SVG = 'xmlns="http://www.w3.org/2000/svg"';

testWith(NATIVE, "svgToPng() draws text with the font that comes with the project", async () => {
  const text = `<text x="10" y="30" font-family="Unknown, sans-serif" font-size="20">19,370</text>`;
  const drawn = await decode(`<svg ${SVG} width="100" height="40">${text}</svg>`);
  const blank = await decode(`<svg ${SVG} width="100" height="40"/>`);
  ok(dark(drawn) > 100, `${dark(drawn)} dark pixels`);
  equal(dark(blank), 0);
});

testWith(NATIVE, "svgToPng() draws a bold text bolder", async () => {
  const [plain, bold] = await Promise.all(
    [400, 600].map((weight) =>
      decode(`<svg ${SVG} width="100" height="40">
      <text x="10" y="30" font-family="Inter" font-weight="${weight}" font-size="20">Age</text></svg>`)
    ),
  );
  ok(dark(bold!) > 1.1 * dark(plain!));
});

testWith(NATIVE, "svgToPng() scales, on a white ground", async () => {
  const { width, height, bitmap } = await decode(`<svg ${SVG} width="10" height="4"/>`, 3);
  deepEqual([width, height], [30, 12]);
  ok(bitmap.every((byte) => byte === 255));
});

testWith(NATIVE, "svgToPng() keeps enlarged pixels sharp", async () => {
  const { pngHref } = await import("@/figures/shared/picture.ts");
  const href = await pngHref({
    width: 2,
    height: 1,
    data: new Uint8Array([0, 0, 0, 255, 255, 255]),
  });
  const image = `<image image-rendering="pixelated" width="20" height="10" href="${href}"/>`;
  const { bitmap } = await decode(`<svg ${SVG} width="20" height="10">${image}</svg>`);
  deepEqual(new Set(bitmap), new Set([0, 255]));
});

testWith(NATIVE, "svgToPng() writes the same bytes twice", async () => {
  const { svgToPng } = await import("@/figures/shared/save.ts");
  const draw = () => svgToPng(groupsFigure([{ group: "0-6", stage: "all", photos: 4649 }]));
  deepEqual(await draw(), await draw());
});

testWith(NATIVE, "svgToPng() refuses what is no SVG", async () => {
  const { svgToPng } = await import("@/figures/shared/save.ts");
  await rejects(svgToPng("no picture"));
});

/** Figures with long names, large counts and many bars. */
const CROWDED: Record<string, () => string> = {
  "age labels": () =>
    ageLabelsFigure([
      { label: "an age label that nobody expected", photos: 1_234_567 },
      ...Array.from({ length: 8 }, (_, i) => ({ label: `(${i}0, ${i}9)`, photos: 10 ** i })),
    ]),
  "ages of single years": () =>
    ageLabelsFigure(Array.from({ length: 116 }, (_, i) => ({ label: `${i}`, photos: 19_370 + i }))),
  "a single label": () => ageLabelsFigure([{ label: "(60, 100)", photos: 19_370 }]),
  "age by gender": () =>
    ageByGenderFigure(
      Array.from({ length: 12 }, (_, i) =>
        (["f", "m", "u", null] as const).map((gender) => ({
          label: `(${i}, 100)`,
          gender,
          photos: 19_370,
        }))).flat(),
    ),
  "gender panels": () =>
    genderPanelsFigure((["f", "m", "u", null] as const).map((gender) => ({
      label: "an age label that nobody expected",
      gender,
      photos: 1_234_567,
    }))),
  "groups": () =>
    groupsFigure(["as labelled", "after cleaning"].map((stage) => ({
      group: "21-37",
      stage,
      photos: 19_370,
    }))),
  "resolutions": () =>
    resolutionsFigure([{ width: 12_000, height: 9 }, { width: 9, height: 12_000 }]),
  "normalization": () =>
    normalizationFigure(
      [0.9, 0.04, 0.03, 0.03].map((share, i) => ({ from: i * 64, to: i * 64 + 64, share })),
    ),
};

for (const [name, draw] of Object.entries(CROWDED)) {
  testWith(NATIVE, `the figure of ${name} cuts nothing off at its edges`, async () => {
    const { width, height, bitmap } = await decode(withBorder(draw(), 60));
    const row = (y: number) => bitmap.subarray(y * width * 4, (y + 1) * width * 4);
    for (let y = 0; y < height; y++) {
      const outside = 60 <= y && y < height - 60
        ? [...row(y).subarray(0, 240), ...row(y).subarray(-240)]
        : [...row(y)];
      ok(outside.every((byte) => byte === 255), `ink outside the page, in row ${y - 60}`);
    }
  });
}

/** Widens a figure's view box, so that what lies beyond the page comes into sight. */
function withBorder(svg: string, border: number): string {
  const root = svg.match(/^<svg [^>]*>/)![0];
  const [width, height] = root.match(/viewBox="0 0 (\S+) (\S+)"/)!.slice(1).map(Number);
  const [outerWidth, outerHeight] = [width! + 2 * border, height! + 2 * border];
  const wider = root.replace(
    /viewBox="[^"]*"/,
    `viewBox="-${border} -${border} ${outerWidth} ${outerHeight}"`,
  )
    .replace(/ width="[^"]*"/, ` width="${outerWidth}"`)
    .replace(/ height="[^"]*"/, ` height="${outerHeight}"`);
  return svg.replace(root, wider);
}

async function decode(svg: string, scale = 1) {
  const { svgToPng } = await import("@/figures/shared/save.ts");
  const { Image } = await import("imagescript");
  return await Image.decode(await svgToPng(svg, { scale }));
}

function dark({ bitmap }: { bitmap: Uint8Array | Uint8ClampedArray }): number {
  return bitmap.filter((byte, i) => i % 4 === 0 && byte < 128).length;
}
