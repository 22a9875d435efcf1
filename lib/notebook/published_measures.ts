/**
 * The measures of model IV on real faces that come with the project, for a notebook that runs on the sample.
 *
 * @module
 */
import { csvParse } from "d3";
import type { Measure } from "@/metrics/measures.ts";
import { publishedTable } from "@/notebook/published_table.ts";

/** A measure of model IV on the test photos of UTKFace. */
export interface PublishedMeasure extends Measure {
  /** Width and height of the squares in pixels. */
  side: number;
  /** How the photos were split. */
  split: string;
}

/** The folders of the tables; docs/results/study.md has the commands. */
const TABLES = [
  { folder: "by_photo", side: 256, split: "by photo" },
  { folder: "by_person", side: 256, split: "by person" },
  { folder: "96_by_photo", side: 96, split: "by photo" },
];

/** Reads how good model IV is on real faces, made with `deno task evaluate --figures`; no photo is in it. */
export async function publishedMeasures(): Promise<PublishedMeasure[]> {
  const read = await Promise.all(TABLES.map(async ({ folder, ...of }) => {
    return csvParse(await publishedTable(folder, "measures")).map((
      { measure, value, low, high },
    ) => (
      { ...of, measure: measure!, value: Number(value), low: Number(low), high: Number(high) }
    ));
  }));
  return read.flat();
}
