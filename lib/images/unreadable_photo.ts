/**
 * Faults that keep a file from being read as a photo.
 *
 * @module
 */
const READ_FAULTS: [type: new (message: string) => Error, fault: string][] = [
  [Deno.errors.NotFound, "no such file"],
  [Deno.errors.PermissionDenied, "no permission to read it"],
  [Deno.errors.IsADirectory, "a folder"],
];

/**
 * Says why the system does not let a file be read: in plain words where they are known, else in the system's.
 *
 * @example A file that is missing
 * ```ts ignore
 * readFault(new Deno.errors.NotFound()); // "no such file"
 * ```
 */
export function readFault(error: unknown): string {
  const known = READ_FAULTS.find(([type]) => error instanceof type);
  if (known) return known[1];
  const words = error instanceof Error ? error.message : String(error);
  return words.replace(/ \(os error \d+\).*$/s, "");
}

/** Thrown if a file cannot be read as a photo; the message is the reason, without the file's name. */
export class UnreadablePhoto extends Error {}
