// The arithmetic of a convolution with 2x2 max pooling behind it, for one photo. Forward: the greatest of each four
// sums. Backward: from the gradients of these to those of kernel, bias and photo. Only one of four sums has a
// gradient, so the backward pass is a quarter of a plain convolution's work.
//
// A photo lies in memory with the zeros of its padding around it, in planes of 16 channels,
// `[channels / 16, height, width, 16]`, or in one plane of the 3 colours. Pooled values are
// `[rows, columns, filters]`. LANES is how many float32 the processor handles at once.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <limits>
#include <vector>

#include "ops.h"
#include "vectors.h"

/** The channels of a plane. Filters are a multiple of it, and so are channels, unless they are the colours. */
constexpr int64_t PLANE = 16, COLOURS = 3;

/** How many pooled columns are summed at once: as many as the registers hold. */
constexpr int COLUMNS = 3;

struct Sizes {
  int64_t photos, height, width, channels, kernel, filters;
  bool same;
  int64_t margin() const { return same ? kernel - 1 : 0; }
  int64_t pixel() const { return std::min(channels, PLANE); }
  int64_t line() const { return (width + margin()) * pixel(); }
  int64_t plane() const { return (height + margin()) * line(); }
  int64_t planes() const { return channels / pixel(); }
  int64_t photo() const { return planes() * plane(); }
  int64_t rows() const { return halve(height + margin() - kernel + 1); }
  int64_t columns() const { return halve(width + margin() - kernel + 1); }
  static int64_t halve(int64_t length) { return std::max<int64_t>(length, 0) / 2; }
  int64_t pooled() const { return rows() * columns() * filters; }
  int64_t taps() const { return kernel * kernel; }
  int64_t weights() const { return taps() * channels * filters; }
};

/** What a pooled value contributes: its gradient, to the window that begins at a value of the photo. */
struct Share {
  float gradient;
  int32_t at;
};

/**
 * The index of a weight where LANES filters lie side by side:
 * `[filters / LANES, planes, kernel, kernel, pixel, LANES]`.
 */
template <int LANES>
ALWAYS int64_t by_filters(const Sizes &sizes, int64_t tap, int64_t channel, int64_t filter) {
  const int64_t plane = filter / LANES * sizes.planes() + channel / PLANE;
  return ((plane * sizes.taps() + tap) * sizes.pixel() + channel % PLANE) * LANES + filter % LANES;
}

/** The same with LANES channels side by side, `[channels / LANES, filters, kernel, kernel, LANES]`. */
template <int LANES>
ALWAYS int64_t by_channels(const Sizes &sizes, int64_t tap, int64_t channel, int64_t filter) {
  return ((channel / LANES * sizes.filters + filter) * sizes.taps() + tap) * LANES + channel % LANES;
}

/** Calls `visit(index in TensorFlow's order, index in ours)` for each weight. */
template <typename Place, typename Visit>
ALWAYS void for_each_weight(const Sizes &sizes, const Place &place, const Visit &visit) {
  int64_t k = 0;
  for (int64_t tap = 0; tap < sizes.taps(); tap++)
    for (int64_t channel = 0; channel < sizes.channels; channel++)
      for (int64_t filter = 0; filter < sizes.filters; filter++) visit(k++, place(sizes, tap, channel, filter));
}

/** The greatest of each four sums and its argmax, for LANES filters in COUNT adjacent columns. */
template <int LANES, int COUNT>
ALWAYS void convolve_columns(const Sizes &sizes, const float *photo, const float *weights, const float *bias,
                             float least, float *pooled, uint8_t *argmax) {
  using Floats = typename Many<LANES>::Floats;
  using Ints = typename Many<LANES>::Ints;
  using Bytes = typename Many<LANES>::Bytes;
  const int64_t pixel = sizes.pixel(), values = sizes.kernel * pixel;
  Floats above[2 * COUNT], below[2 * COUNT];
#pragma GCC unroll 8
  for (int k = 0; k < 2 * COUNT; k++) above[k] = below[k] = *(const Floats *)bias;
  for (int64_t plane = 0; plane < sizes.planes(); plane++, photo += sizes.plane()) {
    for (int64_t row = 0; row < sizes.kernel; row++) {
      const float *upper = photo + row * sizes.line(), *lower = upper + sizes.line();
      for (int64_t t = 0; t < values; t++, weights += LANES) {
        const Floats weight = *(const Floats *)weights;
#pragma GCC unroll 8
        for (int k = 0; k < 2 * COUNT; k++) {
          Floats up, down;
          Many<LANES>::spread(upper[k * pixel + t], up);
          Many<LANES>::spread(lower[k * pixel + t], down);
          Many<LANES>::add_product(above[k], weight, up);
          Many<LANES>::add_product(below[k], weight, down);
        }
      }
    }
  }
  const Floats floor = Floats{} + least;
  const Ints one = Ints{} + 1;
#pragma GCC unroll 8
  for (int k = 0; k < COUNT; k++) {
    const Floats a = above[2 * k], b = above[2 * k + 1], c = below[2 * k], d = below[2 * k + 1];
    const Floats upper = b > a ? b : a, lower = d > c ? d : c, greatest = lower > upper ? lower : upper;
    const Ints first = b > a ? one : Ints{}, second = d > c ? one * 3 : one * 2;
    const Ints index = greatest > floor ? (lower > upper ? second : first) : one * NOWHERE;
    *(Floats *)(pooled + k * sizes.filters) = greatest > floor ? greatest : floor;
    *(Bytes *)(argmax + k * sizes.filters) = __builtin_convertvector(index, Bytes);
  }
}

/** Convolves and pools a photo. */
template <int LANES>
ALWAYS void convolve_photo(const Sizes &sizes, const float *photo, const float *weights, const float *bias,
                           bool relu, float *pooled, uint8_t *argmax) {
  const float least = relu ? 0 : -std::numeric_limits<float>::infinity();
  const int64_t columns = sizes.columns();
  for (int64_t y = 0; y < sizes.rows(); y++) {
    for (int64_t filter = 0; filter < sizes.filters; filter += LANES) {
      const float *from = photo + 2 * y * sizes.line(), *own = weights + by_filters<LANES>(sizes, 0, 0, filter);
      int64_t at = y * columns * sizes.filters + filter, x = 0;
      for (; x + COLUMNS <= columns; x += COLUMNS) {
        convolve_columns<LANES, COLUMNS>(sizes, from, own, bias + filter, least, pooled + at, argmax + at);
        from += 2 * COLUMNS * sizes.pixel(), at += COLUMNS * sizes.filters;
      }
      for (; x < columns; x++) {
        convolve_columns<LANES, 1>(sizes, from, own, bias + filter, least, pooled + at, argmax + at);
        from += 2 * sizes.pixel(), at += sizes.filters;
      }
    }
  }
}

/**
 * Adds what one pooled line contributes to the gradients of COUNT taps of a line. `scattered` holds each gradient
 * four times: 0, except where its value came from.
 */
template <int LANES, int COUNT>
ALWAYS void add_tap_gradients(const Sizes &sizes, const float *photo, const float *scattered, float *sums) {
  using Floats = typename Many<LANES>::Floats;
  Floats *to = (Floats *)sums, own[COUNT];
#pragma GCC unroll 16
  for (int t = 0; t < COUNT; t++) own[t] = to[t];
  for (int64_t x = 0; x < sizes.columns(); x++) {
    const Floats *gradient = (const Floats *)scattered + 4 * x;
    const float *above = photo + 2 * x * COLOURS, *below = above + sizes.line();
#pragma GCC unroll 16
    for (int t = 0; t < COUNT; t++) {
      const float *values[] = {above + t, above + t + COLOURS, below + t, below + t + COLOURS};
#pragma GCC unroll 4
      for (int p = 0; p < 4; p++) {
        Floats value;
        Many<LANES>::spread(*values[p], value);
        Many<LANES>::add_product(own[t], gradient[p], value);
      }
    }
  }
#pragma GCC unroll 16
  for (int t = 0; t < COUNT; t++) to[t] = own[t];
}

/** Writes each gradient of LANES filters to one of four values, by its argmax. */
template <int LANES>
ALWAYS void scatter_by_argmax(const Sizes &sizes, const float *gradient, const uint8_t *argmax, float *scattered) {
  using Ints = typename Many<LANES>::Ints;
  using Bytes = typename Many<LANES>::Bytes;
  for (int64_t x = 0; x < sizes.columns(); x++) {
    Ints index;
    Many<LANES>::read_bytes(argmax + x * sizes.filters, index);
    const Ints bits = *(const Ints *)(gradient + x * sizes.filters);
#pragma GCC unroll 4
    for (int p = 0; p < 4; p++) ((Ints *)scattered)[4 * x + p] = bits & (index == p);
  }
}

/** Adds a photo's gradient for the kernel, LANES filters at once. */
template <int LANES>
ALWAYS void add_kernel_gradient_by_filters(const Sizes &sizes, const float *photo, const float *gradient,
                                           const uint8_t *argmax, float *sums) {
  const int64_t values = sizes.kernel * COLOURS, line = sizes.columns() * sizes.filters;
  std::vector<float> scattered(4 * LANES * sizes.columns());
  for (int64_t y = 0; y < sizes.rows(); y++) {
    for (int64_t filter = 0; filter < sizes.filters; filter += LANES) {
      scatter_by_argmax<LANES>(sizes, gradient + y * line + filter, argmax + y * line + filter, scattered.data());
      for (int64_t row = 0; row < sizes.kernel; row++) {
        const float *from = photo + (2 * y + row) * sizes.line();
        float *to = sums + by_filters<LANES>(sizes, row * sizes.kernel, 0, filter);
        int64_t t = 0;
        for (; t + 9 <= values; t += 9) add_tap_gradients<LANES, 9>(sizes, from + t, scattered.data(), to + t * LANES);
        for (; t < values; t += 3) add_tap_gradients<LANES, 3>(sizes, from + t, scattered.data(), to + t * LANES);
      }
    }
  }
}

/** Adds a photo's gradient for the bias. */
template <int LANES>
ALWAYS void add_bias_gradient(const Sizes &sizes, const float *gradient, const uint8_t *argmax, float *sums) {
  using Ints = typename Many<LANES>::Ints;
  using Bytes = typename Many<LANES>::Bytes;
  for (int64_t filter = 0; filter < sizes.filters; filter += LANES) {
    typename Many<LANES>::Floats sum{};
    for (int64_t k = filter; k < sizes.pooled(); k += sizes.filters) {
      Ints index;
      Many<LANES>::read_bytes(argmax + k, index);
      sum += (typename Many<LANES>::Floats)(*(const Ints *)(gradient + k) & (index != NOWHERE));
    }
    *(typename Many<LANES>::Floats *)(sums + filter) += sum;
  }
}

/** Some rows and columns of pooled values. */
struct Tile {
  int64_t top, bottom, left, right;
  int64_t area() const { return (bottom - top) * (right - left); }
};

/** Lists what each filter's values in a tile contribute, with room for all of them. */
inline void list_shares(const Sizes &sizes, const Tile &tile, const float *gradient, const uint8_t *argmax,
                        Share *shares, int64_t *counts) {
  const int32_t pixel = sizes.pixel(), line = sizes.line(), starts[] = {0, pixel, line, line + pixel, 0};
  const int64_t filters = sizes.filters, room = tile.area();
  std::fill_n(counts, filters, 0);
  for (int64_t y = tile.top; y < tile.bottom; y++) {
    for (int64_t x = tile.left; x < tile.right; x++) {
      const int64_t at = (y * sizes.columns() + x) * filters;
      const int32_t window = 2 * y * line + 2 * x * pixel;
      for (int64_t filter = 0; filter < filters; filter++) {
        const uint8_t index = argmax[at + filter];
        // always written, but only counted where it matters: a branch the processor cannot predict would cost more
        shares[filter * room + counts[filter]] = {gradient[at + filter], window + starts[index]};
        counts[filter] += index != NOWHERE;
      }
    }
  }
}

/** Adds what a filter's values contribute to the gradients of SIZE by SIZE weights of LANES channels. */
template <int LANES, int SIZE>
ALWAYS void add_window_gradient(const Sizes &sizes, const Share *shares, int64_t count, const float *photo,
                                float *sums) {
  using Floats = typename Many<LANES>::Floats;
  Floats *to = (Floats *)sums, own[SIZE * SIZE];
#pragma GCC unroll 32
  for (int t = 0; t < SIZE * SIZE; t++) own[t] = to[t];
  const int64_t line = sizes.line();
  for (int64_t k = 0; k < count; k++) {
    const float *window = photo + shares[k].at;
    Floats gradient;
    Many<LANES>::spread(shares[k].gradient, gradient);
#pragma GCC unroll 8
    for (int y = 0; y < SIZE; y++)
#pragma GCC unroll 8
      for (int x = 0; x < SIZE; x++) {
        Many<LANES>::add_product(own[y * SIZE + x], gradient, *(const Floats *)(window + y * line + x * PLANE));
      }
  }
#pragma GCC unroll 32
  for (int t = 0; t < SIZE * SIZE; t++) to[t] = own[t];
}

/** Adds what a filter's values contribute, by SIZE by SIZE weights, to the photo's gradients of LANES channels. */
template <int LANES, int SIZE>
ALWAYS void add_photo_gradient(const Sizes &sizes, const Share *shares, int64_t count, const float *weights,
                               float *photo) {
  using Floats = typename Many<LANES>::Floats;
  Floats own[SIZE * SIZE];
#pragma GCC unroll 32
  for (int t = 0; t < SIZE * SIZE; t++) own[t] = ((const Floats *)weights)[t];
  const int64_t line = sizes.line();
  for (int64_t k = 0; k < count; k++) {
    Floats gradient;
    Many<LANES>::spread(shares[k].gradient, gradient);
    float *window = photo + shares[k].at;
#pragma GCC unroll 8
    for (int y = 0; y < SIZE; y++)
#pragma GCC unroll 8
      for (int x = 0; x < SIZE; x++) {
        Floats *value = (Floats *)(window + y * line + x * PLANE), sum = *value;
        Many<LANES>::add_product(sum, gradient, own[y * SIZE + x]);
        *value = sum;
      }
  }
}

/** Adds what a tile contributes to the gradient of the kernel and, if asked for, of the photo. */
template <int LANES, int SIZE>
ALWAYS void add_tile_gradients(const Sizes &sizes, const Share *shares, int64_t room, const int64_t *counts,
                       const float *photo, const float *weights, float *sums, float *grad_photo) {
  for (int64_t channel = 0; channel < sizes.channels; channel += LANES) {
    const int64_t start = channel / PLANE * sizes.plane() + channel % PLANE;
    for (int64_t filter = 0; filter < sizes.filters; filter++) {
      const Share *own = shares + filter * room;
      for (int64_t y = 0; y < sizes.kernel; y += SIZE) {
        for (int64_t x = 0; x < sizes.kernel; x += SIZE) {
          const int64_t from = start + y * sizes.line() + x * PLANE;
          const int64_t at = by_channels<LANES>(sizes, y * sizes.kernel + x, channel, filter);
          add_window_gradient<LANES, SIZE>(sizes, own, counts[filter], photo + from, sums + at);
          if (grad_photo) add_photo_gradient<LANES, SIZE>(sizes, own, counts[filter], weights + at, grad_photo + from);
        }
      }
    }
  }
}

/** Adds a photo's gradient for the kernel and, if asked for, its own, LANES channels at once. */
template <int LANES, int SIZE>
ALWAYS void add_gradients_by_channels(const Sizes &sizes, const float *photo, const float *weights,
                                      const float *gradient, const uint8_t *argmax, float *sums, float *grad_photo) {
  // enough values to make loading a filter's sums worthwhile, few enough for the nearest cache
  constexpr int64_t AREA = 32;
  const int64_t width = std::min(sizes.columns(), AREA), height = AREA / std::max<int64_t>(width, 1);
  std::vector<Share> shares(AREA * sizes.filters);
  std::vector<int64_t> counts(sizes.filters);
  for (int64_t y = 0; y < sizes.rows(); y += height) {
    for (int64_t x = 0; x < sizes.columns(); x += width) {
      const Tile tile{y, std::min(y + height, sizes.rows()), x, std::min(x + width, sizes.columns())};
      list_shares(sizes, tile, gradient, argmax, shares.data(), counts.data());
      add_tile_gradients<LANES, SIZE>(sizes, shares.data(), tile.area(), counts.data(), photo, weights, sums,
                                      grad_photo);
    }
  }
}

/** Adds a photo's gradients for the kernel and, behind them, the bias; its own, too, if asked for. */
template <int LANES>
ALWAYS void add_gradients(const Sizes &sizes, const float *photo, const float *weights, const float *gradient,
                          const uint8_t *argmax, float *sums, float *grad_photo) {
  add_bias_gradient<LANES>(sizes, gradient, argmax, sums + sizes.weights());
  if (sizes.channels == COLOURS) add_kernel_gradient_by_filters<LANES>(sizes, photo, gradient, argmax, sums);
  else if (sizes.kernel == 3)
    add_gradients_by_channels<LANES, 3>(sizes, photo, weights, gradient, argmax, sums, grad_photo);
  else if (sizes.kernel == 5)
    add_gradients_by_channels<LANES, 5>(sizes, photo, weights, gradient, argmax, sums, grad_photo);
  else
    add_gradients_by_channels<LANES, 1>(sizes, photo, weights, gradient, argmax, sums, grad_photo);
}
