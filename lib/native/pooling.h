// Max pooling, 2x2 with strides of 2, of two lines at a time, and its way back, some pixels at a time.
#pragma once

#include <algorithm>
#include <cstdint>

#include "ops.h"
#include "processors.h"
#include "vectors.h"

namespace {

/** The pooled height and width, and the rows and columns before pooling; an odd last one is left out. */
struct Pooling {
  int64_t photos, height, width, channels, rows, columns;
  int64_t line() const { return width * channels; }
  int64_t line_before() const { return columns * channels; }
};

/** Those of values `[n, rows, columns, channels]`. */
inline Pooling pooling_of(const Shape &shape) {
  return {shape[0], shape[1] / 2, shape[2] / 2, shape[3], shape[1], shape[2]};
}

/**
 * Pools four values of each channel into one; the first of equal values wins. The loop is written so that the
 * compiler turns it into vector instructions, 8 channels at once.
 */
template <int BLOCK>
inline void pool(const float *__restrict a, const float *__restrict b, const float *__restrict c,
                 const float *__restrict d, float least, float *__restrict pooled,
                 uint8_t *__restrict argmax) {
  for (int k = 0; k < BLOCK; k++) {
    const float upper = std::max(a[k], b[k]), lower = std::max(c[k], d[k]);
    const int32_t first = b[k] > a[k] ? 1 : 0, second = d[k] > c[k] ? 3 : 2;
    const float greatest = std::max(upper, lower);
    const int32_t index = lower > upper ? second : first;
    pooled[k] = greatest;
    argmax[k] = uint8_t(greatest > least ? index : NOWHERE);
  }
}

/** Pools two lines into one. */
template <int BLOCK>
inline void pool_lines(const float *above, const float *below, const Pooling &sizes, float least,
                       float *pooled, uint8_t *argmax) {
  const int64_t channels = sizes.channels;
  for (int64_t column = 0; column < sizes.width; column++) {
    for (int64_t k = 0; k < channels; k += BLOCK) {
      pool<BLOCK>(above + k, above + channels + k, below + k, below + channels + k, least, pooled + k, argmax + k);
    }
    above += 2 * channels, below += 2 * channels, pooled += channels, argmax += channels;
  }
}

FOR_EACH_PROCESSOR
void pool_lines(const float *above, const float *below, const Pooling &sizes, float least, float *pooled,
                uint8_t *argmax) {
  if (sizes.channels % 16 == 0) pool_lines<16>(above, below, sizes, least, pooled, argmax);
  else pool_lines<1>(above, below, sizes, least, pooled, argmax);
}

/** Some pixels of a line, an upper or a lower one of two that have been pooled. */
struct Run {
  int64_t column, count;
  int below;
};

/** Writes the gradients of a run of pixels: those of the pooled line where its argmax is here, else 0. */
template <int LANES>
ALWAYS void unpool_run(const float *gradient, const uint8_t *argmax, int64_t channels, const Run run, float *to) {
  using Ints = typename Many<LANES>::Ints;
  for (int64_t x = run.column; x < run.column + run.count; x++) {
    const Ints here = Ints{} + int32_t(2 * run.below + x % 2);
    for (int64_t k = x / 2 * channels; k < (x / 2 + 1) * channels; k += LANES, to += LANES) {
      Ints index;
      Many<LANES>::read_bytes(argmax + k, index);
      *(Ints *)to = *(const Ints *)(gradient + k) & (index == here);
    }
  }
}

/** Writes the gradients of `left` pixels, counted on from photo to photo; `unpool` does a run of them. */
template <typename Unpool>
ALWAYS void unpool_pixels(const Pooling sizes, const float *gradient, const uint8_t *argmax, int64_t pixel, int64_t left,
                          const Unpool &unpool, float *to) {
  while (left > 0) {
    const int64_t line = pixel / sizes.columns, column = pixel % sizes.columns, y = line % sizes.rows;
    const int64_t run = std::min(left, sizes.columns - column);
    const int64_t inside = y / 2 < sizes.height ? std::clamp<int64_t>(2 * sizes.width - column, 0, run) : 0;
    const int64_t from = (line / sizes.rows * sizes.height + y / 2) * sizes.line();
    unpool(gradient + from, argmax + from, sizes.channels, Run{column, inside, int(y % 2)}, to);
    std::fill_n(to + inside * sizes.channels, (run - inside) * sizes.channels, 0.0f);
    pixel += run, left -= run, to += run * sizes.channels;
  }
}

}  // namespace
