/** Whose kernels compute. */
import { hasAdamW } from "@/native/adamw.ts";
import { hasOwnBatchNorm } from "@/native/batch_norm.ts";
import { hasOwn3x3 } from "@/native/convolution_3x3.ts";
import { hasOwnConvolution, hasOwnPool } from "@/native/kernels.ts";
import { hasOneDnnFused } from "@/native/one_dnn.ts";
import { isPinned } from "@/native/pinned.ts";
import { hasSeparable } from "@/native/separable.ts";
import { variesAtOnce } from "@/native/variation.ts";

/** Whose kernels do a kind of work: the project's own, oneDNN's, or those that every TensorFlow has. */
type Provider = "ours" | "oneDNN" | "stock";

/** Tells whose kernels are in use here. All give the same, but for rounding; ours and oneDNN's are faster. */
export function kernelsInUse() {
  const fused: Provider = isPinned() ? "ours" : hasOneDnnFused() ? "oneDNN" : "stock";
  return {
    convolution: fused,
    "convolution with pooling": hasOwnPool() ? ours(hasOwnConvolution, fused) : fused,
    "max pooling": ours(hasOwnPool),
    matmul: fused,
    "3x3 convolution": ours(hasOwn3x3, fused),
    "batch normalisation": ours(hasOwnBatchNorm),
    augmentation: ours(variesAtOnce),
    "AdamW with averages": ours(hasAdamW),
    "separable convolution": ours(hasSeparable),
  };
}

function ours(works: () => boolean, otherwise: Provider = "stock"): Provider {
  return works() ? "ours" : otherwise;
}
