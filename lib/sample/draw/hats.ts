/** Hats over the hair. */
import { mix } from "@/sample/draw/color.ts";
import {
  clipped,
  fill,
  loop,
  type Point,
  spot,
  streak,
  stroke,
  symmetric,
  tag,
} from "@/sample/draw/svg.ts";
import type { Head } from "@/sample/draw/head.ts";
import { folded, type Hat } from "@/sample/plan/outfit.ts";

export function drawHat(head: Head): string {
  const { hat } = head.shot;
  return hat ? HATS[hat.kind](head, hat) : "";
}

/** The head's half width, with the hair that a hat presses flat, and the height of the hat's edge. */
function fit({ person: { shape, hair } }: Head): { w: number; edge: number } {
  return {
    w: shape.headWidth + Math.min(8, hair.style.side),
    edge: shape.eyeHeight - shape.browDistance - 16,
  };
}

const HATS: Record<Hat["kind"], (head: Head, hat: Hat) => string> = {
  beanie: drawBeanie,
  cap: drawCap,
  brim: drawBrim,
  scarf: drawScarf,
};

function drawBeanie(head: Head, { color, second }: Hat): string {
  const { w, edge } = fit(head);
  const side: Point[] = [[-w - 3, edge], [-w * 0.96, -74], [-w * 0.5, -112]];
  const crown = loop([...symmetric(side, [0, -121]), [0, edge + 5]]);
  const folds: Point[] = [[-w - 4, edge - 12], [-w - 5, edge + 7]];
  const cuff = loop([...symmetric(folds, [0, edge + 14]), [0, edge - 6]]);
  const ribs = [-0.8, -0.55, -0.3, 0, 0.3, 0.55, 0.8].map((u) =>
    streak([[u * w, edge], [u * w * 0.9, -75], [u * w * 0.3, -116]], folded(color), 1.8, 0.5)
  );
  return fill(crown, color) + ribs.join("") +
    clipped("beanie", crown, spot([w, -70], w * 0.6, 70, "#000000", 0.35)) +
    fill(cuff, second) +
    stroke(cuff, folded(second), 1.2, 0.6);
}

/** A cap with a visor over the brow, which swings as the head turns. */
function drawCap(head: Head, { color, second }: Hat): string {
  const { w, edge } = fit(head), sway = Math.sin(head.shot.yaw) * 34;
  const side: Point[] = [[-w - 2, edge + 3], [-w * 0.94, -78], [-w * 0.45, -112]];
  const crown = loop([...symmetric(side, [0, -118]), [0, edge - 4]]);
  const brim = loop([
    [-w * 0.92 + sway * 0.3, edge + 1],
    [-w * 0.6 + sway, edge + 13],
    [sway, edge + 17],
    [w * 0.6 + sway, edge + 13],
    [w * 0.92 + sway * 0.3, edge + 1],
    [sway * 0.6, edge - 9],
  ]);
  return fill(crown, color) + spot([-w * 0.3, -95], w * 0.6, 26, "#ffffff", 0.25) +
    streak([[0, -118], [sway * 0.4, -80], [sway * 0.6, edge - 8]], folded(color), 1.3, 0.6) +
    fill(brim, second) + stroke(brim, folded(second), 1.2, 0.7) +
    spot([sway, edge + 22], w * 0.8, 16, "#000000", 0.4);
}

function drawBrim(head: Head, { color, second }: Hat): string {
  const { w, edge } = fit(head);
  const side: Point[] = [[-w * 0.96, edge - 4], [-w * 0.86, -92], [-w * 0.4, -116]];
  const crown = loop(symmetric(side, [0, -111]));
  const brim = loop([
    ...symmetric([[-w * 1.75, edge + 4], [-w, edge - 12]], [0, edge - 15]),
    ...symmetric([[w * 0.8, edge + 11]], [0, edge + 14]),
  ]);
  const band = loop([
    ...symmetric([[-w * 0.96, edge - 22]], [0, edge - 17]),
    ...symmetric([[w * 0.97, edge - 8]], [0, edge - 2]),
  ]);
  return fill(brim, mix(color, "#000000", 0.18)) + fill(crown, color) + fill(band, second) +
    spot([0, edge + 24], w * 0.95, 22, "#000000", 0.42) +
    streak([[-w * 1.7, edge + 5], [0, edge + 14], [w * 1.7, edge + 5]], folded(color), 1.4, 0.7);
}

/** A scarf that leaves the face alone free. */
function drawScarf(head: Head, { color, second }: Hat): string {
  const { w, edge } = fit(head), chin = head.person.shape.chinHeight;
  const side: Point[] = [[-w - 10, 60], [-w - 12, 0], [-w * 0.98, -70], [-w * 0.5, -112]];
  const outer = [
    ...symmetric(side, [0, -120]),
    ...symmetric([[w * 0.7, chin + 26]], [0, chin + 38]),
  ];
  const cheek: Point[] = [[-w * 0.86, 40], [-w * 0.88, 0], [-w * 0.72, edge]];
  const face = [
    ...symmetric(cheek, [0, edge - 12]),
    ...symmetric([[w * 0.58, chin - 8]], [0, chin + 8]),
  ];
  const folds = [0.93, 0.96].map((k, i) => {
    const path = loop(face.map(([x, y]): Point => [x / k ** (2 + i), y / k ** (i + 1)]));
    return stroke(path, folded(color), 1.8, 0.5);
  });
  return tag("path", { d: loop(outer) + loop(face), fill: color, "fill-rule": "evenodd" }) +
    folds.join("") +
    stroke(loop(face), second, 2.2, 0.7);
}
