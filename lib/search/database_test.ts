import { equal, ok, throws } from "node:assert/strict";
import { outputOf, program, testWith, withFolder } from "@/testing.ts";

const ALL: Deno.PermissionName[] = ["read", "write", "env", "ffi", "sys", "run"];

const load = () => import("@/search/database.ts");

testWith(
  ["read", "env", "sys"],
  "describeServer() names host and database, no secret",
  async () => {
    const { describeServer } = await load();
    equal(describeServer("postgres://ann:secret@db:5433/age?sslmode=require"), "db:5433/age");
    equal(describeServer("postgresql://db/age"), "db/age");
  },
);

testWith(
  ["read", "env", "sys"],
  "describeServer() refuses other texts without repeating them",
  async () => {
    const { describeServer } = await load();
    for (const url of ["db.example", "mysql://ann:secret@db/age", "postgres://ann:secret@:x/age"]) {
      throws(() => describeServer(url), (error: Error) => (
        error instanceof TypeError && !error.message.includes("secret")
      ));
    }
  },
);

testWith(
  ["read", "env", "sys"],
  "describeServer() says how a password's signs are written where they end its URL",
  async () => {
    const { describeServer } = await load();
    for (const password of ["12#s", "a#s", "12/s", "12?s", "50%s", "%ffs"]) {
      for (const rest of ["", "/age", "/age?sslmode=require"]) {
        throws(() => describeServer(`postgres://ann:${password}@db${rest}`), (error: Error) => (
          /# %23, .*PGPASSWORD/.test(error.message) && !error.message.includes(password)
        ));
        const written = encodeURIComponent(password);
        equal(describeServer(`postgres://ann:${written}@db/age${rest.slice(4)}`), "db/age");
      }
    }
    equal(describeServer("postgres://ann:a@s@db/age"), "db/age");
    equal(describeServer("postgres://db/age?user=ann@server"), "db/age");
  },
);

testWith(ALL, "withServer() says where nobody answers, without the password", async () => {
  await withFolder(async (folder) => {
    const text = `import { withServer } from "@/search/database.ts";
await withServer("postgres://ann:secret@127.0.0.1:1/age", () => Promise.resolve());`;
    const { success, text: said } = await outputOf(program(text, folder));
    equal(success, false);
    ok(/Cannot open the queue at 127.0.0.1:1\/age: .*ECONNREFUSED/.test(said), said);
    ok(!said.includes("secret"), said);
  });
});
