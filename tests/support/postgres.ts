/**
 * Tests that need a Postgres server.
 *
 * @module
 */
import { POSTGRES } from "./postgres_server.ts";

/** Registers a test that needs a Postgres server; without one it is left out, with the reason. */
export function testWithPostgres(
  name: string,
  fn: () => Promise<void>,
  { ignore = false }: { ignore?: boolean } = {},
): void {
  const reason = POSTGRES ? "" : " [needs Postgres: apt-get install postgresql]";
  Deno.test({ name: name + reason, ignore: ignore || !POSTGRES, fn });
}
