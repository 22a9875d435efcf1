/**
 * Figures: rows in, one SVG out. The functions for notebooks and programs, in one place.
 *
 * @module
 */
export {
  ageByGenderFigure,
  ageLabelsFigure,
  genderPanelsFigure,
  gendersFigure,
  groupsFigure,
} from "@/figures/counts/photo_counts.ts";
export { resolutionsFigure } from "@/figures/counts/resolutions.ts";
export { facesFigure } from "@/figures/pictures/faces.ts";
export { normalizationFigure } from "@/figures/pictures/normalization.ts";
export {
  augmentationFigure,
  examplesFigure,
  faceStepsFigure,
  interpolationFigure,
  mistakesFigure,
  paddingFigure,
  reasonsFigure,
} from "@/figures/pictures/picture_sheets.ts";
export { ablationFigure } from "@/figures/results/ablation.ts";
export { architectureFigure } from "@/figures/results/architecture.ts";
export { calibratedFigure } from "@/figures/results/calibrated.ts";
export { calibrationFigure } from "@/figures/results/calibration.ts";
export { confusionFigure } from "@/figures/results/confusion.ts";
export {
  foldsFigure,
  splitComparisonFigure,
  subgroupsFigure,
} from "@/figures/results/intervals.ts";
export { modelSearchFigure } from "@/figures/results/model_search.ts";
export { trainingFigure } from "@/figures/results/training.ts";
export { jpegHref, pictureOf, pngHref } from "@/figures/shared/picture.ts";
