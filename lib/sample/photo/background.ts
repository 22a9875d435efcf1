/** Backgrounds: walls, rooms, leaves, lights, sky. Drawn out of focus. */
import type { Box } from "@/base/pixels.ts";
import type { Random } from "@/base/random.ts";
import { between, pick } from "@/sample/dice.ts";
import { type Color, hsl, mix } from "@/sample/draw/color.ts";
import { ellipse, gradient, many, type Point, spot, tag } from "@/sample/draw/svg.ts";

export function drawBackground(view: Box, random: Random): string {
  const haze = rect(view, paint(random, [0.35, 0.75]), between(random, 0.05, 0.4));
  return pick(random, BACKGROUNDS)(view, random) + haze;
}

const BACKGROUNDS: readonly ((view: Box, random: Random) => string)[] = [
  ...[drawWall, drawWall, drawBokeh, drawLeaves],
  ...[drawRoom, drawOutdoors, drawShelf, drawBricks],
];

function rect({ x, y, width, height }: Box, color: string, opacity?: number): string {
  return tag("rect", { x, y, width, height, fill: color, "fill-opacity": opacity });
}

/** A part of the view: from and to in shares of its width and height. */
function part(view: Box, x0: number, y0: number, x1: number, y1: number): Box {
  return {
    x: view.x + x0 * view.width,
    y: view.y + y0 * view.height,
    width: (x1 - x0) * view.width,
    height: (y1 - y0) * view.height,
  };
}

function paint(random: Random, light: [number, number]): Color {
  return hsl(between(random, 0, 360), between(random, 0.02, 0.4), between(random, ...light));
}

function drawWall(view: Box, random: Random): string {
  const color = paint(random, [0.2, 0.9]);
  const kind = random() < 0.5 ? "down" : "across";
  return rect(view, gradient(kind, mix(color, "#ffffff", 0.2), color, mix(color, "#101018", 0.3)));
}

function drawBokeh(view: Box, random: Random): string {
  const hue = between(random, 0, 360), dark = hsl(hue, 0.3, between(random, 0.1, 0.3));
  const lights = many(22, () => {
    const size = view.width * between(random, 0.02, 0.07);
    const fill = hsl(hue + between(random, -40, 60), 0.7, between(random, 0.5, 0.85));
    const at = somewhere(view, random), opacity = between(random, 0.15, 0.5);
    return ellipse(at, size, size, { fill, "fill-opacity": opacity }) +
      ellipse(at, size * 1.1, size * 1.1, { fill, "fill-opacity": opacity / 2 });
  });
  return rect(view, gradient("down", dark, mix(dark, "#000000", 0.4))) + lights;
}

function drawLeaves(view: Box, random: Random): string {
  const hue = between(random, 60, 140);
  const leaves = many(90, () => {
    const size = view.width * between(random, 0.05, 0.16), light = between(random, 0.12, 0.6);
    const color = hsl(hue + between(random, -20, 20), between(random, 0.25, 0.6), light);
    return spot(somewhere(view, random), size, size * between(random, 0.5, 1), color, 0.9);
  });
  return rect(view, hsl(hue, 0.4, 0.25)) + leaves;
}

function drawRoom(view: Box, random: Random): string {
  const wall = paint(random, [0.45, 0.85]), left = between(random, -0.1, 0.6);
  const shift = (left + 0.55) % 1;
  const door = part(view, left, 0.12, left + 0.34, 1.1);
  const frame = part(view, shift, 0.08, shift + 0.26, 0.36);
  return rect(view, gradient("across", wall, mix(wall, "#20180f", 0.35))) +
    softRect(door, mix(wall, pick(random, ["#ffffff", "#5a3c22", "#e8f0ff"]), 0.7), 5) +
    softRect(frame, mix("#2a2018", wall, 0.2), 4) +
    softRect(part(frame, 0.12, 0.14, 0.88, 0.86), paint(random, [0.4, 0.8]), 4) +
    softRect(part(view, -0.1, 0.82, 1.1, 1.2), mix(wall, "#4a2f1c", 0.6), 6);
}

const SKIES = ["#5f9bd6", "#8fb7dd", "#c8d2da", "#e7c9a8"];
const GROUNDS = ["#4f7a3a", "#c9b48a", "#5f86a0", "#8a8a84", "#e6e9ee"]; // grass, sand, water, stone, snow

function drawOutdoors(view: Box, random: Random): string {
  const horizon = between(random, 0.4, 0.75), ground = pick(random, GROUNDS);
  const hills = many(6, () => {
    const at = part(view, random(), horizon, 1, 1);
    const high = view.height * between(random, 0.06, 0.22);
    return spot([at.x, at.y], view.width * 0.34, high, mix("#3f5f48", "#8fa6b8", random()), 0.9);
  });
  return rect(view, gradient("down", pick(random, SKIES), "#e8eef2")) + hills +
    softRect(part(view, -0.1, horizon, 1.1, 1.2), ground, 4) +
    softRect(part(view, -0.1, horizon + 0.2, 1.1, 1.2), mix(ground, "#20281a", 0.25), 14);
}

function drawShelf(view: Box, random: Random): string {
  const wood = mix("#6a4426", "#d8c8b0", random());
  const books = many(4, (row) =>
    many(15, (i) => {
      const x = i / 15, foot = row * 0.27 + 0.23;
      const top = foot - between(random, 0.13, 0.2), right = x + between(random, 0.035, 0.066);
      return softRect(part(view, x, top, right, foot), paint(random, [0.2, 0.75]), 2.5);
    }));
  const boards = many(4, (row) => (
    softRect(part(view, -0.1, row * 0.27 + 0.23, 1.1, row * 0.27 + 0.26), wood, 2.5)
  ));
  return rect(view, mix(wood, "#000000", 0.6)) + books + boards;
}

function drawBricks(view: Box, random: Random): string {
  const clay = hsl(between(random, 5, 35), between(random, 0.1, 0.5), between(random, 0.3, 0.7));
  const bricks = many(9, (row) =>
    many(6, (i) => {
      const x = (i - (row % 2) * 0.5) / 5, y = row / 9;
      const color = mix(clay, random() < 0.5 ? "#ffffff" : "#200c06", 0.22 * random());
      return softRect(part(view, x, y, x + 0.187, y + 0.096), color, 1.6);
    }));
  return rect(view, mix(clay, "#d8d0c4", 0.6)) + bricks;
}

/** A rectangle out of focus: each edge fades over twice this many units. */
function softRect({ x, y, width, height }: Box, color: Color, edge: number): string {
  return [[1, 0.2], [0.4, 0.3], [-0.3, 0.45], [-1, 1]].map(([share, opacity]) => {
    const grow = share! * edge;
    const grown = { x: x - grow, y: y - grow, width: width + 2 * grow, height: height + 2 * grow };
    return rect(grown, color, opacity);
  }).join("");
}

function somewhere({ x, y, width, height }: Box, random: Random): Point {
  return [x + width * random(), y + height * random()];
}
