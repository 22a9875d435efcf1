import { throws } from "node:assert/strict";
import { testWith } from "@/testing.ts";

const load = () => import("@/search/work_for_queue.ts"); // reads the environment

testWith(
  ["read", "env", "sys", "ffi"],
  "a worker refuses a search of another arithmetic",
  async () => {
    const { requireSameArithmetic } = await load();
    requireSameArithmetic("native", undefined);
    requireSameArithmetic("pinned", "pinned");
    throws(
      () => requireSameArithmetic("native", "pinned"),
      /native arithmetic, and the search with pinned/,
    );
  },
);
