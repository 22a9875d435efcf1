/**
 * Keeping the page, so that it also opens without a network.
 *
 * @module
 */

/** Installs the service worker, where the browser has them, and waits until all files are kept. */
export async function installOffline(): Promise<void> {
  if (!navigator.serviceWorker) return;
  await navigator.serviceWorker.register(new URL("service_worker.js", import.meta.url));
  await navigator.serviceWorker.ready;
}
