/**
 * The folder that everything lies in: the project's, or that of the npm package which is made of it. Programs of the
 * package lie two folders deep, too, as this module does.
 */
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** The project folder: the one that holds deno.json. */
export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), "..", "..");
