/** Looking into figures: what their tests share. */
import { equal } from "node:assert/strict";
import { testWith } from "@/testing.ts";

/** The snapshots lie beside the figures, so that they are found from any folder. */
const SNAPSHOTS = new URL("../snapshots/", import.meta.url);

/** Set by `deno test -A lib/figures -- --update`: snapshots are written anew, to be looked at. */
const UPDATE = Deno.args.includes("--update");

/** Registers a test that a figure looks as it did: numbers may differ after the third decimal. */
export function testSnapshot(name: string, draw: () => string): void {
  testWith(UPDATE ? ["read", "write"] : ["read"], `${name} looks like its snapshot`, async () => {
    const file = new URL(`${name}.svg`, SNAPSHOTS), drawn = rounded(draw());
    if (UPDATE) await Deno.writeTextFile(file, drawn);
    const before = await Deno.readTextFile(file).catch(() => "no snapshot");
    equal(drawn, before, `${name} changed or is new: look at it, then test with -- --update`);
  });
}

export function rounded(text: string): string {
  return text.replaceAll(/-?\d+\.\d+(?:e-?\d+)?/g, (number) => `${Number((+number).toFixed(3))}`);
}

export function textsOf(svg: string): string[] {
  const texts = svg.matchAll(/<(?:text|tspan)\b[^>]*>([^<]+)/g);
  return [...texts].map(([, text]) =>
    text!.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&")
  );
}

/** Returns the colours of a figure's bars in the order drawn, so also tells how many there are. */
export function barsOf(svg: string): string[] {
  const marks = svg.match(/<g[^>]*aria-label="(?:bar|rect)"[^>]*>.*?<\/g>/g) ?? [];
  return marks.flatMap((mark) => {
    const common = mark.match(/^<g[^>]*? fill="([^"]*)"/)?.[1];
    return [...mark.matchAll(/<rect [^>]*>/g)].map(([bar]) =>
      bar.match(/fill="([^"]*)"/)?.[1] ?? common!
    );
  });
}
