import { throws } from "node:assert/strict";
import type { Usable } from "@/study/study.ts";
import { NATIVE, testWith } from "@/testing.ts";

testWith(NATIVE, "studyOfRun() says how to get from other photos to the run's", async () => {
  const { studyOfRun } = await import("./run_study.ts");
  const message = (own: string, given: string) => () => (
    studyOfRun({ data: { name: given } } as Usable, "run", { data: own } as never)
  );
  throws(message("party-faces", "party"), /not on party: add --faces find$/);
  throws(message("party", "party-faces"), /not on party-faces: leave out --faces find$/);
  throws(message("party", "family"), /not on family: name its photos with --data$/);
});
