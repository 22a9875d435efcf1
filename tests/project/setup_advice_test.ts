import { equal, match } from "node:assert/strict";
import { adviceFor } from "@tools/setup/setup_advice.ts";

const none = () => undefined;

Deno.test("adviceFor() knows a full disk, whoever says so", () => {
  for (const said of ["OSError: [Errno 28] No space left on device", "(os error 28)", "ENOSPC"]) {
    match(adviceFor(said, none), /The disk is full\. Free some space/);
  }
});

Deno.test("adviceFor() tells a missing network from a proxy that does not answer", () => {
  const said = [
    "Failed to establish a new connection: [Errno -3] Temporary failure in name resolution",
    "error sending request for url: client error (Connect): dns error",
  ];
  for (const words of said) {
    match(
      adviceFor(words, none),
      /The network was not reached\. The first set-up fetches packages/,
    );
    const proxy = (name: string) => name === "https_proxy" ? "http://localhost:1" : undefined;
    match(adviceFor(words, proxy), /proxy that https_proxy names, http:\/\/localhost:1\. Correct/);
  }
});

Deno.test("adviceFor() has nothing to say of other failures", () => {
  equal(adviceFor("error: expected ';' before '}' token", none), "");
});
