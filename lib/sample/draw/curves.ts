/** Smooth curves of one variable, by which cues of age come and go gradually. */

export function clamp(value: number, from = 0, to = 1): number {
  return Math.min(to, Math.max(from, value));
}

/** Interpolates between two values: `t` is the share of the way. */
export function lerp(from: number, to: number, t: number): number {
  return from + (to - from) * t;
}

/** Rises from 0 at `from` to 1 at `to`, flat at both ends. */
export function rise(value: number, from: number, to: number): number {
  const t = clamp((value - from) / (to - from));
  return t * t * (3 - 2 * t);
}

/** Follows straight lines between known points, flat before the first and after the last. */
export function follow(points: readonly (readonly [at: number, value: number])[], at: number) {
  const next = points.findIndex(([x]) => x > at);
  if (next === -1) return points.at(-1)![1];
  if (next === 0) return points[0]![1];
  const [x0, y0] = points[next - 1]!, [x1, y1] = points[next]!;
  return lerp(y0, y1, (at - x0) / (x1 - x0));
}
