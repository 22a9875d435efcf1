/**
 * Tests that take long and tell little more than others: they run where all tests are asked for.
 *
 * @module
 */

const NAME = "HUMAN_AGE_ALL_TESTS";

/** Whether all tests run: `deno task test --all` sets the variable. */
export const ALL =
  Deno.permissions.querySync({ name: "env", variable: NAME }).state === "granted" &&
  Deno.env.get(NAME) === "1";
