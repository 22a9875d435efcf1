/**
 * Loaded before test files that run with all permissions: leaves out the tests that need none, because
 * these run without any. Those that need some say so, as `lib/testing.ts` registers them.
 */
const register = Deno.test;

const registerMarked = (test: Deno.TestDefinition) => {
  if (test.permissions === "inherit") register(test);
};

Object.assign(Deno, { test: Object.assign(registerMarked, register) });
