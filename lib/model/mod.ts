/**
 * Models as data, and networks built from them. The functions for notebooks and programs, in one place.
 *
 * @module
 */
export { abstentionWords, calibrationLabel } from "@/model/card_page.ts";
export { differences, questionLines } from "@/model/describe.ts";
export { countParameters, layerShapes } from "@/model/layers.ts";
export { DEFAULT_MODEL } from "@/model/model_card.ts";
export { findSpec, withEpochs, ZOO } from "@/model/zoo.ts";
