import { deepEqual, equal, match } from "node:assert/strict";
import { DOMParser } from "linkedom";
import { galleryPage } from "@/figures/pictures/gallery.ts";

const ITEM = { name: "in/Zoë <1>.jpg", href: "file:///in/a.jpg", lines: ["unreadable", "3"] };

Deno.test("galleryPage() holds full names, what is said of each photo, and no photo", () => {
  const page = galleryPage("Findings of set", [ITEM, { ...ITEM, lines: ["near-duplicate"] }]);
  const document = new DOMParser().parseFromString(page, "text/html");
  const items = JSON.parse(document.getElementById("items")!.textContent!);
  deepEqual(items, [ITEM, { ...ITEM, lines: ["near-duplicate"] }]);
  deepEqual(Array.from(document.querySelectorAll("option"), ({ textContent }) => textContent), [
    "all",
    "unreadable",
    "near-duplicate",
  ]);
  equal(page.includes("data:image"), false);
});

Deno.test("galleryPage() lets no name end the script that holds it", () => {
  const page = galleryPage("a < b", [{ ...ITEM, name: "</script>.jpg" }]);
  equal(page.includes("</script>.jpg"), false);
  match(page, /<title>a &lt; b<\/title>/);
});

Deno.test("galleryPage() needs no network", () => {
  equal(/(src|href)="https?:/.test(galleryPage("Findings", [ITEM])), false);
});
