/**
 * The public surface: what the modules of `lib` (`mod.ts`) export for notebooks and programs. `docs/modules.md` lists it:
 *
 *     deno run -A tools/checks/public_surface.ts
 */
import { globSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { writeWhole } from "@/base/files.ts";
import { ROOT } from "@/base/project.ts";

export const LIST = join(ROOT, "docs", "modules.md");

export interface PublicName {
  module: string;
  name: string;
  file: string;
  isFunction: boolean;
  /** The first sentence of its docstring. */
  summary: string;
  hasExample: boolean;
}

/** The parts of `deno doc --json` that are read. */
interface Documentation {
  nodes: Record<string, { symbols: { name: string; declarations: Declaration[] }[] }>;
}

interface Declaration {
  location: { filename: string };
  kind: string;
  jsDoc?: { doc?: string; tags?: { kind: string }[] };
}

/** Reads the exports of all modules, in the order of their names. */
export function readSurface(): PublicName[] {
  const modules = globSync("lib/*/mod.ts", { cwd: ROOT }).sort();
  const { success, stdout, stderr } = new Deno.Command(Deno.execPath(), {
    args: ["doc", "--json", ...modules],
    cwd: ROOT,
  }).outputSync();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  if (!success) throw new Error(`Cannot read the modules: ${text(stderr)}`);
  const { nodes }: Documentation = JSON.parse(text(stdout));
  return modules.flatMap((module) => (
    nodes[pathToFileURL(join(ROOT, module)).href]!.symbols.map(({ name, declarations }) => (
      describe(module, name, declarations[0]!)
    ))
  ));
}

function describe(module: string, name: string, declaration: Declaration): PublicName {
  const { location, kind, jsDoc: { doc = "", tags = [] } = {} } = declaration;
  return {
    ...{ module, name, file: relative(ROOT, fileURLToPath(location.filename)) },
    ...{ isFunction: kind === "function", summary: firstSentence(doc) },
    hasExample: tags.some(({ kind }) => kind === "example"),
  };
}

function firstSentence(doc: string): string {
  const sentence = doc.split(/\n\s*\n/)[0]!.replaceAll(/\s+/g, " ").trim();
  const plain = sentence.replaceAll(/\{@linkcode (\w+)\}/g, "`$1`");
  return plain.match(/^.*?[.;:](?= |$)/)?.[0].replace(/[;:]$/, ".") ?? plain;
}

export function listSurface(surface: readonly PublicName[]): string {
  const modules = Map.groupBy(surface, ({ module }) => module);
  const tables = [...modules].map(([module, names]) => {
    const rows = names.toSorted((a, b) => a.name < b.name ? -1 : 1)
      .map(({ name, file, summary }) => `- [\`${name}\`](../${file}): ${summary}`);
    return `## ${module.replace(/^lib\//, "@/")}\n\n${rows.join("\n")}\n`;
  });
  return `${HEAD}\n${tables.join("\n")}`;
}

const HEAD = `# Modules

Notebooks and programs import from the \`mod.ts\` of each module; everything else in \`lib/\` is internal. Each function
here has an example in its docstring; the tests run those that need no photos. This list is made from the docstrings by
\`deno run -A tools/checks/public_surface.ts\`.
`;

if (import.meta.main) {
  await writeWhole(LIST, (part) => Deno.writeTextFile(part, listSurface(readSurface())));
  await new Deno.Command(Deno.execPath(), { args: ["fmt", "--quiet", LIST] }).output();
}
