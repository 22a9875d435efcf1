import { join } from "node:path";
import { WORK } from "@/base/project.ts";
import { PAGE_MODEL } from "@/model/model_card.ts";
import { command, path, runCommand, wholeNumber } from "@tools/shared/command.ts";
import { buildPage } from "@tools/page/page_build.ts";
import { describeFiles } from "@tools/shared/built_folder.ts";
import { servePage } from "@tools/page/page_server.ts";

export const program = command(
  "page",
  "Builds the web page that reads photos in the browser, for any web server.",
)
  .option("--model <name>", "a model that ships, or the folder of a run", PAGE_MODEL)
  .option("--out <folder>", "where to put the page", path, join(WORK, "page"))
  .option("--serve", "serve it to this machine until you press Ctrl+C")
  .option("--port <number>", "the port to serve it on", wholeNumber(0), 8000)
  .action(async ({ model, out, serve, port }) => {
    const { folder, files } = await buildPage(out, model);
    console.log(`The page is in ${folder}: ${describeFiles(files)}`);
    if (!serve) return;
    const { addr } = serveAt(port, folder);
    console.log(`It is served at http://localhost:${addr.port}/ until you press Ctrl+C`);
  });

function serveAt(port: number, folder: string) {
  try {
    return servePage(folder, port);
  } catch (cause) {
    const { message } = cause as Error;
    throw new Error(`Cannot serve it at port ${port} (${message}): name another one with --port`, {
      cause,
    });
  }
}

if (import.meta.main) await runCommand(program);
