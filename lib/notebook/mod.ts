/**
 * Everything that cells call to show tables, figures and sentences. The functions for notebooks and programs, in one place.
 *
 * @module
 */
export { createRandom } from "@/base/random.ts";
export { percent, sentence } from "@/base/text.ts";
export { calibrateOnSample } from "@/notebook/cells/calibrated_sample.ts";
export {
  compareWithFirst,
  pictureMistakes,
  testRun,
  varyExamples,
} from "@/notebook/cells/networks.ts";
export { askAboutNoise, askAgain, faceSteps, openPhotos } from "@/notebook/cells/your_photo.ts";
export { readParameters } from "@/notebook/parameters.ts";
export { publishedAblation, publishedMeasures, publishedSearch } from "@/notebook/published.ts";
export {
  leaderboardTable,
  liveCurve,
  saveTable,
  say,
  showFigure,
  showGallery,
  showPublishedFigure,
  showTable,
} from "@/notebook/show/notebook.ts";
