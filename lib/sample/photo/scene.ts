/** Synthetic scenes: photos of several people at once, with the truth about each, for what finds faces. */
import type { Size } from "@/base/pixels.ts";
import { createRandom, type Random, shuffle } from "@/base/random.ts";
import { between, chance } from "@/sample/dice.ts";
import { document, group } from "@/sample/draw/svg.ts";
import { fromRgba } from "@/images/photo_source.ts";
import { drawBackground } from "@/sample/photo/background.ts";
import { drawPerson, HEAD } from "@/sample/draw/face.ts";
import { takePhoto, toJpeg } from "@/sample/photo/photo.ts";
import { createCamera, createLight, createShot, type Light } from "@/sample/photo/shot.ts";
import { createPerson } from "@/sample/plan/traits.ts";

/** Ages of the people, so that every age group is likely to be seen: first and last year of each draw. */
const AGES: [from: number, to: number][] = [[1, 6], [8, 19], [22, 36], [40, 58], [62, 85]];

/**
 * Draws people side by side before one background, in one light, and takes a photo of them. The same
 * seed gives the same bytes. Without people it is an empty place.
 */
export async function makeScene(seed: number, { width = 1000, height = 700, people = 3 } = {}) {
  const random = createRandom(seed, "scene"), size = { width, height };
  const light = createLight(random), camera = createCamera(random);
  const placed = placePeople(people, size, random);
  const drawn = placed.map((person) => drawPlaced(person, light, random));
  // those in front cover those behind
  const inOrder = drawn.toSorted((a, b) => a.head - b.head).map(({ svg }) => svg);
  const background = drawBackground({ x: 0, y: 0, ...size }, createRandom(seed, "background"));
  const svg = document(size, { x: 0, y: 0, ...size }, background + inOrder.join(""));
  const photo = takePhoto(svg, light, { ...camera, blur: camera.blur / 4 }, random);
  return {
    photo: fromRgba({ width, height, data: photo.bitmap }).pixels,
    people: drawn.map(({ person }) => person),
    file: await toJpeg(photo, camera.quality),
  };
}

/** Places people in columns of equal width, large enough to touch, and no head beyond the rim. */
function placePeople(count: number, size: Size, random: Random) {
  const { width, height } = size;
  const column = width / Math.max(count, 1), ages = shuffle(AGES, random);
  return Array.from({ length: count }, (_, k) => {
    const age = between(random, ...ages[k % ages.length]!);
    const head = Math.min(height / 2, column * between(random, 0.5, 0.85));
    const x = column * (k + 0.5 + between(random, -0.1, 0.1));
    // a drawing ends 2.6 heads below the middle of the face
    const highest = Math.max(0.75 * head, height - 2.5 * head);
    const y = between(random, highest, Math.max(highest, height - 1.2 * head));
    return { age, x, y, head }; // the middle of the face, and the height of the head, in pixels
  });
}

type Placed = ReturnType<typeof placePeople>[number];

/** Draws a person at a place; looking about, not far from the camera. */
function drawPlaced({ age, x, y, head }: Placed, light: Light, random: Random) {
  const person = createPerson(age, chance(random, 0.5) ? "f" : "m", random);
  const shot = { ...createShot(person, 0, random), glasses: null, hat: null };
  const unit = head / HEAD, id = `person${Math.round(x)}-`;
  const at = `translate(${x.toFixed(1)} ${y.toFixed(1)}) scale(${unit.toFixed(4)})`;
  const svg = group({ transform: at }, drawPerson(person, shot, light))
    .replaceAll("inside-", `inside-${id}`); // names of clip paths hold for the whole picture
  const wide = person.shape.headWidth * unit, chin = person.shape.chinHeight * unit;
  // from the crown to the chin, upright; the tilt of the head is in degrees clockwise
  const box = { x: x - wide, y: y - head / 2, width: 2 * wide, height: head / 2 + chin };
  return { svg, head, person: { age, box, tilt: shot.tilt } };
}
