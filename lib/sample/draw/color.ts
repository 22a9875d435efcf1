/** Colours as text (`#rrggbb`): mixing, and ramps between known colours. */
import * as d3 from "d3";
import { brightness } from "@/base/pixels.ts";
import { clamp } from "@/sample/draw/curves.ts";

/** A colour, written `#rrggbb`. */
export type Color = string;

/** Mixes two colours: `t` is the share of the way from the first to the second. */
export function mix(from: Color, to: Color, t: number): Color {
  return ramp([from, to], t);
}

/** Returns the colour at share `t` along a ramp of equally spaced colours. */
export function ramp(colors: Color[], t: number): Color {
  return d3.rgb(d3.piecewise(d3.interpolateRgb, colors)(clamp(t))).formatHex();
}

export function lightness(color: Color): number {
  const { r, g, b } = d3.rgb(color);
  return brightness([r, g, b]) / 255;
}

/** Makes a colour from hue (degrees), saturation and lightness (0 to 1), as in CSS. */
export function hsl(hue: number, saturation: number, light: number): Color {
  return d3.hsl(hue, saturation, light).formatHex();
}
