/** Strands of hair, the same in all photos of a person. */
import { createRandom, type Random } from "@/base/random.ts";
import { bell, between } from "@/sample/dice.ts";
import { clamp, lerp } from "@/sample/draw/curves.ts";
import { mix } from "@/sample/draw/color.ts";
import { ellipse, type Point } from "@/sample/draw/svg.ts";
import type { Head } from "@/sample/draw/head.ts";

/** Creates the random numbers for a part of a person's hair. */
export function strandsOf({ person }: Head, purpose: string): Random {
  return createRandom(person.seed, purpose);
}

/** Computes how far the skull shifts behind the face when the head turns. */
export function behind({ shot }: Head): number {
  return -Math.sin(shot.yaw) * 12;
}

/** Tight curls along a line, so that its edge is not smooth. */
export function curls(head: Head, line: readonly Point[], purpose: string): string {
  const { hair } = head.person, { curl } = hair.style;
  if (curl < 0.8) return "";
  const random = strandsOf(head, `curls ${purpose}`);
  return line.slice(1).flatMap(([x1, y1], i) => {
    const [x0, y0] = line[i]!;
    return Array.from({ length: 6 }, () => {
      const t = random();
      const x = lerp(x0, x1, t) + 3 * bell(random), y = lerp(y0, y1, t) + 3 * bell(random);
      const size = between(random, 4, 9);
      return ellipse([x, y], size, size, { fill: mix(hair.color, hair.dark, random() * 0.6) });
    });
  }).join("");
}

/** The place at share `t` of the way along a line of points. */
export function along(points: readonly Point[], t: number): Point {
  const at = clamp(t) * (points.length - 1), k = Math.min(Math.floor(at), points.length - 2);
  const [x0, y0] = points[k]!, [x1, y1] = points[k + 1]!;
  return [lerp(x0, x1, at - k), lerp(y0, y1, at - k)];
}
