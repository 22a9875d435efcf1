/**
 * TensorFlow.js without what the page does not use: the bundle has this module wherever code of `lib` imports
 * `@tensorflow/tfjs`. Backends come on their own, see `backend.ts`.
 */
import "@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops";
import "@tensorflow/tfjs-core/dist/register_all_gradients";

export * from "@tensorflow/tfjs-core";
export * from "@tensorflow/tfjs-layers";
export { GraphModel, loadGraphModel } from "@tensorflow/tfjs-converter";
