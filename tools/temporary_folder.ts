/**
 * Folders that are gone when the work in them is done.
 *
 * @module
 */

/** Does work in a folder of its own, which is removed at the end, also after Ctrl+C. */
export async function withTemporaryFolder<T>(
  options: Deno.MakeTempOptions,
  body: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = await Deno.makeTempDir(options);
  const stop = () => {
    Deno.removeSync(folder, { recursive: true });
    Deno.exit(130); // what shells report for a program that Ctrl+C has ended
  };
  Deno.addSignalListener("SIGINT", stop);
  try {
    return await body(folder);
  } finally {
    Deno.removeSignalListener("SIGINT", stop);
    await Deno.remove(folder, { recursive: true });
  }
}
