/** The head as a solid that turns: maps places on the face to places in the picture. */
import { type Point, symmetric } from "@/sample/draw/svg.ts";
import type { Person } from "@/sample/plan/traits.ts";
import type { Light, Shot } from "@/sample/photo/shot.ts";

/** A person in a shot, with the mapping of places on the face. */
export interface Head {
  person: Person;
  shot: Shot;
  light: Light;
  /**
   * Maps a place on the face into the picture after the head has turned: x runs to the right from the
   * middle of the face, y down, and `lift` is the height above the skin.
   */
  place: (x: number, y: number, lift?: number) => Point;
  /** The outline of the head without ears, clockwise from the crown. */
  outline: readonly Point[];
}

/** Depth of the face, from the plane of the ears to the skin between the eyes. */
const DEPTH = 62;

export function createHead(person: Person, shot: Shot, light: Light): Head {
  const { headWidth } = person.shape;
  const turn = Math.sin(shot.yaw), nod = Math.sin(shot.pitch), narrow = Math.cos(shot.yaw);
  const place = (x: number, y: number, lift = 0): Point => {
    const inside = 1 - (x / (headWidth * 1.12)) ** 2 - ((y - 5) / 135) ** 2;
    const z = DEPTH * Math.sqrt(Math.max(0, inside)) + lift;
    return [x * narrow + (z - 8) * turn, y + (z - 30) * nod];
  };
  return { person, shot, light, place, outline: headOutline(person, shot) };
}

function headOutline({ shape, marks }: Person, shot: Shot): Point[] {
  const { headWidth: w, templeWidth, cheekWidth, jawWidth, chinWidth, jawHeight } = shape;
  const chin = shape.chinHeight + 7 * shot.mouth;
  const plump = 1 + 0.05 * marks.roundCheeks, sag = marks.jowls;
  const right: Point[] = [
    ...[[w * 0.5, -93], [w * 0.86, -66]] as const,
    [w * templeWidth * 1.02, -28],
    [w * Math.max(templeWidth, cheekWidth) * 0.99, 8],
    [w * cheekWidth * plump, 38],
    [w * (jawWidth + 0.05 * sag), jawHeight + 4 * sag],
    [w * (chinWidth + 0.06 * sag), chin - 5],
  ];
  const all: Point[] = [[0, -100], ...symmetric(right, [0, chin])];
  return all.map((point) => turned(point, shot));
}

/** Jaw and chin lie before the axis that the head turns on, the crown above it. */
function turned([x, y]: Point, { yaw, pitch }: Shot): Point {
  const before = y > 20 ? 34 * Math.min(1, (y - 20) / 70) : 0, turn = Math.sin(yaw);
  return [x * (1 - 0.12 * Math.abs(turn)) + before * turn, y + 12 * (y / 100) * Math.sin(pitch)];
}

/** Both sides of a face: -1 left in the picture, 1 right. */
const SIDES = [-1, 1] as const;

export type Side = (typeof SIDES)[number];

/** Draws on both sides, left first. */
export function bothSides(draw: (side: Side) => string): string {
  return SIDES.map(draw).join("");
}

/** Makes the drawing of one side that of both. */
export function onBothSides(draw: (head: Head, side: Side) => string): (head: Head) => string {
  return (head) => bothSides((side) => draw(head, side));
}

/** Maps places of a table into the picture; `side` mirrors them, `lift` is their height above the skin. */
export function places({ place }: Head, rows: readonly Place[], side: Side = 1): Point[] {
  return rows.map(([x, y, lift]) => place(side * x, y, lift));
}

type Place = readonly [x: number, y: number, lift?: number];
