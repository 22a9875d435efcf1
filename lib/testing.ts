/**
 * Registering tests that need permissions, so that a bare `deno test lib` says what it leaves out.
 *
 * @module
 */

/** What a native addon needs: its files, its settings, its machine code, and what the machine is. */
export const NATIVE: Deno.PermissionName[] = ["read", "env", "ffi", "sys"];

/**
 * Registers a test that needs permissions; without them the test is reported as ignored, with
 * the missing permissions in its name.
 */
export function testWith(
  permissions: Deno.PermissionName[],
  name: string,
  body: (t: Deno.TestContext) => void | Promise<void>,
): void {
  const missing = permissions.filter((permission) => !isGranted(permission));
  const reason = missing.length ? ` [needs ${missing.join(", ")}: deno task test grants it]` : "";
  Deno.test({ name: name + reason, ignore: missing.length > 0, fn: body });
}

function isGranted(name: Deno.PermissionName): boolean {
  return Deno.permissions.querySync({ name }).state === "granted";
}
