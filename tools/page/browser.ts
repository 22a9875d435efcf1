/** A browser without a window, to try the page in. */
import puppeteer, { type Browser } from "puppeteer-core";
import { output } from "@tools/shared/python.ts";

/** Programs that are looked for, in this order; `CHROMIUM` names another. */
const PROGRAMS = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** The npm package that brings a Chromium of its own, for where none is installed. */
const PACKAGED = "npm:@sparticuz/chromium@153.0.0";

/** Options that keep it out of the project's own packages. */
const APART = ["--no-lock", "--node-modules-dir=none", "--no-config"];

/** Names that lead to this machine and yet are none of its own; pages of those below the second count as secure. */
export const ELSEWHERE = { plain: "plain.test", secure: "page.secure.test" };

/** Browser options that the page needs: WebGL played on the processor, and a camera that shows a test picture. */
const FLAGS = [
  ...["--no-sandbox", "--disable-dev-shm-usage", "--enable-unsafe-swiftshader"],
  ...["--use-angle=swiftshader", "--ignore-gpu-blocklist"],
  ...["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"],
  ...["--host-resolver-rules=MAP *.test 127.0.0.1", "--no-proxy-server"],
  ...["--unsafely-treat-insecure-origin-as-secure=*.secure.test"],
];

/** Finds a browser that starts, and fetches nothing; else says why there is none. */
export async function findBrowser(): Promise<{ path: string } | { reason: string }> {
  const installed = await findInstalled();
  if (installed) return { path: installed };
  const packaged = await unpack();
  if (packaged && await starts(packaged)) return { path: packaged };
  return { reason: "needs Chromium: apt install chromium" };
}

/** Fetches the packaged Chromium where none is installed, if that can be. */
export async function fetchBrowser(): Promise<void> {
  if (await findInstalled()) return;
  await output(Deno.execPath(), ["cache", "--quiet", ...APART, PACKAGED]);
}

async function findInstalled(): Promise<string | null> {
  const named = Deno.env.get("CHROMIUM");
  for (const program of named ? [named] : PROGRAMS) {
    if (await starts(program)) return program;
  }
  return null;
}

async function starts(program: string): Promise<boolean> {
  return await output(program, ["--version"]) !== "";
}

/** Unpacks the packaged Chromium, if it has been fetched; returns its path. */
async function unpack(): Promise<string | null> {
  const program = `console.log(await (await import("${PACKAGED}")).default.executablePath())`;
  const text = await output(Deno.execPath(), ["eval", "--cached-only", ...APART, program]);
  return text.split("\n").at(-1) || null;
}

/** Milliseconds that a busy machine may take for what is waited for in a browser, and for its start. */
export const PATIENCE = 300_000;

/** Starts a browser; `camera` is a film (Y4M or MJPEG) that its camera shows. */
export async function openBrowser(program: string, camera?: string): Promise<Browser> {
  const executablePath = program.includes("/") ? program : await output("which", [program]);
  const film = camera ? [`--use-file-for-fake-video-capture=${camera}`] : [];
  return await puppeteer.launch({
    ...{ executablePath, headless: true, args: [...FLAGS, ...film] },
    ...{ timeout: PATIENCE, protocolTimeout: PATIENCE },
  });
}
