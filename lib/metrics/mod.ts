/**
 * Numbers in, numbers out: accuracy, intervals, calibration, comparison. The functions for notebooks and programs, in one place.
 *
 * @module
 */
export { riskCoverageArea } from "@/metrics/abstention.ts";
export { readAnswer, setOf, temper } from "@/metrics/answer.ts";
export {
  conformalThresholds,
  fitTemperature,
  measureCalibration,
  measureSets,
} from "@/metrics/calibration.ts";
export { compare } from "@/metrics/comparison.ts";
export { measureFolds } from "@/metrics/cross_validation.ts";
export { bootstrapInterval, wilsonInterval } from "@/metrics/interval.ts";
export { measure } from "@/metrics/measures.ts";
export {
  baselines,
  confusionMatrix,
  confusionRows,
  mistakes,
  movedByRounding,
  roundProbabilities,
  withPredictions,
} from "@/metrics/metrics.ts";
export { reliabilityOf } from "@/metrics/reliability.ts";
export { meanDifference, spread } from "@/metrics/statistics.ts";
export { measureSubgroups } from "@/metrics/subgroups.ts";
