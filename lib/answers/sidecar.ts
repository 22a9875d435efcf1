/**
 * Sidecars: files beside photos that tell photo managers about faces and age groups, in XMP. Face regions are those of
 * the Metadata Working Group, in the frame of the photo as it is stored: before its EXIF orientation turns it upright.
 */
import { writeText } from "@/base/files.ts";
import { escapeHtml as escapeXml, percent } from "@/base/text.ts";
import type { Face } from "@/faces/face.ts";
import type { PhotoAnswer } from "@/answers/photo_answer.ts";
import { allIn, append, childrenOf, isNamed, remove, textIn } from "@/answers/xml.ts";
import { parseXml, type Spaces, writeXml, type XmlElement } from "@/answers/xml.ts";
import { GUESS } from "@/model/model_card.ts";

/** Thrown if what stands in a sidecar's place is none, so that nothing can be added to it. */
export class UnusableSidecar extends Error {}

/** An answer, the EXIF orientation of its photo's file, and the names of the groups and of the model. */
export interface SidecarAnswer extends Pick<PhotoAnswer, "width" | "height" | "faces"> {
  orientation: number;
  groups: readonly string[];
  model: string;
}

/** The namespaces of what is written. Our own marks what is ours. */
const SPACES = {
  rdf: "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
  dc: "http://purl.org/dc/elements/1.1/",
  lr: "http://ns.adobe.com/lightroom/1.0/",
  digiKam: "http://www.digikam.org/ns/1.0/",
  "mwg-rs": "http://www.metadataworkinggroup.com/schemas/regions/",
  stDim: "http://ns.adobe.com/xap/1.0/sType/Dimensions#",
  stArea: "http://ns.adobe.com/xmp/sType/Area#",
  humanAge: "urn:human-age-recognition:sidecar/1.0/",
} as const;

type Prefix = keyof typeof SPACES;

const OWN = SPACES.humanAge;

/** Lists of keywords, and what separates a keyword's levels there. */
const LISTS = [
  { prefix: "dc", local: "subject", kind: "Bag", level: "/" },
  { prefix: "lr", local: "hierarchicalSubject", kind: "Bag", level: "|" },
  { prefix: "digiKam", local: "TagsList", kind: "Seq", level: "/" },
] as const;

const BLANK = `<?xpacket begin="\uFEFF" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="${SPACES.rdf}">
<rdf:Description rdf:about=""${
  Object.entries(SPACES).slice(1).map(([prefix, uri]) => `\n xmlns:${prefix}="${uri}"`).join("")
}>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>
`;

/**
 * Writes an answer into a sidecar, whole. All that others have written there stays; an earlier answer is replaced. A
 * photo without faces gets no new sidecar.
 *
 * @throws {UnusableSidecar} if the file that stands there is no XMP
 */
export async function writeSidecar(path: string, answer: SidecarAnswer): Promise<void> {
  const text = withAnswer(await readSidecar(path), answer, path);
  if (text !== null) await writeText(path, text);
}

async function readSidecar(path: string): Promise<string | null> {
  try {
    const bytes = await Deno.readFile(path);
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    if (error instanceof TypeError) throw new UnusableSidecar(`${path}: it is not UTF-8`);
    throw error;
  }
}

/** Puts an answer into a sidecar's text; null if there is nothing to write. */
export function withAnswer(text: string | null, answer: SidecarAnswer, path = "the sidecar") {
  const { all, rdf } = read(text ?? BLANK, path), hadOurs = removeOurs(rdf);
  if (answer.faces.length > 0) addAnswer(rdf, answer);
  return answer.faces.length > 0 || hadOurs ? writeXml(all) : null;
}

function read(text: string, path: string): { all: XmlElement; rdf: XmlElement } {
  try {
    const all = parseXml(text);
    const isOne = childrenOf(all).length === 1 &&
      all.nodes.every((node) => typeof node !== "string" || /^(\s*|<[^]*)$/.test(node));
    const rdf = allIn(all).find((element) => isNamed(element, SPACES.rdf, "RDF"));
    if (rdf && isOne) return { all, rdf };
  } catch (error) {
    if (error instanceof SyntaxError) throw new UnusableSidecar(`${path}: ${error.message}`);
    throw error;
  }
  throw new UnusableSidecar(`${path}: it is not XMP`);
}

// What an earlier answer has left

/** Removes an earlier answer; tells whether there was one. */
function removeOurs(rdf: XmlElement): boolean {
  const own = ownIn(rdf);
  for (const list of LISTS) {
    const words = own.filter((element) => isNamed(element, OWN, list.local)).flatMap(wordsIn);
    const found = listIn(rdf, SPACES[list.prefix], list.local);
    if (found) removeItems(found.items, found.property, (item) => words.includes(textIn(item)));
  }
  const regions = find(rdf, SPACES["mwg-rs"], "Regions");
  const list = regions && listIn(regions, SPACES["mwg-rs"], "RegionList");
  if (list) removeItems(list.items, regions, isOurs);
  ownIn(rdf).filter(({ parent }) => isDescription(parent!)).forEach(remove);
  const changed = allIn(rdf).filter(isDescription).filter(stripAttributes);
  return own.length > 0 || changed.length > 0;
}

function isDescription(element: XmlElement): boolean {
  return isNamed(element, SPACES.rdf, "Description");
}

function ownIn(rdf: XmlElement): XmlElement[] {
  return allIn(rdf).filter(({ name, spaces }) => spaces[name.split(":")[0]!] === OWN);
}

/** Removes our attributes, which is how others may write simple properties; tells whether there were any. */
function stripAttributes(element: XmlElement): boolean {
  const before = element.open;
  for (const prefix of prefixes(element.spaces)) {
    const attribute = new RegExp(`\\s+${prefix}:[\\w-]+\\s*=\\s*("[^"]*"|'[^']*')`, "g");
    element.open = element.open.replaceAll(attribute, "");
  }
  return element.open !== before;
}

function prefixes(spaces: Spaces): string[] {
  return Object.keys(spaces).filter((prefix) => spaces[prefix] === OWN);
}

/** Tells whether a region is ours: it holds something of our namespace, and nobody has named it. */
function isOurs(region: XmlElement): boolean {
  const all = [region, ...allIn(region)];
  const hasName = find(region, SPACES["mwg-rs"], "Name") !== undefined ||
    all.some(({ open }) => /\smwg-rs:Name\s*=/.test(open));
  return !hasName && all.some(({ open, spaces }) => (
    prefixes(spaces).some((prefix) => new RegExp(`[<\\s]${prefix}:`).test(open))
  ));
}

/** Removes items of a list, and the whole property if they were all. */
function removeItems(items: XmlElement, property: XmlElement, isGone: typeof isOurs): void {
  const gone = childrenOf(items).filter(isGone);
  gone.forEach(remove);
  if (gone.length > 0 && childrenOf(items).length === 0) remove(property);
}

function find(element: XmlElement, uri: string, local: string): XmlElement | undefined {
  return allIn(element).find((inner) => isNamed(inner, uri, local));
}

/** Finds a property that is a list, and the element that holds its items. */
function listIn(element: XmlElement, uri: string, local: string) {
  const property = find(element, uri, local), items = property && childrenOf(property)[0];
  return items ? { property, items } : null;
}

function wordsIn(property: XmlElement): string[] {
  return allIn(property).filter((item) => isNamed(item, SPACES.rdf, "li")).map(textIn);
}

// What is added

function addAnswer(rdf: XmlElement, answer: SidecarAnswer): void {
  if (!childrenOf(rdf).some(isDescription)) {
    append(rdf, `<rdf:Description${declared(rdf.spaces, ["rdf"])} rdf:about=""/>`);
  }
  const description = childrenOf(rdf).find(isDescription)!;
  const groups = [...new Set(answer.faces.map(({ group }) => group))].sort();
  addRegions(rdf, description, answer);
  for (const list of LISTS) {
    const words = groups.map((group) => `age${list.level}${answer.groups[group]!}`);
    const found = listIn(rdf, SPACES[list.prefix], list.local);
    const theirs = found ? wordsIn(found.property) : [];
    const items = words.filter((word) => !theirs.includes(word))
      .map((word) => `<rdf:li>${escapeXml(word)}</rdf:li>`);
    if (found) addItems(found.items, items, ["rdf"]);
    else {
      const empty = find(rdf, SPACES[list.prefix], list.local);
      if (empty && textIn(empty) === "") remove(empty); // no property stands twice
      addList(description, list, items);
    }
    // what stood there before is not ours to remove
    addList(description, { ...list, prefix: "humanAge" }, items);
  }
  for (const [name, text] of [["model", answer.model], ["note", GUESS]] as const) {
    const start = `humanAge:${name}${declared(description.spaces, ["humanAge"])}`;
    append(description, `<${start}>${escapeXml(text)}</humanAge:${name}>`);
  }
}

/** Adds items to a list that is there, with the namespaces that do not hold there yet. */
function addItems(list: XmlElement, items: readonly string[], wanted: readonly Prefix[]): void {
  const spaces = declared(list.spaces, wanted);
  for (const text of items) append(list, text.replace("<rdf:li", `<rdf:li${spaces}`));
}

/** Adds items as a list of its own. */
function addList(
  description: XmlElement,
  { prefix, local, kind }: { prefix: Prefix; local: string; kind: string },
  items: readonly string[],
): void {
  if (items.length === 0) return;
  const name = `${prefix}:${local}`, start = name + declared(description.spaces, ["rdf", prefix]);
  const lines = [`<${start}>`, `<rdf:${kind}>`, ...items, `</rdf:${kind}>`, `</${name}>`];
  append(description, lines.join("\n"));
}

/** Namespaces that do not hold yet, as attributes. */
function declared(spaces: Spaces, wanted: readonly Prefix[]): string {
  const missing = wanted.filter((prefix) => spaces[prefix] !== SPACES[prefix]);
  return missing.map((prefix) => ` xmlns:${prefix}="${SPACES[prefix]}"`).join("");
}

const OF_REGIONS = ["rdf", "mwg-rs", "stDim", "stArea", "humanAge"] as const;

function addRegions(rdf: XmlElement, description: XmlElement, answer: SidecarAnswer): void {
  const regions = find(rdf, SPACES["mwg-rs"], "Regions");
  const found = regions && listIn(regions, SPACES["mwg-rs"], "RegionList");
  if (found) return addItems(found.items, regionsOf(answer), OF_REGIONS);
  if (regions) remove(regions); // it names no region
  const { width: across, height: down } = answer;
  const [width, height] = isSideways(answer.orientation) ? [down, across] : [across, down];
  const lines = [
    `<mwg-rs:Regions${declared(description.spaces, OF_REGIONS)} rdf:parseType="Resource">`,
    `<mwg-rs:AppliedToDimensions stDim:w="${width}" stDim:h="${height}" stDim:unit="pixel"/>`,
    `<mwg-rs:RegionList>\n<rdf:Bag>`,
    ...regionsOf(answer),
    `</rdf:Bag>\n</mwg-rs:RegionList>\n</mwg-rs:Regions>`,
  ];
  append(description, lines.join("\n"));
}

/** Each face as a region; it has no name, which would be a person's. */
function regionsOf(answer: SidecarAnswer): string[] {
  return answer.faces.map((face) => {
    const area = Object.entries(storedArea(face, answer)), { group, probabilities } = face;
    const name = answer.groups[group]!;
    const words = `age ${name} (${percent(probabilities[group]!)}), a guess of ${answer.model}`;
    const sides = area.map(([side, value]) => `stArea:${side}="${Number(value.toFixed(6))}"`);
    return [
      `<rdf:li rdf:parseType="Resource">`,
      `<mwg-rs:Area ${sides.join(" ")} stArea:unit="normalized"/>`,
      `<mwg-rs:Type>Face</mwg-rs:Type>`,
      `<mwg-rs:Description>${escapeXml(words)}</mwg-rs:Description>`,
      `<mwg-rs:Extensions rdf:parseType="Resource">`,
      `<humanAge:group>${name}</humanAge:group>`,
      `</mwg-rs:Extensions>`,
      `</rdf:li>`,
    ].join("\n");
  });
}

// Places

/** Leads from an upright photo to the stored one, by EXIF orientation; shares of width and height. */
const TO_STORED: Record<number, (x: number, y: number) => [number, number]> = {
  1: (x, y) => [x, y],
  2: (x, y) => [1 - x, y],
  3: (x, y) => [1 - x, 1 - y],
  4: (x, y) => [x, 1 - y],
  5: (x, y) => [y, x],
  6: (x, y) => [y, 1 - x],
  7: (x, y) => [1 - y, 1 - x],
  8: (x, y) => [1 - y, x],
};

/** Tells whether width and height change places where the photo is turned upright. */
const isSideways = (orientation: number) => orientation >= 5;

/** The part of a box that is in the photo: its centre and size in the stored photo, as shares of width and height. */
function storedArea({ box }: Pick<Face, "box">, { width, height, orientation }: SidecarAnswer) {
  const share = (length: number, whole: number) => Math.min(Math.max(length / whole, 0), 1);
  const [left, right] = [share(box.x, width), share(box.x + box.width, width)];
  const [top, bottom] = [share(box.y, height), share(box.y + box.height, height)];
  const [x, y] = (TO_STORED[orientation] ?? TO_STORED[1]!)((left + right) / 2, (top + bottom) / 2);
  const [w, h] = [right - left, bottom - top];
  return isSideways(orientation) ? { x, y, w: h, h: w } : { x, y, w, h };
}
