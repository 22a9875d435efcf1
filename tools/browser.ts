/**
 * A browser without a window, to try the page in.
 *
 * @module
 */
import puppeteer, { type Browser } from "puppeteer-core";
import { outputOf } from "@/testing.ts";

/** Programs that are looked for, in this order; `CHROMIUM` names another. */
const PROGRAMS = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** The npm package that brings a Chromium of its own, for where none is installed. */
const PACKAGED = "npm:@sparticuz/chromium@153.0.0";

/** What the page needs of the browser: WebGL played on the processor, and a camera that shows a test picture. */
const FLAGS = [
  ...["--no-sandbox", "--disable-dev-shm-usage", "--enable-unsafe-swiftshader"],
  ...["--use-angle=swiftshader", "--ignore-gpu-blocklist"],
  ...["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"],
];

/** Finds a browser that starts; else says why there is none. */
export async function findBrowser(): Promise<{ path: string } | { reason: string }> {
  const named = Deno.env.get("CHROMIUM");
  for (const program of named ? [named] : PROGRAMS) {
    if (await starts(program)) return { path: program };
  }
  const packaged = await unpack();
  if (packaged && await starts(packaged)) return { path: packaged };
  return { reason: "needs Chromium: apt install chromium" };
}

async function starts(program: string): Promise<boolean> {
  try {
    return (await new Deno.Command(program, { args: ["--version"] }).output()).success;
  } catch {
    return false;
  }
}

/** Fetches and unpacks the packaged Chromium, outside the project's own packages; returns its path. */
async function unpack(): Promise<string | null> {
  const program = `console.log(await (await import("${PACKAGED}")).default.executablePath())`;
  const args = ["eval", "--no-lock", "--node-modules-dir=none", "--no-config", program];
  const { success, text } = await outputOf(new Deno.Command(Deno.execPath(), { args }));
  return success ? text.trim().split("\n").at(-1)! : null;
}

/** Starts a browser; `camera` is a film (Y4M or MJPEG) that its camera shows. */
export async function openBrowser(program: string, camera?: string): Promise<Browser> {
  const path = program.includes("/") ? program : await pathOf(program);
  const film = camera ? [`--use-file-for-fake-video-capture=${camera}`] : [];
  return await puppeteer.launch({
    executablePath: path,
    headless: true,
    args: [...FLAGS, ...film],
  });
}

async function pathOf(program: string): Promise<string> {
  const { text } = await outputOf(new Deno.Command("which", { args: [program] }));
  return text.trim();
}
