/**
 * Takes the pictures of the web page that the documentation shows; nobody on them is real:
 *
 *     deno run -A tools/page/page_pictures.ts
 */
import { join } from "node:path";
import type { Browser } from "puppeteer-core";
import { writeWhole } from "@/base/files.ts";
import { ROOT } from "@/base/project.ts";
import { PAGE_MODEL } from "@/model/model_card.ts";
import { fetchBrowser, findBrowser, openBrowser } from "@tools/page/browser.ts";
import { command, runCommand } from "@tools/shared/command.ts";
import { buildPage } from "@tools/page/page_build.ts";
import { servePage } from "@tools/page/page_server.ts";
import { withTemporaryFolder } from "@/base/temporary_folder.ts";

/** Pictures by name: the width of the window, and whether the page shows where the network looked. */
const PICTURES = [
  { name: "page", width: 1120, scheme: "light", isExplained: false },
  { name: "page_phone", width: 390, scheme: "dark", isExplained: true },
];

export const program = command(
  "page_pictures",
  "Takes the pictures of the web page for the documentation.",
)
  .name("deno run -A tools/page/page_pictures.ts")
  .action(async () => {
    await fetchBrowser();
    const found = await findBrowser();
    if ("reason" in found) throw new Error(`Taking pictures of the page ${found.reason}`);
    await withTemporaryFolder({ prefix: "human-age-" }, async (folder) => {
      await buildPage(join(folder, "page"), PAGE_MODEL);
      const server = servePage(join(folder, "page"), 0), browser = await openBrowser(found.path);
      const address = `http://localhost:${server.addr.port}/?backend=wasm`;
      for (const picture of PICTURES) await take(browser, address, picture);
      await browser.close();
      await server.shutdown();
    });
  });

async function take(browser: Browser, address: string, picture: (typeof PICTURES)[number]) {
  const { name, width, scheme, isExplained } = picture, page = await browser.newPage();
  await page.setViewport({ width, height: 400 });
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
  await page.goto(address);
  await page.waitForSelector(".loaded");
  await page.click("#try-example");
  await page.waitForSelector("article");
  if (isExplained) {
    await page.click("#explain");
    await page.waitForFunction("document.querySelector('article').dataset.explained === 'true'");
  }
  await page.mouse.move(0, 0);
  const png = await page.screenshot({ fullPage: true });
  await writeWhole(join(ROOT, "figures", `${name}.png`), (part) => Deno.writeFile(part, png));
  console.log(`figures/${name}.png: ${Math.round(png.length / 1000)} kB`);
  await page.close();
}

if (import.meta.main) await runCommand(program);
