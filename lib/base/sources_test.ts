import { deepEqual } from "node:assert/strict";
import { importsOf, sourcesOf } from "@/base/sources.ts";

Deno.test("importsOf() finds imports on one line and on several, types and side effects", () => {
  const text = `import { a } from "d3";
import type { B } from "@/base/b.ts";
import {
  c,
  d,
} from "@/base/c.ts";
import "@/base/e.ts";
`;
  deepEqual(importsOf(text), ["d3", "@/base/b.ts", "@/base/c.ts", "@/base/e.ts"]);
});

Deno.test("importsOf() finds re-exports, and imports in the middle of the code", () => {
  const text = `export { a } from "@/base/a.ts";
export type { B };
const b = await import("@/base/b.ts");
`;
  deepEqual(importsOf(text), ["@/base/a.ts", "@/base/b.ts"]);
});

Deno.test("importsOf() finds the includes of C++ that are not the system's", () => {
  deepEqual(importsOf('#include <vector>\n#include "ops.h"\n'), ["ops.h"]);
});

Deno.test("importsOf() leaves out examples in doc comments, and texts that are no imports", () => {
  const text = `/**
 * import { a } from "@/base/a.ts";
 */
export const from = "@/base/b.ts";
export function c(): string {
  return "@/base/d.ts";
}
`;
  deepEqual(importsOf(text), []);
});

/** The sources of `lib/a.ts` where the project holds these files. */
function sources(files: Record<string, string>): string[] {
  return [...sourcesOf("lib/a.ts", (path) => files[path] ?? null).keys()];
}

Deno.test("sourcesOf() follows imports as far as they go, once each", () => {
  const files = {
    "lib/a.ts": 'import "@/b/c.ts";\nimport "d3";\n',
    "lib/b/c.ts": 'import "./d.ts";\nimport "@/a.ts";\n',
    "lib/b/d.ts": "",
    "lib/b/other.ts": "",
  };
  deepEqual(sources(files), ["lib/a.ts", "lib/b/c.ts", "lib/b/d.ts"]);
});

Deno.test("sourcesOf() follows the includes of C++, beside the file that includes", () => {
  const files: Record<string, string> = {
    "lib/b/a.cc": '#include "a.h"\n#include "tensorflow/core/op.h"\n',
    "lib/b/a.h": '#include "b.h"\n',
    "lib/b/b.h": "",
  };
  const found = sourcesOf("lib/b/a.cc", (path) => files[path] ?? null);
  deepEqual([...found.keys()], ["lib/b/a.cc", "lib/b/a.h", "lib/b/b.h"]);
});
