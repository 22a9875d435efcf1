/** Tells which arithmetic notebooks compute with on this machine: pinned or native. */
import "@/native/tensorflow.ts";
import { arithmeticInUse } from "@/native/pinned.ts";

console.log(arithmeticInUse());
