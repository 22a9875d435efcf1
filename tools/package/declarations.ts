/** The types that a program exports, as declaration files made from its sources. */
import { basename, join } from "node:path";
import ts from "typescript";
import { ROOT } from "@/base/project.ts";

/** Where the sources of `lib` are imported from. */
const LIB = /"@\/([\w/]+)\.ts"/g;

/** Makes declaration files of a source and of what its declarations import, by their names; all lie in one folder. */
export function declareTypes(entry: string): Map<string, string> {
  const files = new Map<string, string>(), paths = [entry];
  for (const path of paths) { // grows meanwhile
    const name = `${basename(path, ".ts")}.d.ts`;
    if (files.has(name)) continue;
    const text = declare(path);
    files.set(name, text.replaceAll(LIB, (_, path) => `"./${basename(path)}.js"`));
    paths.push(...Array.from(text.matchAll(LIB), ([, path]) => `lib/${path}.ts`));
  }
  return files;
}

/** @throws {Error} if a type is left for the compiler to infer, or a source cannot be read */
function declare(path: string): string {
  const fileName = join(ROOT, path);
  const compilerOptions = { declaration: true, isolatedDeclarations: true };
  const options = { fileName, reportDiagnostics: true, compilerOptions };
  const text = Deno.readTextFileSync(fileName);
  const { outputText, diagnostics = [] } = ts.transpileDeclaration(text, options);
  if (diagnostics.length === 0) return outputText;
  const faults = diagnostics.map(({ messageText }) => (
    ts.flattenDiagnosticMessageText(messageText, "\n")
  ));
  throw new Error(`Cannot declare the types of ${path}: ${faults.join("; ")}`);
}
