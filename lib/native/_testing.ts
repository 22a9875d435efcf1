/** Tests of our ops, which compute on x86-64 with AVX2 where no GPU does. */
import { isGranted, leaveOut, NATIVE, testWith } from "@/testing.ts";

/** Registers a test of our ops; where they cannot compute, it is reported as ignored, with the reason in its name. */
export function testOps(name: string, body: () => void | Promise<void>): void {
  if (REASON) leaveOut(name, REASON);
  else testWith(NATIVE, name, body);
}

const REASON = await whyNot();

/** Why our ops cannot compute; null if they can, and where a test may not ask. */
async function whyNot(): Promise<string | null> {
  if (!NATIVE.every(isGranted)) return null; // the test says so
  await import("@/native/tensorflow.ts");
  const { isOnGpu } = await import("@/native/raw_op.ts");
  if (isOnGpu()) return "our ops do not compute on a GPU";
  return await hasAvx2() ? null : "our ops need x86-64 with AVX2";
}

async function hasAvx2(): Promise<boolean> {
  if (Deno.build.arch !== "x86_64" || Deno.env.get("HUMAN_AGE_VECTORS") === "none") return false;
  return Deno.build.os !== "linux" || / avx2 /.test(await Deno.readTextFile("/proc/cpuinfo"));
}
