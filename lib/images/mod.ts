/**
 * Photos as pixels: inspecting, padding, resizing and normalising them. The functions for notebooks and programs, in one place.
 *
 * @module
 */
export { readPhoto } from "@/images/decode_photo.ts";
export { chooseExamples, photoNearestRatio } from "@/images/examples.ts";
export { inspectPhotos } from "@/images/inspection.ts";
export { checkIntegrity, integrityReport, listFindings } from "@/images/integrity.ts";
export { countIntensities } from "@/images/intensities.ts";
export { bytesOf, intensityBins, normalize } from "@/images/normalization.ts";
export { padToSquare, placeInSquare } from "@/images/padding.ts";
export { resizeToSquare } from "@/images/resize.ts";
export { makeSquares, readSquare } from "@/images/square_store.ts";
