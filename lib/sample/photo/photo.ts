/** From a drawing to a photo: pixels under a light, through a lens, on a sensor, saved as a JPEG. */
import { Resvg } from "@resvg/resvg-js";
import { Image } from "imagescript";
import type { Size } from "@/base/pixels.ts";
import type { Random } from "@/base/random.ts";
import { fromRgba } from "@/images/photo_source.ts";
import { bell } from "@/sample/dice.ts";
import type { Camera, Light } from "@/sample/photo/shot.ts";

/** Colours of all pixels, row by row: red, green, blue of each, 0 to 255 and a little beyond. */
interface Exposure extends Size {
  values: Float32Array;
}

export function takePhoto(svg: string, light: Light, camera: Camera, random: Random): Image {
  const drawn = rasterise(svg);
  const spread = camera.blur / 1000 * Math.max(drawn.width, drawn.height);
  const seen = spread > 0.35 ? blur(drawn, spread) : drawn;
  return develop(illuminate(seen, light, camera), camera.noise, random);
}

/** Saves a photo as the bytes of a JPEG; quality 1 to 100. */
export function toJpeg(photo: Image, quality: number): Promise<Uint8Array> {
  return photo.encodeJPEG(quality as Parameters<Image["encodeJPEG"]>[0]);
}

function rasterise(svg: string): Exposure {
  const { pixels, width, height } = new Resvg(svg, { font: { loadSystemFonts: false } }).render();
  const { data } = fromRgba({ width, height, data: pixels }).pixels;
  return { width, height, values: new Float32Array(data) };
}

/** Blurs by smoothing each row and column forwards and backwards, which takes as long for any spread. */
function blur({ width, height, values }: Exposure, spread: number): Exposure {
  const blurred = values.slice();
  // a decay d, run both ways, spreads by sqrt(2d) / (1 - d) pixels
  const v = spread ** 2, decay = (1 + v - Math.sqrt(1 + 2 * v)) / v;
  for (let y = 0; y < height; y++) smooth(blurred, y * width * 3, 3, width, decay);
  for (let x = 0; x < width; x++) smooth(blurred, x * 3, width * 3, height, decay);
  return { width, height, values: blurred };
}

/** Smooths the three colours of `count` pixels, `step` values apart, in place. */
function smooth(values: Float32Array, start: number, step: number, count: number, decay: number) {
  for (let color = start; color < start + 3; color++) {
    const end = color + (count - 1) * step;
    for (let i = color + step; i <= end; i += step) {
      values[i] = values[i]! + (values[i - step]! - values[i]!) * decay;
    }
    for (let i = end - step; i >= color; i -= step) {
      values[i] = values[i]! + (values[i + step]! - values[i]!) * decay;
    }
  }
}

/** Lays light over the picture: brighter towards the lamp, darker in the corners, coloured. */
function illuminate(picture: Exposure, light: Light, { exposure, contrast }: Camera): Exposure {
  const { width, height, values } = picture, [lx, ly] = light.from;
  const lit = new Float32Array(values.length);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const u = 2 * x / width - 1, v = 2 * y / height - 1;
      const slope = 0.16 * light.hardness * (lx * u + ly * v), vignette = 0.1 * (u * u + v * v);
      const gain = exposure * (1 + slope - vignette);
      for (const cast of light.cast) {
        lit[i] = MIDDLE + contrast * (values[i]! * gain * cast - MIDDLE);
        i++;
      }
    }
  }
  return { width, height, values: lit };
}

/** The intensity that contrast leaves as it is. */
const MIDDLE = 118;

/** Numbers from a bell curve, drawn once a photo: a million of them would take longer than the photo. */
const GRAINS = 4099;

/** Adds the grain of the sensor, mostly alike in all three colours, and rounds to bytes. */
function develop({ width, height, values }: Exposure, noise: number, random: Random): Image {
  const grains = Float32Array.from({ length: GRAINS }, () => noise * bell(random));
  const photo = new Image(width, height);
  const bytes = new Uint8Array(photo.bitmap.buffer);
  let state = Math.floor(random() * 2 ** 31);
  for (let i = 0, k = 0; i < values.length; i += 3) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0; // Numerical Recipes' generator
    const at = (state >>> 8) % GRAINS, grain = grains[at]!;
    for (let color = 0; color < 3; color++) {
      const value = values[i + color]! + grain + 0.5 * grains[(at + 1 + color) % GRAINS]!;
      bytes[k++] = Math.max(0, Math.min(255, Math.round(value)));
    }
    bytes[k++] = 255;
  }
  return photo;
}

/** Cuts a share off each side of a photo. */
export function cropEdges(photo: Image, share: number): Image {
  const [x, y] = [photo.width, photo.height].map((side) => Math.max(1, Math.round(side * share)));
  return photo.clone().crop(x!, y!, photo.width - 2 * x!, photo.height - 2 * y!);
}
