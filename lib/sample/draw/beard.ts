/** Beards, from stubble to the long ones. */
import { bell, between } from "@/sample/dice.ts";
import { clamp } from "@/sample/draw/curves.ts";
import { mix } from "@/sample/draw/color.ts";
import {
  blurred,
  clipped,
  curve,
  fill,
  loop,
  type Point,
  spot,
  streak,
  symmetric,
  taper,
} from "@/sample/draw/svg.ts";
import type { Head } from "@/sample/draw/head.ts";
import { strandsOf } from "@/sample/draw/strands.ts";

/** Draws the beard, before the mouth is drawn on it. */
export function drawBeard(head: Head): string {
  const { beard } = head.person;
  return beard ? BEARDS[beard.kind](head, beard.color) : "";
}

const BEARDS = {
  stubble: (head: Head, color: string) => drawChinBeard(head, color, 0, 0.34, true),
  moustache: (head: Head, color: string) => drawMoustache(head, color, 0.92),
  goatee: (head: Head, color: string) => drawGoatee(head, color) + drawMoustache(head, color, 0.85),
  full: (head: Head, color: string) =>
    drawChinBeard(head, color, 5, 0.9, false) + drawMoustache(head, color, 0.9),
  long: (head: Head, color: string) =>
    drawChinBeard(head, color, 44, 0.96, false) + drawMoustache(head, color, 0.95),
};

/** A beard around the jaw; `long` is how far it hangs under the chin. */
function drawChinBeard(
  head: Head,
  color: string,
  long: number,
  cover: number,
  short: boolean,
): string {
  const { person: { shape }, place, outline } = head;
  const { headWidth: w, mouthHeight: mouth, chinHeight: chin, mouthWidth } = shape;
  const jaw = outline.slice(4, 13).map((
    [x, y],
  ): Point => [x * (short ? 0.99 : 1.03), y + (y > 60 ? long * ((y - 60) / (chin - 60)) : 0)]);
  const cheek: Point[] = [[-w * 0.8, 30], [-w * 0.6, mouth - 10]];
  const corner: Point[] = [[-mouthWidth - 5, mouth - 3], [-mouthWidth, mouth + 7]];
  const inner = symmetric([...cheek, ...corner], [0, mouth + 15]).map(([x, y]) => place(x, y));
  const path = curve(jaw) + "L" + curve(inner).slice(1) + "Z";
  const random = strandsOf(head, "beard");
  const hairs = Array.from({ length: short ? 0 : 60 }, () => {
    const x = w * 0.85 * between(random, -1, 1), y = between(random, mouth - 20, chin + long);
    const points: Point[] = [[x, y], [x * 0.98 + bell(random), y + 9]];
    return streak(points, mix(color, random() < 0.5 ? "#ffffff" : "#000000", 0.3), 1.1, 0.4);
  });
  const lip = drawPhiltrum(head, color, short ? cover : 0);
  return blurred(short ? 4 : 2, fill(path, color, cover)) + lip + clipped("beard", path, ...hairs);
}

/** The shadow of a shaven upper lip. */
function drawPhiltrum({ person: { shape }, place }: Head, color: string, cover: number): string {
  const y = (shape.eyeHeight + shape.noseLength + shape.mouthHeight - shape.upperLip) / 2 + 1;
  return cover ? spot(place(0, y, 4), shape.mouthWidth * 1.1, 7, color, cover) : "";
}

function drawMoustache(head: Head, color: string, cover: number): string {
  const { person: { shape }, shot, place } = head;
  const top = shape.eyeHeight + shape.noseLength + 3,
    mouth = shape.mouthHeight - shape.upperLip * 0.6;
  const w = shape.mouthWidth * (1.08 + 0.15 * Math.max(0, shot.smile));
  const y = (top + mouth) / 2, lift = 3 * shot.smile;
  const line = [
    place(-w, mouth + 4 - lift),
    place(-w * 0.5, y, 4),
    place(0, y - 1, 6),
    place(w * 0.5, y, 4),
    place(w, mouth + 4 - lift),
  ];
  const thick = clamp(mouth - top + 4, 6, 10);
  const random = strandsOf(head, "moustache");
  const hairs = Array.from({ length: 24 }, () => {
    const u = between(random, -0.9, 0.9);
    return streak(
      [place(u * w * 0.9, y - 2, 5), place(u * w * 1.02 + Math.sign(u), y + 4, 5)],
      mix(color, random() < 0.5 ? "#ffffff" : "#000000", 0.3),
      0.9,
      0.45,
    );
  });
  return fill(taper(line, [1, thick, thick * 0.8, thick, 1]), color, cover) +
    hairs.join("");
}

function drawGoatee(head: Head, color: string): string {
  const { person: { shape }, place } = head;
  const { mouthHeight: mouth, mouthWidth: w, chinHeight: chin } = shape;
  const rim = [
    ...symmetric([[-w * 1.02, mouth + 2], [-w * 0.8, mouth + 11]], [0, mouth + 13]),
    ...symmetric([[w * 1.05, chin - 12], [w * 0.6, chin + 3]]),
  ];
  return blurred(1.8, fill(loop(rim.map(([x, y]) => place(x, y))), color, 0.85));
}
