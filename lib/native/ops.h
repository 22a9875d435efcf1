// What the project's ops for TensorFlow have in common.
#pragma once

#include <cstdint>
#include <functional>

#include "tensorflow/core/framework/common_shape_fns.h"
#include "tensorflow/core/framework/op.h"
#include "tensorflow/core/framework/op_kernel.h"
#include "tensorflow/core/util/work_sharder.h"

using tensorflow::OpKernel;
using tensorflow::OpKernelConstruction;
using tensorflow::OpKernelContext;
using tensorflow::Tensor;
using tensorflow::TensorShape;

/** The place of the greatest of four values where ReLU has cut it off; else 0 to 3, line by line. */
constexpr int NOWHERE = 4;

/** Shares out parts of an op's work, each of about so many steps, among its threads. */
inline void share_out(OpKernelContext *context, int64_t parts, int64_t steps,
                      const std::function<void(int64_t from, int64_t to)> &work) {
  const auto &threads = *context->device()->tensorflow_cpu_worker_threads();
  tensorflow::Shard(threads.num_threads, threads.workers, parts, steps, work);
}
