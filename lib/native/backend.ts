/**
 * The native backend of TensorFlow.js, loaded, and nothing more: squares are made again when this file
 * changes, and not when a kernel of training does. For all else, `@/native/tensorflow.ts` is the door.
 */
import type * as TensorFlow from "@tensorflow/tfjs-node-gpu";
import { loadTensorFlow } from "@/native/libraries.ts";

export const tf: typeof TensorFlow = await loadTensorFlow();

const { binding } = tf.backend() as unknown as { binding: { TF_Version: string } };

export const TENSORFLOW_VERSION = binding.TF_Version;
