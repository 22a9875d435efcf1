/** What keeps the camera from working, in sentences that say what to do. */

/** Shown while the browser asks whether the page may use the camera. */
export const ASKED =
  "The browser asks whether this page may use the camera: answer it, mostly near the address.";

/** Shown when the camera has ended by itself. */
export const ENDED = "The camera has ended: it was unplugged, or may no longer be used. " +
  "Plug it in or allow it, then start it again.";

/** Shown when people come back to a page that they had left with the camera on. */
export const HIDDEN = "The camera is off, since this page was out of sight: start it again.";

/** Shown while no picture comes. */
export const QUIET =
  "No picture comes from the camera: another program may have taken it, or its cover is closed. " +
  "It goes on once pictures come.";

/** Pages that are not secure have no camera. */
export const INSECURE =
  "Browsers give a camera to secure pages only: open this page by an address that begins with " +
  "https://, or choose photos instead.";

/** Reasons by the names of the errors with which browsers refuse a camera. */
const REASONS: Record<string, string> = {
  NotAllowedError:
    "The camera may not be used: allow it for this page in the browser, mostly near the address, " +
    "and for the browser in the system's settings. Then start it again.",
  NotFoundError: "No camera was found: plug one in or switch it on, then start it again.",
  NotReadableError:
    "The camera gives no pictures: another program may be using it. Close that, then start it again.",
};

/** Other names of the same. */
const SAME: Record<string, string> = {
  SecurityError: "NotAllowedError",
  OverconstrainedError: "NotFoundError",
  AbortError: "NotReadableError",
};

/** Says why a camera cannot be used, and what to do. */
export function cameraFault(error: unknown): string {
  const { name, message } = error as Error;
  return REASONS[SAME[name] ?? name] ??
    `The camera cannot be used (${message || name}). Start it again, or choose photos instead.`;
}
