/**
 * Everything that cells call to show tables, figures and sentences. The functions for notebooks and programs, in one place.
 *
 * @module
 */
export { createRandom } from "@/base/random.ts";
export { percent, sentence } from "@/base/text.ts";
export { calibrateOnSample } from "@/notebook/cells/calibrated_sample.ts";
export { compareWithFirst } from "@/notebook/cells/first_places.ts";
export { pictureMistakes } from "@/notebook/cells/mistake_pictures.ts";
export { testRun } from "@/notebook/cells/test_run.ts";
export { varyExamples } from "@/notebook/cells/varied_photos.ts";
export { askAboutNoise, askAgain, faceSteps, openPhotos } from "@/notebook/cells/your_photo.ts";
export { readParameters } from "@/notebook/parameters.ts";
export { publishedSearch } from "@/notebook/published.ts";
export { publishedAblation } from "@/notebook/published.ts";
export { publishedMeasures } from "@/notebook/published.ts";
export { leaderboardTable } from "@/notebook/show/leaderboard_table.ts";
export { liveCurve } from "@/notebook/show/live_curve.ts";
export {
  saveTable,
  say,
  showFigure,
  showGallery,
  showPublishedFigure,
  showTable,
} from "@/notebook/show/notebook.ts";
