/** Keeping the page, so that it also opens without a network. */
import { forgetCaches, isLocal } from "./page_files.ts";

/** The address of the page, above the folder of its version. */
const SCOPE = new URL("..", import.meta.url).href;

/**
 * Installs the service worker, where the browser has them, and waits until all files are kept. On this machine's own
 * addresses none is installed, and an earlier one is removed: it would answer for whatever is served there next.
 *
 * @returns whether the page opens without its server
 */
export async function installOffline(): Promise<boolean> {
  const workers = navigator.serviceWorker;
  if (!workers) return false;
  if (isLocal(location)) {
    const earlier = await workers.getRegistration(SCOPE);
    if (earlier?.scope === SCOPE) await earlier.unregister();
    await forgetCaches(SCOPE);
    return false;
  }
  await workers.register(new URL("service_worker.js", SCOPE));
  await workers.ready;
  return true;
}
