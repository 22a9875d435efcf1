/** Folders that are gone when the work in them is done. */

/** Does work in a folder of its own, which is removed at the end, also after Ctrl+C. */
export async function withTemporaryFolder<T>(
  options: Deno.MakeTempOptions,
  body: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = await Deno.makeTempDir(options);
  const remove = () => Deno.removeSync(folder, { recursive: true });
  addEventListener("unload", remove); // an interrupted command exits from within the body
  try {
    return await body(folder);
  } finally {
    removeEventListener("unload", remove);
    remove();
  }
}
