/**
 * The public surface: what the modules of `lib` (`mod.ts`) export for notebooks and programs. `docs/modules.md` lists it:
 *
 *     deno run -A tools/checks/public_surface.ts
 */
import { globSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { writeText } from "@/base/files.ts";
import { ROOT } from "@/base/project.ts";

export const LIST = join(ROOT, "docs", "modules.md");

export type PublicName = ReturnType<typeof describe>;

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
  const command = { args: ["doc", "--json", ...modules], cwd: ROOT };
  const { success, stdout, stderr } = new Deno.Command(Deno.execPath(), command).outputSync();
  const [said, fault] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  if (!success) throw new Error(`Cannot read the modules: ${fault}`);
  const { nodes }: Documentation = JSON.parse(said!);
  return modules.flatMap((module) => (
    nodes[pathToFileURL(join(ROOT, module)).href]!.symbols.map(({ name, declarations }) => (
      describe(module, name, declarations[0]!)
    ))
  ));
}

function describe(module: string, name: string, declaration: Declaration) {
  const { location, kind, jsDoc: { doc = "", tags = [] } = {} } = declaration;
  return {
    ...{ module, name, file: relative(ROOT, fileURLToPath(location.filename)) },
    isFunction: kind === "function",
    summary: firstSentence(doc),
    hasExample: tags.some(({ kind }) => kind === "example"),
  };
}

/** Words of a summary that may end at a colon; a shorter one only repeats the name. */
const ENOUGH = 8;

function firstSentence(doc: string): string {
  const sentence = doc.split(/\n\s*\n/)[0]!.replaceAll(/\s+/g, " ").trim();
  const plain = sentence.replaceAll(/\{@linkcode (\w+)\}/g, "`$1`");
  const end = [...plain.matchAll(/[.;:](?= |$)/g)].find(({ 0: mark, index }) => (
    mark !== ":" || plain.slice(0, index).split(" ").length >= ENOUGH
  ));
  return end ? `${plain.slice(0, end.index)}.` : plain;
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

Notebooks import from the \`mod.ts\` of each module. The other files of \`lib/\` are internal and may change, and modules
that are not listed have no \`mod.ts\`; commands, and some examples in these documents, import single files to avoid
loading TensorFlow. Each function here has an example in its docstring; tests run the examples that need no photos. This
list is made from the docstrings by \`deno run -A tools/checks/public_surface.ts\`.
`;

if (import.meta.main) {
  await writeText(LIST, listSurface(readSurface()));
  await new Deno.Command(Deno.execPath(), { args: ["fmt", "--quiet", LIST] }).output();
}
