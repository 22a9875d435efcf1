/**
 * TensorFlow. The functions for notebooks and programs, in one place.
 *
 * @module
 */
export { describeTensorFlow } from "@/native/tensorflow.ts";
