/**
 * The files of the page, as the build knows them, and where the browser keeps them.
 *
 * All files but the page and its service worker lie in a folder named by their content: whatever page is open, and
 * whatever its owner has put in its place meanwhile, no file of one version is taken for another's.
 */

/** The text that the build puts in the place of `PAGE`. */
export interface PageFiles {
  /** Changes whenever a file does; the folder's name. */
  version: string;
  /** Files by their paths, with their sizes in bytes. */
  files: Record<string, number>;
}

declare const PAGE: PageFiles;

export const pageVersion = (): string => PAGE.version;

/** Paths in the folder of the version; for the service worker, which lies above, all files but itself. */
export const pageFiles = (): Record<string, number> => PAGE.files;

/** The name under which the browser keeps the files of this version, for the page at an address. */
export const cacheName = (scope: string): string => `${prefix(scope)}${PAGE.version}`;

/** Forgets all that is kept of the page at an address, but for one cache. */
export async function forgetCaches(scope: string, kept?: string): Promise<void> {
  for (const name of await caches.keys()) {
    if (name !== kept && await isOf(scope, name)) await caches.delete(name);
  }
}

/** Tells whether a cache is of the page at an address; earlier names did not say so. */
async function isOf(scope: string, name: string): Promise<boolean> {
  if (name.startsWith(prefix(scope))) return true;
  return /^human-age-\w+$/.test(name) && Boolean(await (await caches.open(name)).match(scope));
}

/** Pages below several paths of one origin share its caches. */
function prefix(scope: string): string {
  return `human-age ${new URL(scope).pathname} `;
}

/** Tells whether an address is of this machine, where other programs are served at the same port before and after. */
export function isLocal({ hostname }: { hostname: string }): boolean {
  return /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}
