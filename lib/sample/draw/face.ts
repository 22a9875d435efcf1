/** A synthetic face as one SVG: the parts in the order in which they cover each other. */
import type { Box, Size } from "@/base/pixels.ts";
import type { Random } from "@/base/random.ts";
import { type Attributes, document, group } from "@/sample/draw/svg.ts";
import { createHead, type Head } from "@/sample/draw/head.ts";
import { drawBackground } from "@/sample/photo/background.ts";
import { drawBackHair, drawBeard, drawHair, drawLocks } from "@/sample/draw/hair.ts";
import { drawClothes, drawHat } from "@/sample/draw/outfit.ts";
import {
  drawBrows,
  drawEyes,
  drawMouth,
  drawNose,
  drawSpectacles,
} from "@/sample/draw/features.ts";
import { drawEars, drawFace, drawNeck } from "@/sample/draw/skin.ts";
import type { Light, Shot } from "@/sample/photo/shot.ts";
import type { Person } from "@/sample/plan/traits.ts";

/** Height of the head in a drawing; sizes of all parts are relative to it. */
export const HEAD = 200;

/** Draws a person in a shot as an SVG of this many pixels. */
export function drawPortrait(
  person: Person,
  shot: Shot,
  light: Light,
  size: Size,
  background: Random,
): string {
  const view = viewOf(shot, size);
  return document(size, view, drawBackground(view, background) + drawPerson(person, shot, light));
}

/** Draws a person in a shot, the middle of the face at (0, 0), a head being 200 high; no background. */
export function drawPerson(person: Person, shot: Shot, light: Light): string {
  const head = createHead(person, shot, light);
  const neck = person.shape.chinHeight + person.shape.neckLength;
  const veiled = shot.hat?.kind === "scarf";
  const lean: Attributes = { transform: `rotate(${shot.tilt.toFixed(1)} 0 ${neck.toFixed(1)})` };
  const unveiled = (draw: (head: Head) => string) => veiled ? "" : draw(head);
  const bare = [drawEars, drawFace, drawBeard, drawMouth, drawNose, drawEyes, drawBrows];
  const face = unveiled(drawLocks) + bare.map((draw) => draw(head)).join("") +
    unveiled(drawHair) + drawSpectacles(head) + drawHat(head);
  return group(lean, unveiled(drawBackHair)) + drawNeck(head) + drawClothes(head) +
    group(lean, face);
}

/** Computes the part of the drawing that a photo shows: a wider or higher photo shows more of the scene. */
function viewOf({ scale, offset }: Shot, size: Size): Box {
  const { width, height } = size;
  const short = HEAD * 1.36 / scale, unit = short / Math.min(width, height);
  const shown = { width: width * unit, height: height * unit };
  return { x: offset[0] - shown.width / 2, y: offset[1] - shown.height / 2 + 4, ...shown };
}
