/** Colours as text (`#rrggbb`): mixing, and ramps between known colours. */
import { brightness } from "@/base/pixels.ts";
import { clamp } from "@/sample/draw/curves.ts";

/** A colour, written `#rrggbb`. */
export type Color = string;

/** Mixes two colours: `t` is the share of the way from the first to the second. */
export function mix(from: Color, to: Color, t: number): Color {
  const a = channels(from), b = channels(to), share = clamp(t);
  return toColor(a.map((value, k) => value + (b[k]! - value) * share));
}

/** Returns the colour at share `t` along a ramp of equally spaced colours. */
export function ramp(colors: readonly Color[], t: number): Color {
  const at = clamp(t) * (colors.length - 1);
  const k = Math.min(Math.floor(at), colors.length - 2);
  return mix(colors[k]!, colors[k + 1]!, at - k);
}

export function lightness(color: Color): number {
  return brightness(channels(color)) / 255;
}

/** Makes a colour from hue (degrees), saturation and lightness (0 to 1), as in CSS. */
export function hsl(hue: number, saturation: number, light: number): Color {
  const a = saturation * Math.min(light, 1 - light);
  return toColor([0, 8, 4].map((offset) => {
    const k = (offset + hue / 30 + 12) % 12;
    return 255 * (light - a * Math.max(-1, Math.min(k - 3, 9 - k, 1)));
  }));
}

function channels(color: Color): number[] {
  const value = Number.parseInt(color.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

function toColor(values: number[]): Color {
  const bytes = values.map((value) => clamp(Math.round(value), 0, 255));
  return "#" + bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
