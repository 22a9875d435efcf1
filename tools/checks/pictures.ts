/**
 * The pictures in a notebook, of which none may show a person: each is a figure of `figures/`, which
 * hold photos of the sample alone, or a drawing without photos.
 */

/** The parts of a notebook's cell that may hold pictures. */
export interface PicturedCell {
  source: string | string[];
  outputs?: { data?: Record<string, unknown> }[];
  attachments?: Record<string, Record<string, unknown>>;
}

/** A picture: its type, such as `image/png`, and its text as SVG, or its bytes in base64. */
export interface Picture {
  type: string;
  content: string;
}

const SVG = "image/svg+xml";

/** All pictures of a cell: its outputs and attachments, and those written into texts as `data:` URLs. */
export function picturesOf({ source, outputs = [], attachments = {} }: PicturedCell): Picture[] {
  const bundles = [...outputs.map(({ data = {} }) => data), ...Object.values(attachments)];
  const values = bundles.flatMap((bundle) => Object.entries(bundle));
  return [["text/markdown", source] as const, ...values].flatMap(([type, value]) => {
    const text = textOf(value);
    return type.startsWith("image/") ? [{ type, content: tidy(type, text) }] : inText(text);
  });
}

/** Picks the pictures that are neither a figure's file nor a drawing without photos. */
export function strangers(pictures: readonly Picture[], figures: ReadonlySet<string>): Picture[] {
  return pictures.filter(({ type, content }) => (
    !figures.has(content) && !(type === SVG && isDrawing(content))
  ));
}

/** Makes of a figure's file what {@linkcode picturesOf} would find of it. */
export function contentOf(path: string, bytes: Uint8Array): string {
  if (!path.endsWith(".svg")) return bytes.toBase64();
  return tidy(SVG, new TextDecoder().decode(bytes));
}

/** Tells whether an SVG consists of shapes and texts alone. */
function isDrawing(svg: string): boolean {
  return !/<(image|img|foreignObject|use\s+href="[^#])|data:image/i.test(svg);
}

function inText(text: string): Picture[] {
  const urls = text.matchAll(/data:(image\/[\w.+-]+)((?:;[\w=.-]+)*),([^"'\s)<>\\]*)/gi);
  return urls.map(([, type, settings, content]) => {
    const base64 = settings!.toLowerCase().endsWith(";base64");
    if (type !== SVG) return { type: type!, content: content! };
    const svg = base64
      ? new TextDecoder().decode(Uint8Array.fromBase64(content!))
      : decodeURIComponent(content!);
    return { type, content: tidy(SVG, svg) };
  }).toArray();
}

function tidy(type: string, text: string): string {
  return type === SVG ? text.trim() : text.replaceAll(/\s/g, "");
}

/** A value of a notebook as text: Jupyter writes long texts as a list of lines. */
function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  return Array.isArray(value) ? value.join("") : JSON.stringify(value);
}
