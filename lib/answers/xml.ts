/**
 * XML as a tree that keeps every character, so that what is added to a file leaves all else as it was. It takes no
 * document type, which XMP has none of.
 */

export type Spaces = Readonly<Record<string, string>>;

/** A piece of text (or a comment), or an element. */
type XmlNode = string | XmlElement;

/** An element, its tags as they are written. */
export interface XmlElement {
  name: string;
  open: string;
  close: string;
  nodes: XmlNode[];
  spaces: Spaces;
  parent: XmlElement | null;
}

const NAME = String.raw`[\p{L}_][\p{L}\p{M}\p{N}._\-]*(?::[\p{L}_][\p{L}\p{M}\p{N}._\-]*)?`;
const VALUE = `"[^<"]*"|'[^<']*'`;
const TOKEN = new RegExp(
  String.raw`(?<aside><\?[^]*?\?>|<!--[^]*?-->|<!\[CDATA\[[^]*?\]\]>)|</(?<end>${NAME})\s*>|` +
    String.raw`<(?<start>${NAME})(?:\s+${NAME}\s*=\s*(?:${VALUE}))*\s*(?<empty>/?)>|(?<text>[^<]+)`,
  "uy",
);
const DECLARATION = new RegExp(`\\sxmlns:(${NAME})\\s*=\\s*(${VALUE})`, "gu");
const BARE = /&(?!(?:\w+|#\d+|#x[\da-f]+);)/i;

/**
 * Reads XML, or a part of it.
 *
 * @param spaces the namespaces that hold around it
 * @returns an element without a name that holds all nodes
 * @throws {SyntaxError} if it is not well-formed
 */
export function parseXml(text: string, spaces: Spaces = {}): XmlElement {
  const top: XmlElement = { name: "", open: "", close: "", nodes: [], spaces, parent: null };
  let inner = top;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const at = TOKEN.lastIndex, token = TOKEN.exec(text);
    if (!token || (!token.groups!.aside && BARE.test(token[0]))) throw malformed(text, at);
    const [words] = token, { end, start, empty } = token.groups!;
    if (end !== undefined) {
      if (end !== inner.name) throw malformed(text, at);
      inner.close = words;
      inner = inner.parent!;
    } else if (start !== undefined) {
      const element = elementOf(start, words, inner);
      inner.nodes.push(element);
      if (!empty) inner = element;
    } else inner.nodes.push(words);
  }
  if (inner !== top) throw malformed(text, text.length);
  return top;
}

function malformed(text: string, at: number): SyntaxError {
  return new SyntaxError(`it is not XML from line ${text.slice(0, at).split("\n").length} on`);
}

function elementOf(name: string, open: string, parent: XmlElement): XmlElement {
  const spaces: Record<string, string> = { ...parent.spaces };
  for (const [, prefix, uri] of open.matchAll(DECLARATION)) spaces[prefix!] = uri!.slice(1, -1);
  return { name, open, close: "", nodes: [], spaces, parent };
}

export function writeXml(node: XmlNode): string {
  if (typeof node === "string") return node;
  return node.open + node.nodes.map(writeXml).join("") + node.close;
}

/** Lists the elements right in an element. */
export function childrenOf({ nodes }: XmlElement): XmlElement[] {
  return nodes.filter((node) => typeof node !== "string");
}

export function allIn(element: XmlElement): XmlElement[] {
  return childrenOf(element).flatMap((child) => [child, ...allIn(child)]);
}

/** Tells whether an element has a name of a namespace. */
export function isNamed({ name, spaces }: XmlElement, uri: string, local: string): boolean {
  const [prefix, own] = name.split(":");
  return own === local && spaces[prefix!] === uri;
}

/** Returns the text in an element, without the blanks around it. */
export function textIn(element: XmlElement): string {
  return element.nodes.map(writeXml).join("").trim();
}

/** Adds XML at the end of an element, on lines of its own. */
export function append(element: XmlElement, text: string): void {
  if (element.close === "") {
    element.open = element.open.replace(/\s*\/>$/, ">");
    element.close = `</${element.name}>`;
  }
  const { nodes } = parseXml(text, element.spaces), { nodes: own } = element, last = own.at(-1);
  for (const node of nodes) if (typeof node !== "string") node.parent = element;
  if (typeof last === "string" && last.trim() === "") own.splice(-1, 0, "\n", ...nodes);
  else own.push("\n", ...nodes, "\n");
}

/** Removes an element, with the blanks before it. */
export function remove(element: XmlElement): void {
  const { nodes } = element.parent!, at = nodes.indexOf(element), before = nodes[at - 1];
  const isBlank = typeof before === "string" && before.trim() === "";
  nodes.splice(isBlank ? at - 1 : at, isBlank ? 2 : 1);
}
