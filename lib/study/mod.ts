/**
 * A data set opened, split and made into squares. The functions for notebooks and programs, in one place.
 *
 * @module
 */
export { SEED, SIDES, SPLIT } from "@/study/defaults.ts";
export { openData } from "@/study/open_data.ts";
export { split, splitIfPossible } from "@/study/split.ts";
export { divide, divideIfPossible, openUsable, prepareStudy } from "@/study/study.ts";
export { partTable, sharedSubjects, twoSides } from "@/study/two_sides.ts";
