import { equal, match } from "node:assert/strict";
import { testWith, withWork } from "@/testing.ts";

let opened:
  | Promise<{ work: string; module: typeof import("@/notebook/show/notebook.ts") }>
  | undefined;
const load = () => opened ??= withWork(() => import("@/notebook/show/notebook.ts"));

testWith(["read", "write", "env"], "saveGallery() writes a page into the work folder", async () => {
  const { work, module: { saveGallery } } = await load();
  const rows = [{ finding: "unreadable", photo: "in/a b.jpg", age: null, of: "empty file" }];
  const path = await saveGallery({ name: "set", folder: "/photos" }, "findings", rows);
  equal(path, `${work}/galleries/set/findings.html`);
  const page = await Deno.readTextFile(path!);
  match(page, /file:\/\/\/photos\/in\/a%20b\.jpg/);
  match(page, /"lines":\["unreadable","empty file"\]/);
});

testWith(
  ["read", "write", "env"],
  "saveGallery() makes none of the sample or of nothing",
  async () => {
    const { saveGallery } = (await load()).module;
    const rows = [{ photo: "a.jpg" }];
    equal(await saveGallery({ name: "sample", folder: "/photos" }, "findings", rows), null);
    equal(await saveGallery({ name: "set", folder: "/photos" }, "findings", []), null);
  },
);
