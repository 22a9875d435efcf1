/** Faults of label tables, gathered so that one message tells all of them, not one a run. */

/** Most faults that a message lists; the others are counted. */
const MOST = 20;

/** Reads a cell or a row; a fault is noted, and `undefined` returned. */
export type Attempt = <T>(where: string, read: () => T) => T | undefined;

/**
 * Reads label tables. What `read` attempts and cannot do is noted.
 *
 * @throws {Error} telling every fault with its place and the remedy, 20 at most, and how many there are
 */
export function gatherFaults<T>(read: (attempt: Attempt) => T): T {
  const faults: string[] = [];
  const result = read((where, read) => {
    try {
      return read();
    } catch (error) {
      faults.push(`${where}: ${(error as Error).message}`);
    }
  });
  if (faults.length === 0) return result;
  if (faults.length === 1) throw new Error(faults[0]);
  const more = faults.length - MOST;
  const lines = [...faults.slice(0, MOST), ...(more > 0 ? [`and ${more} more`] : [])];
  throw new Error(
    `${faults.length} faults in the labels. Correct all of them, then run it again:\n` +
      lines.map((line) => `  ${line}`).join("\n"),
  );
}
