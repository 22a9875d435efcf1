import { deepEqual } from "node:assert/strict";
import { checkSizes, checkWords } from "@tools/checks/check_style.ts";

const body = (lines: number) => Array(lines).fill("  work();").join("\n");

Deno.test("checkSizes() warns of a function above 40 lines, and of no shorter one", () => {
  deepEqual(checkSizes("a.ts", `function short() {\n${body(38)}\n}\n`), []);
  const [warning] = checkSizes("a.ts", `\nexport async function long() {\n${body(39)}\n}\n`);
  deepEqual(warning, { file: "a.ts", line: 2, words: "the function has 41 lines, more than 40" });
});

Deno.test("checkSizes() warns of a file above 400 lines", () => {
  deepEqual(checkSizes("a.ts", "a;\n".repeat(400)), []);
  deepEqual(checkSizes("a.ts", "a;\n".repeat(401)).map(({ line }) => line), [1]);
});

Deno.test("checkWords() names an odd word, where it stands, and what to write", () => {
  deepEqual(checkWords("a.md", "A network\nlearns by heart."), [
    { file: "a.md", line: 2, words: '"by heart": write overfits' },
  ]);
  deepEqual(checkWords("a.md", "The misjudgement of a heart"), []);
});
