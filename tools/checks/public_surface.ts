/**
 * The public surface: what the modules of `lib` (`mod.ts`) export for notebooks and programs. `docs/modules.md` lists it:
 *
 *     deno run -A tools/checks/public_surface.ts
 *
 * @module
 */
import { globSync } from "node:fs";
import { join } from "node:path";
import { writeWhole } from "@/base/files.ts";
import { ROOT } from "@/base/project.ts";

/** The list of the public surface. */
export const LIST = join(ROOT, "docs", "modules.md");

/** An export of a module. */
export interface PublicName {
  module: string;
  name: string;
  file: string;
  isFunction: boolean;
  /** The first sentence of its docstring. */
  summary: string;
  hasExample: boolean;
}

const EXPORT = /^export \{([^}]*)\} from "@\/([^"]+)";/gm;

/** Reads the exports of all modules, in the order of their names. */
export function readSurface(): PublicName[] {
  return globSync("lib/*/mod.ts", { cwd: ROOT }).sort().flatMap((module) => (
    [...read(module).matchAll(EXPORT)].flatMap(([, names, file]) => (
      names!.split(",").map((name) => name.trim()).filter(Boolean)
        .map((name) => describe(module, name, `lib/${file}`))
    ))
  ));
}

function read(path: string): string {
  return Deno.readTextFileSync(join(ROOT, path));
}

/** Finds the declaration of a name, and reads its docstring; a file may pass it on from another. */
function describe(module: string, name: string, file: string): PublicName {
  const text = read(file),
    declaration = new RegExp(`^export (?:async )?(function|const) ${name}\\b`, "m");
  const found = declaration.exec(text);
  if (!found) return describe(module, name, sourceOf(name, file, text));
  const doc = docBefore(text, found.index);
  return {
    ...{ module, name, file, isFunction: found[1] === "function" },
    ...{ summary: firstSentence(doc), hasExample: doc.includes("@example") },
  };
}

/** The file that a file has a name from. */
function sourceOf(name: string, file: string, text: string): string {
  const passed = [...text.matchAll(EXPORT)].find(([, names]) => (
    names!.split(",").some((other) => other.trim() === name)
  ));
  if (!passed) throw new Error(`${file} declares no ${name}, which a module exports`);
  return `lib/${passed[2]}`;
}

function docBefore(text: string, index: number): string {
  const before = text.slice(0, index).trimEnd();
  return before.endsWith("*/") ? before.slice(before.lastIndexOf("/**")) : "";
}

function firstSentence(doc: string): string {
  const words = doc.replace(/^\/\*\*|\*\/$/g, "").replaceAll(/^\s*\* ?/gm, "").trim();
  const sentence = words.split(/\n\s*\n|\n@/)[0]!.replaceAll(/\s+/g, " ");
  const plain = sentence.replaceAll(/\{@linkcode (\w+)\}/g, "`$1`");
  return plain.match(/^.*?[.;:](?= |$)/)?.[0].replace(/[;:]$/, ".") ?? plain;
}

/** Writes the public surface as a document, a table for each module. */
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
