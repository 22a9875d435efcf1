/** Products of matrices in the project's own op, each number one chain of fused multiplications and additions. */
import * as tf from "@tensorflow/tfjs";
import type { Epilogue } from "@/native/epilogue.ts";
import { rawOp } from "@/native/raw_op.ts";

interface Turns {
  turnA?: boolean;
  turnB?: boolean;
}

/** The product of matrices `[n, values]` and `[values, units]`, either perhaps turned, and its epilogue: one op. */
export function multiply(
  a: tf.Tensor,
  b: tf.Tensor,
  { bias, relu }: Epilogue = { bias: null, relu: false },
  { turnA = false, turnB = false }: Turns = {},
): tf.Tensor {
  return tf.tidy(() => (
    rawOp("HumanAgeMatMul", [a, b, bias ?? tf.tensor1d([])], {
      ...{ turn_a: ["BOOL", turnA], turn_b: ["BOOL", turnB] },
      relu: ["BOOL", relu],
    })
  ));
}
