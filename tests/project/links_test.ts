import { deepEqual } from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { ROOT } from "@/base/project.ts";

/** The documents that people read, as paths in the project. */
const DOCUMENTS = [
  ...["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "data/README.md"],
  ...readdirSync(join(ROOT, "docs")).map((name) => `docs/${name}`),
  ...readdirSync(join(ROOT, "data", "models")).map((name) => `data/models/${name}/README.md`),
].filter((path) => path.endsWith(".md"));

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

Deno.test("every link of the documents leads somewhere", () => {
  const lost = DOCUMENTS.flatMap((from) => (
    linksOf(textOf(from)).filter((link) => !leads(from, link)).map((link) => `${from}: ${link}`)
  ));
  deepEqual(lost, []);
});
