import { equal, match } from "node:assert/strict";
import { testWith } from "@/testing.ts";

const load = () => import("@/notebook/show/notebook.ts");
const REAL = { name: "utkface-1a2b3c4d" };

testWith(["env", "read"], "mayShowPhotos() shows those of the sample in any notebook", async () => {
  const { mayShowPhotos } = await load();
  equal(mayShowPhotos({ name: "sample" }, () => undefined), true);
});

testWith(["env", "read"], "mayShowPhotos() shows people in a private copy alone", async () => {
  const { mayShowPhotos } = await load();
  const { ROOT } = await import("@/base/project.ts");
  const cases: [path: string | undefined, allowed: boolean][] = [
    [undefined, false],
    ["", false],
    ["notebooks/05_model_iv.ipynb", false],
    [`${ROOT}/notebooks/05_model_iv.ipynb`, false],
    [`${ROOT}/notebooks/more/copy.ipynb`, false],
    [`${ROOT}/data/notebooks/utkface/05_model_iv.ipynb`, true],
    ["data/notebooks/utkface/05_model_iv.ipynb", true],
    ["/tmp/copy.ipynb", true],
  ];
  for (const [path, allowed] of cases) {
    for (const variable of ["HUMAN_AGE_NOTEBOOK", "JPY_SESSION_NAME"]) {
      const told = (name: string) => name === variable ? path : undefined;
      equal(mayShowPhotos(REAL, told), allowed, `${variable}: ${path}`);
    }
  }
});

testWith(["env", "read"], "refusal() says where the figure is and what to do", async () => {
  const { refusal } = await load();
  const text = refusal(REAL, "figure06_padding");
  match(text, /figures\/utkface-1a2b3c4d\/figure06_padding\.png/);
  match(text, /deno task lab --data FOLDER/);
});
