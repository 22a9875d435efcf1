/**
 * Training networks. The functions for notebooks and programs, in one place.
 *
 * @module
 */
export { runOf } from "@/training/checkpoint.ts";
export { train } from "@/training/training.ts";
