import { deepEqual, equal, match, ok } from "node:assert/strict";
import { existsSync } from "node:fs";
import { NATIVE, testWith, withWork } from "@/testing.ts";

let loaded: ReturnType<typeof loadOnce> | undefined;

/** What notebooks show, with a work folder of its own, loaded where native code is allowed. */
function load() {
  return loaded ??= loadOnce();
}

function loadOnce() {
  return withWork(() => import("@/notebook.ts"));
}

interface Message {
  type: string;
  data: Record<string, string>;
  metadata: Record<string, { width: number }>;
}

/** Stands in for Deno's kernel: gathers the messages that go to the front end while the body runs. */
async function shown(body: () => Promise<void>): Promise<Message[]> {
  const messages: Message[] = [];
  const broadcast = (type: string, content: Omit<Message, "type">) => {
    messages.push({ type, ...content });
    return Promise.resolve();
  };
  const property = Object.getOwnPropertyDescriptor(Deno, "jupyter")!;
  property.set!.call(Deno, { broadcast });
  try {
    await body();
  } finally {
    property.set!.call(Deno, undefined);
  }
  return messages;
}

const ALL = [...NATIVE, "write"] as Deno.PermissionName[];

testWith(ALL, "say() shows a sentence in Markdown, numbers as people write them", async () => {
  const { say } = (await load()).module;
  const [message, ...more] = await shown(() =>
    say`The table has **${19370}** photos, ${null} albums.`
  );
  deepEqual([message!.type, message!.data, more], [
    "display_data",
    { "text/markdown": "The table has **19,370** photos, – albums." },
    [],
  ]);
});

testWith(ALL, "showTable() shows 20 rows, or as many as wanted", async () => {
  const { showTable } = (await load()).module;
  const rows = Array.from({ length: 25 }, (_, n) => ({ n }));
  const messages = await shown(async () => {
    await showTable(rows);
    await showTable(rows, { most: 2 });
  });
  const html = messages.map(({ data }) => data["text/html"]!);
  deepEqual(html.map((text) => text.match(/<tr>/g)!.length), [21, 3]);
  deepEqual(html.map((text) => text.match(/and \d+ more/)![0]), ["and 5 more", "and 23 more"]);
});

const SVG = `<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20">
  <rect width="30" height="9"/></svg>`;

testWith(
  ALL,
  "showFigure() saves a figure of real photos in the work folder, and shows it at its width",
  async () => {
    const { work, module: { showFigure } } = await load();
    const [message] = await shown(() => showFigure({ name: "real-1a2b3c4d" }, "figure_x", SVG));
    const path = `${work}/figures/real-1a2b3c4d/figure_x`;
    equal(await Deno.readTextFile(`${path}.svg`), SVG);
    const png = await Deno.readFile(`${path}.png`);
    equal(message!.data["image/png"], png.toBase64());
    equal(message!.data["text/plain"], "figure_x");
    deepEqual(message!.metadata, { "image/png": { width: 40 } });
    equal(new DataView(png.buffer).getUint32(16), 80); // two pixels for one
    ok(!existsSync(new URL("../figures/figure_x.svg", import.meta.url)));
  },
);

testWith(ALL, "showFigure() draws as many pixels as wanted", async () => {
  const { work, module: { showFigure } } = await load();
  await shown(() => showFigure({ name: "real-1a2b3c4d" }, "figure_y", SVG, { scale: 1 }));
  const png = await Deno.readFile(`${work}/figures/real-1a2b3c4d/figure_y.png`);
  equal(new DataView(png.buffer).getUint32(16), 40);
});

testWith(ALL, "withProgress() draws its bar anew in one output of a cell", async () => {
  const { withProgress } = await import("@/progress.ts");
  const displays: { text: string; update: boolean; id: string }[] = [];
  const property = Object.getOwnPropertyDescriptor(Deno, "jupyter")!;
  property.set!.call(Deno, {
    display: (data: Record<string, string>, options: { update: boolean; display_id: string }) => {
      displays.push({ text: data["text/plain"]!, update: options.update, id: options.display_id });
      return Promise.resolve();
    },
  });
  try {
    await withProgress("Photos inspected", 2, async (tick) => {
      await new Promise((resolve) => setTimeout(resolve, 260));
      await tick(1);
    });
  } finally {
    property.set!.call(Deno, undefined);
  }
  match(displays[0]!.text, /^Photos inspected: █{12}░{12} 1 of 2, /);
  equal(displays[1]!.text, "Photos inspected: 2");
  deepEqual(displays.map(({ update }) => update), [false, true]);
  equal(displays[0]!.id, displays[1]!.id);
});
