/**
 * Asking trained networks. The functions for notebooks and programs, in one place.
 *
 * @module
 */
export { answerPhotos, closeReader, openReader } from "@/answers/face_answers.ts";
export { modelNames, readCard } from "@/answers/model_folder.ts";
export { openModel, withModel } from "@/answers/open_model.ts";
export { coverageOf, remarks, yearRange } from "@/answers/photo_answer.ts";
export { predictGroups, predictPhotos } from "@/answers/predict_photos.ts";
export { facesRow } from "@/answers/predict_pictures.ts";
export { predictSquares } from "@/answers/prediction.ts";
