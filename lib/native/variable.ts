/**
 * Variables of the native library, which its optimizer changes in place. A handle stands for each: a tensor
 * that lives until the variable is closed.
 */
import * as tf from "@tensorflow/tfjs";
import { type Attributes, FLOAT32, rawOp, rawOps } from "@/native/raw_op.ts";
import { LARGE, onThisThread } from "@/native/threads.ts";

const DTYPE: Attributes = { dtype: ["TYPE", FLOAT32] };
const APPLY: Attributes = { T: ["TYPE", FLOAT32], use_locking: ["BOOL", false] };

/** Makes a variable with a value, and gives its handle. */
export function openVariable(value: tf.Tensor): tf.Tensor {
  const attributes: Attributes = {
    ...DTYPE,
    container: ["STRING", ""],
    shared_name: ["STRING", crypto.randomUUID()],
    shape: ["SHAPE", value.shape],
  };
  const handle = tf.keep(rawOp("VarHandleOp", [], attributes));
  writeVariable(handle, value);
  return handle;
}

export function readVariable(handle: tf.Tensor): tf.Tensor {
  return rawOp("ReadVariableOp", [handle], DTYPE);
}

export function writeVariable(handle: tf.Tensor, value: tf.Tensor): void {
  rawOps("AssignVariableOp", [handle, value], DTYPE, 0);
}

export function closeVariable(handle: tf.Tensor): void {
  rawOps("DestroyResourceOp", [handle], { ignore_lookup_error: ["BOOL", true] }, 0);
  handle.dispose();
}

/**
 * Does a step of Adam on a variable and its two moments.
 *
 * @param settings scalars: the powers of beta 1 and beta 2, learning rate, beta 1, beta 2, epsilon
 */
export function applyAdam(
  variable: tf.Tensor,
  moments: readonly tf.Tensor[],
  settings: readonly tf.Tensor[],
  gradient: tf.Tensor,
): void {
  const inputs = [variable, ...moments, ...settings, gradient];
  apply("ResourceApplyAdam", inputs, { ...APPLY, use_nesterov: ["BOOL", false] });
}

/** Takes a share of a variable's value away. */
export function applyDecay(variable: tf.Tensor, value: tf.Tensor, share: number): void {
  apply("ResourceApplyGradientDescent", [variable, tf.scalar(share), value], APPLY);
}

/** Changes a variable by the last of the inputs; a small one on the calling thread. */
function apply(op: string, inputs: tf.Tensor[], attributes: Attributes): void {
  const run = () => void rawOps(op, inputs, attributes, 0);
  if (inputs.at(-1)!.size < LARGE) onThisThread(run);
  else run();
}
