import { equal, notEqual } from "node:assert/strict";
import { NATIVE, testWith } from "@/testing.ts";

/** A project in which a square is made by a module that imports another one, and a package. */
const FILES: Record<string, string> = {
  "deno.json": '{ "imports": { "exifr": "npm:exifr@7.1.3", "d3": "npm:d3@7.9.0" } }',
  "lib/images/resize.ts": 'import "exifr";\nimport { pad } from "@/images/padding.ts";\n',
  "lib/images/padding.ts": "export const pad = 1;\n",
  "lib/images/normalization.ts": 'import "@/images/resize.ts";\n',
};

/** The code's hash where some of its surroundings are others. */
async function codeWith({ files = {}, ...changed }: {
  files?: Record<string, string>;
  library?: string;
  tensorflow?: string;
} = {}): Promise<string> {
  const { squareCode } = await import("@/images/square_code.ts");
  const all: Record<string, string> = { ...FILES, ...files };
  const read = (path: string) => all[path] ?? null;
  return squareCode({ read, library: "-O3 square.cc", tensorflow: "2.21.0", ...changed });
}

const CHANGES: [what: string, change: Parameters<typeof codeWith>[0]][] = [
  ["the module that makes a square", { files: { "lib/images/resize.ts": "" } }],
  ["a module that it imports", { files: { "lib/images/padding.ts": "export const pad = 2;\n" } }],
  ["the version of a package", {
    files: { "deno.json": FILES["deno.json"]!.replace("7.1.3", "7.1.4") },
  }],
  ["the compiler's arguments", { library: "-O2 square.cc" }],
  ["the version of TensorFlow", { tensorflow: "2.22.0" }],
];

for (const [what, change] of CHANGES) {
  testWith(NATIVE, `squareCode() changes with ${what}`, async () => {
    notEqual(await codeWith(change), await codeWith());
  });
}

testWith(
  NATIVE,
  "squareCode() stays the same where a file changes that no square needs",
  async () => {
    const files = {
      "lib/images/normalization.ts": "export {};\n",
      "deno.json": FILES["deno.json"]!.replace("d3@7.9.0", "d3@7.9.1"),
    };
    equal(await codeWith({ files }), await codeWith());
  },
);

testWith(
  NATIVE,
  "squareCode() is that of the code in memory, whatever is on the disk by now",
  async () => {
    const { squareCode } = await import("@/images/square_code.ts"), before = squareCode();
    const { readTextFileSync } = Deno;
    Deno.readTextFileSync = (path) => `${readTextFileSync(path)}\n// pulled`;
    try {
      equal(squareCode(), before);
    } finally {
      Deno.readTextFileSync = readTextFileSync;
    }
  },
);

testWith(NATIVE, "squareCode() reads this project's own code", async () => {
  const { squareCode } = await import("@/images/square_code.ts");
  equal(squareCode(), squareCode());
  notEqual(squareCode(), await codeWith());
});
