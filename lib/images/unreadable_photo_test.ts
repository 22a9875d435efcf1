import { equal } from "node:assert/strict";
import { readFault } from "@/images/unreadable_photo.ts";

const withCode = (code: string, message: string) => Object.assign(new Error(message), { code });

Deno.test("readFault() knows the errors of Deno and of Node.js", () => {
  equal(readFault(new Deno.errors.NotFound("x")), "no such file");
  equal(readFault(withCode("ENOENT", "x")), "no such file");
  equal(readFault(withCode("EISDIR", "x")), "a folder");
  equal(
    readFault(withCode("ENOENT", "open 'M\uFFFDller.jpg'")),
    "its name is not UTF-8: rename it",
  );
});

Deno.test("readFault() leaves other errors their words, without numbers and paths", () => {
  equal(readFault(new Error("Not a directory (os error 20): open 'a'")), "Not a directory");
  equal(readFault(withCode("ENOTDIR", "ENOTDIR: not a directory, open 'a'")), "not a directory");
});
