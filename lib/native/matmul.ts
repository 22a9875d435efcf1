/**
 * Products of matrices: in the project's own op, each number one chain of fused multiplications and additions, where
 * the arithmetic is pinned; else in oneDNN's or TensorFlow's.
 */
import * as tf from "@tensorflow/tfjs";
import { type Epilogue, finish } from "@/native/epilogue.ts";
import { hasOneDnnFused, multiplyFused, productAttributes, type Turns } from "@/native/one_dnn.ts";
import { isPinned } from "@/native/pinned.ts";
import { type Attributes, rawOp } from "@/native/raw_op.ts";

/** The product of matrices `[n, values]` and `[values, units]`, and its epilogue: one op in place of three. */
export function multiply(values: tf.Tensor, kernel: tf.Tensor, epilogue: Epilogue): tf.Tensor {
  if (isPinned()) return multiplyPinned(values, kernel, epilogue);
  if (hasOneDnnFused()) return multiplyFused(values, kernel, epilogue);
  return tf.tidy(() => finish(rawOp("MatMul", [values, kernel], productAttributes()), epilogue));
}

export function multiplyKernelGradient(values: tf.Tensor, gradient: tf.Tensor): tf.Tensor {
  return product(values, gradient, { turnA: true });
}

export function multiplyInputGradient(kernel: tf.Tensor, gradient: tf.Tensor): tf.Tensor {
  return product(gradient, kernel, { turnB: true });
}

/** The product of matrices, either perhaps turned. */
export function product(a: tf.Tensor, b: tf.Tensor, turns: Turns): tf.Tensor {
  return isPinned()
    ? multiplyPinned(a, b, { bias: null, relu: false }, turns)
    : rawOp("MatMul", [a, b], productAttributes(turns));
}

function multiplyPinned(
  a: tf.Tensor,
  b: tf.Tensor,
  { bias, relu }: Epilogue,
  { turnA = false, turnB = false }: Turns = {},
): tf.Tensor {
  const turns: Attributes = { turn_a: ["BOOL", turnA], turn_b: ["BOOL", turnB] };
  return tf.tidy(() => {
    const inputs = [a, b, bias ?? tf.tensor1d([])];
    return rawOp("HumanAgeMatMul", inputs, { ...turns, relu: ["BOOL", relu] });
  });
}
