// How an op's work is divided, and spread over threads.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <thread>

#include "helpers.h"

/** How many threads an op has, the one that calls it among them: as many as TensorFlow is told to give its own ops. */
inline int64_t threads() {
  static const int64_t count = [] {
    const char *asked = std::getenv("TF_NUM_INTRAOP_THREADS");
    const int64_t number = asked ? std::atoi(asked) : 0;
    return number > 0 ? number : std::max<int64_t>(1, std::thread::hardware_concurrency());
  }();
  return count;
}

/** Spreads the parts of an op's work, each of about so many steps, over its threads. */
inline void share_out(int64_t parts, int64_t steps, const Helpers::Work &work) {
  constexpr int64_t FEW = 20000, BLOCKS = 4;
  const int64_t even = (parts + BLOCKS * threads() - 1) / (BLOCKS * threads());
  if (threads() == 1 || parts * steps < FEW) return work(0, parts);
  Helpers::of_process(threads() - 1).share_out(parts, std::max(even, FEW / 2 / std::max<int64_t>(1, steps)), work);
}

/**
 * In how many parts a batch is summed up for the gradients of so many weights: the same parts, and so the same bits,
 * with any number of threads; few parts where there are many weights.
 */
inline int64_t parts_of(int64_t photos, int64_t weights) {
  constexpr int64_t LARGE = 1 << 22;
  return std::min(photos, std::clamp<int64_t>(LARGE / std::max<int64_t>(1, weights), 4, 16));
}
