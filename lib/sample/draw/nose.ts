/** The nose. */
import { clamp } from "@/sample/draw/curves.ts";
import { mix } from "@/sample/draw/color.ts";
import { curve, fill, softStroke, spot, streak, taper } from "@/sample/draw/svg.ts";
import { type Head, type Side, SIDES } from "@/sample/draw/head.ts";

/** Draws the nose: mostly light and shadow, with lines only around the nostrils. */
export function drawNose({ person, shot, light, place }: Head): string {
  const { shape, skin } = person;
  const w = shape.noseWidth * (1 + 0.08 * Math.max(0, shot.smile)), top = shape.eyeHeight - 4;
  const end = shape.eyeHeight + shape.noseLength, bridge = clamp(shape.noseBridge);
  const away = light.from[0] > 0 ? -1 : 1;
  const tip = place(0, end - 7, 17), hard = 0.35 + 0.4 * light.hardness;
  const ridge = [place(0, top, 2), place(0, (top + end) / 2, 9), tip];
  const flank = [
    place(away * 5, top),
    place(away * (w * 0.45), (top + end) / 2, 4),
    place(away * w * 0.9, end - 6, 5),
  ];
  const under = [place(-w * 0.8, end, 8), place(0, end + 4, 10), place(w * 0.8, end, 8)];
  return [
    softStroke(curve(flank), skin.deep, 6, hard * (0.3 + 0.6 * bridge)),
    softStroke(curve(under), skin.deep, 4.4, 0.55),
    softStroke(curve(ridge), skin.light, 5, 0.35 + 0.4 * bridge),
  ].join("") +
    spot(tip, w * 0.75, w * 0.62, mix(skin.blush, skin.base, 0.5), 0.45) +
    spot([tip[0] - away * 2, tip[1] - 2], w * 0.42, w * 0.36, skin.light, 0.85) +
    SIDES.map((side) => drawNostril(place, side, w, end, skin)).join("");
}

function drawNostril(
  place: Head["place"],
  side: Side,
  w: number,
  end: number,
  skin: Head["person"]["skin"],
): string {
  const wing = [
    place(side * w * 0.74, end - w * 0.78, 8),
    place(side * w * 1.04, end - w * 0.3, 6),
    place(side * w * 0.92, end + 0.8, 6),
    place(side * w * 0.62, end + 0.4, 8),
  ];
  const hole = [
    place(side * w * 0.7, end + 0.2, 9),
    place(side * w * 0.42, end - 1.2, 10),
    place(side * w * 0.22, end + 1.4, 10),
  ];
  return streak(wing, skin.deep, 2.6, 0.25) + streak(wing, skin.deep, 1.1, 0.5) +
    fill(taper(hole, [0.8, w * 0.2, 0.6]), mix(skin.deep, "#1a0806", 0.45), 0.85);
}
