import { deepEqual } from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { ROOT } from "@/base/project.ts";

/** The documents that people read, as paths in the project. */
const DOCUMENTS = [
  ...["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "data/README.md"],
  ...filesBelow("docs"),
  ...readdirSync(join(ROOT, "data", "models")).map((name) => `data/models/${name}/README.md`),
].filter((path) => path.endsWith(".md"));

/** Files that name documents and modules in their text. */
const SOURCES = ["lib", "tools", "bench", "notebooks"].flatMap(filesBelow)
  .filter((path) => /\.(ts|ipynb)$/.test(path));

function filesBelow(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { encoding: "utf8", recursive: true })
    .map((path) => `${folder}/${path}`);
}

const textOf = (path: string) => Deno.readTextFileSync(join(ROOT, path));

/** Where the links of a text lead, but for those to other hosts and mail. */
function linksOf(text: string): string[] {
  const found = [...text.matchAll(/\]\(([^)\s]+)\)|(?:src|href)="([^"]+)"/g)];
  return found.map(([, link, source]) => link ?? source!).filter((link) => !/^\w+:/.test(link));
}

/** The anchors of a document's headings, as GitHub makes them. */
function anchorsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading]) => (
    heading!.toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, "").replaceAll(" ", "-")
  ));
}

/** Whether there is a place that a link of a document names. */
function leads(from: string, link: string): boolean {
  const [file, anchor] = link.split("#"), path = file ? join(dirname(from), file) : from;
  if (!existsSync(join(ROOT, path))) return false;
  return !anchor || !path.endsWith(".md") || anchorsOf(textOf(path)).includes(anchor);
}

/** What the code of a document imports: each name with its module. */
const importsIn = (text: string) => (
  [...text.matchAll(/import \{ ([^}]+) \} from "@(tools)?\/([^"]+)"/g)]
    .flatMap(([, names, folder = "lib", path]) => (
      names!.split(", ").map((name) => [name, `${folder}/${path}`] as const)
    ))
);

/** Whether a module exports a name. */
const exports = (module: string, name: string) => (
  existsSync(join(ROOT, module)) &&
  new RegExp(`^export .*\\b${name}\\b`, "m").test(textOf(module))
);

Deno.test("every link of the documents leads somewhere", () => {
  const lost = DOCUMENTS.flatMap((from) => (
    linksOf(textOf(from)).filter((link) => !leads(from, link)).map((link) => `${from}: ${link}`)
  ));
  deepEqual(lost, []);
});

Deno.test("every document that sources and notebooks name is there", () => {
  const lost = SOURCES.flatMap((from) => (
    [...textOf(from).matchAll(/\bdocs\/[\w/]+\.md\b/g)]
      .filter(([path]) => !existsSync(join(ROOT, path))).map(([path]) => `${from}: ${path}`)
  ));
  deepEqual(lost, []);
});

Deno.test("the documents' code imports what its modules export", () => {
  const lost = DOCUMENTS.flatMap((from) => (
    importsIn(textOf(from)).filter(([name, module]) => !exports(module, name))
      .map(([name, module]) => `${from}: ${name} of ${module}`)
  ));
  deepEqual(lost, []);
});
