/** Warns of what has grown too large, and of words that the field has better ones for. */
import { globSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "@/base/project.ts";
import WORDS from "@tools/checks/odd_words.json" with { type: "json" };

/** The most lines of a file without tests, and of a function. */
const FILE = 400, FUNCTION = 40;

const CODE = ["lib", "tools", "bench", "web"].map((folder) => `${folder}/**/*.ts`);

const DOCUMENTS = ["README.md", "docs/**/*.md"];

export interface Warning {
  file: string;
  line: number;
  words: string;
}

/** A function's first line and its last, which closes it at the same depth. */
const OPENING =
  /^( *)(?:export )?(?:async )?(?:function\b|const \w+ = (?:async )?\([^)]*\).*=> \{$)/;

export function checkSizes(file: string, text: string): Warning[] {
  const lines = text.trimEnd().split("\n");
  const long = lines.length > FILE
    ? [{ file, line: 1, words: `the file has ${lines.length} lines, more than ${FILE}` }]
    : [];
  return [...long, ...longFunctions(file, lines)];
}

function longFunctions(file: string, lines: readonly string[]): Warning[] {
  return lines.flatMap((text, k) => {
    const indent = OPENING.exec(text)?.[1];
    if (indent === undefined) return [];
    const length = lines.slice(k).findIndex((other) => other.startsWith(`${indent}}`)) + 1;
    const words = `the function has ${length} lines, more than ${FUNCTION}`;
    return length > FUNCTION ? [{ file, line: k + 1, words }] : [];
  });
}

export function checkWords(file: string, text: string): Warning[] {
  return text.split("\n").flatMap((line, k) => (
    WORDS.flatMap(([odd, usual]) => { // a pattern of whole words, and what the field says
      const found = new RegExp(`\\b(?:${odd})\\b`, "i").exec(line)?.[0];
      return found ? [{ file, line: k + 1, words: `"${found}": write ${usual}` }] : [];
    })
  ));
}

function readFiles(patterns: readonly string[]): [file: string, text: string][] {
  const files = globSync(patterns, { cwd: ROOT }).map((file) => file.replaceAll("\\", "/")).sort();
  return files.map((file) => [file, Deno.readTextFileSync(join(ROOT, file))]);
}

if (import.meta.main) {
  const code = readFiles(CODE).filter(([file]) => !/(_test|check_style)\.ts$/.test(file));
  const documents = readFiles(DOCUMENTS);
  const warnings = [
    ...code.flatMap(([file, text]) => checkSizes(file, text)),
    ...[...code, ...documents].flatMap(([file, text]) => checkWords(file, text)),
  ];
  for (const { file, line, words } of warnings) console.log(`warning: ${file}:${line}: ${words}`);
}
