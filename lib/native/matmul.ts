/** Products of matrices in the project's own op, each number one chain of fused multiplications and additions. */
import type * as tf from "@tensorflow/tfjs";
import type { Epilogue } from "@/native/epilogue.ts";
import { rawOp } from "@/native/raw_op.ts";

/** The product of matrices `[n, values]` and `[values, units]`, either perhaps turned, and its epilogue: one op. */
export function multiply(
  a: tf.Tensor,
  b: tf.Tensor,
  { bias, relu }: Epilogue = { bias: null, relu: false },
  { turnA = false, turnB = false } = {},
): tf.Tensor {
  return rawOp("HumanAgeMatMul", [a, b, bias], { turn_a: turnA, turn_b: turnB, relu });
}
