/**
 * Photos with labels: reading data sets, and tables of them. The functions for notebooks and programs, in one place.
 *
 * @module
 */
export { AGE_GROUPS, groupCounts } from "@/dataset/age_group.ts";
export { ageLabels, withAgeLabels } from "@/dataset/age_label.ts";
export { readDataSet } from "@/dataset/data_set.ts";
export { countBy, inOrder, toFrame } from "@/dataset/frame.ts";
