// What the project's TensorFlow ops share.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>

#include "tensorflow/core/framework/common_shape_fns.h"
#include "tensorflow/core/framework/op.h"
#include "tensorflow/core/framework/op_kernel.h"

#include "helpers.h"

using tensorflow::OpKernel;
using tensorflow::OpKernelConstruction;
using tensorflow::OpKernelContext;
using tensorflow::Tensor;
using tensorflow::TensorShape;

/** The argmax of four values, 0 to 3 row by row, is this where ReLU has cut the greatest off. */
constexpr int NOWHERE = 4;

inline int64_t threads_of(OpKernelContext *context) {
  return context->device()->tensorflow_cpu_worker_threads()->num_threads;
}

/** Spreads the parts of an op's work, each of about so many steps, over as many threads as TensorFlow has. */
inline void share_out(OpKernelContext *context, int64_t parts, int64_t steps, const Helpers::Work &work) {
  constexpr int64_t FEW = 20000, BLOCKS = 4;
  const int64_t threads = threads_of(context), even = (parts + BLOCKS * threads - 1) / (BLOCKS * threads);
  if (threads == 1 || parts * steps < FEW) return work(0, parts);
  Helpers::of_process(threads - 1).share_out(parts, std::max(even, FEW / 2 / std::max<int64_t>(1, steps)), work);
}

/**
 * In how many parts a batch is summed up for the gradients of so many weights: the same parts, and so the same bits,
 * with any number of threads; few parts where there are many weights.
 */
inline int64_t parts_of(int64_t photos, int64_t weights) {
  constexpr int64_t LARGE = 1 << 22;
  return std::min(photos, std::clamp<int64_t>(LARGE / std::max<int64_t>(1, weights), 4, 16));
}

/** The numbers of a tensor; null if it has none, which stands for one that is left out. */
inline const float *data_or_null(const Tensor &tensor) {
  return tensor.NumElements() ? tensor.flat<float>().data() : nullptr;
}
