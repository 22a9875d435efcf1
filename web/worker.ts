/** The page's worker: photos are read here, so that the page stays quick. */
import { postProgress, serveReader } from "./messages.ts";
import { createReader } from "./reader.ts";

serveReader(createReader(postProgress));
