/** Serving the built page, as any web server would. */
import { extname, join, normalize } from "node:path";
import media from "@tools/page/media_types.json" with { type: "json" };

const TYPES: Record<string, string> = media;

/**
 * Serves a folder to this machine alone; browsers allow a camera on `localhost` without a certificate.
 *
 * @param port 0 for any that is free
 * @param base the path that the page lies below, such as `/` or `/some/where/`
 */
export function servePage(folder: string, port: number, base = "/"): Deno.HttpServer<Deno.NetAddr> {
  return Deno.serve({ hostname: "127.0.0.1", port, onListen: () => {} }, async (request) => {
    const { pathname } = new URL(request.url);
    if (!pathname.startsWith(base)) return new Response("Not found", { status: 404 });
    return await answer(folder, decodeURIComponent(pathname.slice(base.length)));
  });
}

async function answer(folder: string, wanted: string): Promise<Response> {
  const path = join(folder, normalize(`/${wanted}`.replace(/\/$/, "/index.html")));
  try {
    const file = await Deno.readFile(path);
    const type = TYPES[extname(path)] ?? "application/octet-stream";
    return new Response(file, { headers: { "content-type": type, "cache-control": "no-cache" } });
  } catch {
    return new Response("Not found", { status: 404 });
  }
}
