/**
 * The files of the page, as the build knows them.
 *
 * @module
 */

/** The text that the build puts in the place of `PAGE`. */
export interface PageFiles {
  /** Changes whenever a file does. */
  version: string;
  /** All files but the service worker, by their paths relative to the page, with their sizes in bytes. */
  files: Record<string, number>;
}

declare const PAGE: PageFiles;

/** The name under which the browser keeps the files of this version. */
export const cacheName = (): string => `human-age-${PAGE.version}`;

/** All files but the service worker. */
export const pageFiles = (): Record<string, number> => PAGE.files;
