import { deepEqual } from "node:assert/strict";
import { NATIVE, testWith } from "@/testing.ts";

testWith(NATIVE, "readBytes() reads any number of bytes, not multiples of four alone", async () => {
  const { readBytes } = await import("@/native/image_ops.ts");
  const { DTYPE, rawOp } = await import("@/native/raw_op.ts");
  const { tf } = await import("@/native/tensorflow.ts");
  for (const length of [1, 2, 3, 4, 5, 8]) {
    const values = Array.from({ length }, (_, k) => 255 - k);
    const bytes = tf.tidy(() =>
      rawOp("Cast", [tf.tensor1d(values, "int32")], {
        SrcT: ["TYPE", DTYPE.int32],
        DstT: ["TYPE", DTYPE.uint8],
      })
    );
    deepEqual([...readBytes(bytes)], values);
    bytes.dispose();
  }
});
