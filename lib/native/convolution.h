// The arithmetic of a convolution that max pooling follows, 2x2 with strides of 2, for one photo: the greatest of
// each four sums, and from gradients for these the gradients for kernel, bias and photo. Of four sums one alone has
// a gradient, so that the way back is a quarter of the work of a convolution's.
//
// A photo has the zeros around it that the padding asks for, and lies in memory in planes of 16 channels,
// `[channels / 16, height, width, 16]`, or in one of the 3 colours. Pooled maps are `[rows, columns, maps]`. LANES is
// how many float32 the processor does at once.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <limits>
#include <vector>

#include "ops.h"

/** The channels of a plane; maps are a multiple of it, and so are channels, but for the colours. */
constexpr int64_t PLANE = 16, COLOURS = 3;

/** Columns of pooled maps that are summed up at once: as many as the registers hold. */
constexpr int COLUMNS = 3;

struct Sizes {
  int64_t photos, height, width, channels, kernel, maps;
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
  int64_t pooled() const { return rows() * columns() * maps; }
  int64_t taps() const { return kernel * kernel; }
  int64_t weights() const { return taps() * channels * maps; }
};

/** What a pooled value hands back: its gradient, to the window that begins at a value of the photo. */
struct Share {
  float gradient;
  int32_t at;
};

#define ALWAYS inline __attribute__((always_inline))

/** LANES numbers, as GCC and Clang do arithmetic with them. */
template <int LANES>
struct Many {
  typedef float Floats __attribute__((vector_size(4 * LANES), aligned(4), may_alias));
  typedef int32_t Ints __attribute__((vector_size(4 * LANES), aligned(4), may_alias));
  typedef uint8_t Bytes __attribute__((vector_size(LANES), aligned(1), may_alias));
};

/** Where a weight lies with LANES maps side by side, `[maps / LANES, planes, kernel, kernel, pixel, LANES]`. */
template <int LANES>
ALWAYS int64_t by_maps(const Sizes &sizes, int64_t tap, int64_t channel, int64_t map) {
  const int64_t plane = map / LANES * sizes.planes() + channel / PLANE;
  return ((plane * sizes.taps() + tap) * sizes.pixel() + channel % PLANE) * LANES + map % LANES;
}

/** The same with LANES channels side by side, `[channels / LANES, maps, kernel, kernel, LANES]`. */
template <int LANES>
ALWAYS int64_t by_channels(const Sizes &sizes, int64_t tap, int64_t channel, int64_t map) {
  return ((channel / LANES * sizes.maps + map) * sizes.taps() + tap) * LANES + channel % LANES;
}

/** Calls `visit(where a weight lies in TensorFlow's order, where in ours)` for each weight. */
template <typename Place, typename Visit>
ALWAYS void for_each_weight(const Sizes &sizes, const Place &place, const Visit &visit) {
  int64_t k = 0;
  for (int64_t tap = 0; tap < sizes.taps(); tap++)
    for (int64_t channel = 0; channel < sizes.channels; channel++)
      for (int64_t map = 0; map < sizes.maps; map++) visit(k++, place(sizes, tap, channel, map));
}

/** The greatest of each four sums of LANES maps, in COUNT columns side by side, and their places. */
template <int LANES, int COUNT>
ALWAYS void convolve_columns(const Sizes &sizes, const float *photo, const float *weights, const float *bias,
                             float least, float *pooled, uint8_t *places) {
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
          above[k] += weight * upper[k * pixel + t];
          below[k] += weight * lower[k * pixel + t];
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
    const Ints place = greatest > floor ? (lower > upper ? second : first) : one * NOWHERE;
    *(Floats *)(pooled + k * sizes.maps) = greatest > floor ? greatest : floor;
    *(Bytes *)(places + k * sizes.maps) = __builtin_convertvector(place, Bytes);
  }
}

/** Convolves and pools a photo. */
template <int LANES>
ALWAYS void convolve_photo(const Sizes &sizes, const float *photo, const float *weights, const float *bias,
                           bool relu, float *pooled, uint8_t *places) {
  const float least = relu ? 0 : -std::numeric_limits<float>::infinity();
  const int64_t columns = sizes.columns();
  for (int64_t y = 0; y < sizes.rows(); y++) {
    for (int64_t map = 0; map < sizes.maps; map += LANES) {
      const float *from = photo + 2 * y * sizes.line(), *own = weights + by_maps<LANES>(sizes, 0, 0, map);
      int64_t at = y * columns * sizes.maps + map, x = 0;
      for (; x + COLUMNS <= columns; x += COLUMNS) {
        convolve_columns<LANES, COLUMNS>(sizes, from, own, bias + map, least, pooled + at, places + at);
        from += 2 * COLUMNS * sizes.pixel(), at += COLUMNS * sizes.maps;
      }
      for (; x < columns; x++) {
        convolve_columns<LANES, 1>(sizes, from, own, bias + map, least, pooled + at, places + at);
        from += 2 * sizes.pixel(), at += sizes.maps;
      }
    }
  }
}

/**
 * Adds to the gradients for COUNT taps of a line what a line of pooled maps has for them. `by_place` are the
 * gradients, each four times: 0 but for the place that it came from.
 */
template <int LANES, int COUNT>
ALWAYS void learn_taps(const Sizes &sizes, const float *photo, const float *by_place, float *sums) {
  using Floats = typename Many<LANES>::Floats;
  Floats *to = (Floats *)sums, own[COUNT];
#pragma GCC unroll 16
  for (int t = 0; t < COUNT; t++) own[t] = to[t];
  for (int64_t x = 0; x < sizes.columns(); x++) {
    const Floats *gradient = (const Floats *)by_place + 4 * x;
    const float *above = photo + 2 * x * COLOURS, *below = above + sizes.line();
#pragma GCC unroll 16
    for (int t = 0; t < COUNT; t++) {
      own[t] += gradient[0] * above[t];
      own[t] += gradient[1] * above[t + COLOURS];
      own[t] += gradient[2] * below[t];
      own[t] += gradient[3] * below[t + COLOURS];
    }
  }
#pragma GCC unroll 16
  for (int t = 0; t < COUNT; t++) to[t] = own[t];
}

/** Sets each gradient of LANES maps in one of four places. */
template <int LANES>
ALWAYS void set_by_place(const Sizes &sizes, const float *gradient, const uint8_t *places, float *by_place) {
  using Ints = typename Many<LANES>::Ints;
  using Bytes = typename Many<LANES>::Bytes;
  for (int64_t x = 0; x < sizes.columns(); x++) {
    const Ints place = __builtin_convertvector(*(const Bytes *)(places + x * sizes.maps), Ints);
    const Ints bits = *(const Ints *)(gradient + x * sizes.maps);
#pragma GCC unroll 4
    for (int p = 0; p < 4; p++) ((Ints *)by_place)[4 * x + p] = bits & (place == p);
  }
}

/** Adds a photo's gradients for the kernel, LANES maps at once. */
template <int LANES>
ALWAYS void learn_by_maps(const Sizes &sizes, const float *photo, const float *gradient, const uint8_t *places,
                          float *sums) {
  const int64_t values = sizes.kernel * COLOURS, line = sizes.columns() * sizes.maps;
  std::vector<float> by_place(4 * LANES * sizes.columns());
  for (int64_t y = 0; y < sizes.rows(); y++) {
    for (int64_t map = 0; map < sizes.maps; map += LANES) {
      set_by_place<LANES>(sizes, gradient + y * line + map, places + y * line + map, by_place.data());
      for (int64_t row = 0; row < sizes.kernel; row++) {
        const float *from = photo + (2 * y + row) * sizes.line();
        float *to = sums + by_maps<LANES>(sizes, row * sizes.kernel, 0, map);
        int64_t t = 0;
        for (; t + 9 <= values; t += 9) learn_taps<LANES, 9>(sizes, from + t, by_place.data(), to + t * LANES);
        for (; t < values; t += 3) learn_taps<LANES, 3>(sizes, from + t, by_place.data(), to + t * LANES);
      }
    }
  }
}

/** Adds a photo's gradients for the bias. */
template <int LANES>
ALWAYS void learn_bias(const Sizes &sizes, const float *gradient, const uint8_t *places, float *sums) {
  using Ints = typename Many<LANES>::Ints;
  using Bytes = typename Many<LANES>::Bytes;
  for (int64_t map = 0; map < sizes.maps; map += LANES) {
    typename Many<LANES>::Floats sum{};
    for (int64_t k = map; k < sizes.pooled(); k += sizes.maps) {
      const Ints place = __builtin_convertvector(*(const Bytes *)(places + k), Ints);
      sum += (typename Many<LANES>::Floats)(*(const Ints *)(gradient + k) & (place != NOWHERE));
    }
    *(typename Many<LANES>::Floats *)(sums + map) += sum;
  }
}

/** Some rows and columns of pooled maps. */
struct Tile {
  int64_t top, bottom, left, right;
  int64_t area() const { return (bottom - top) * (right - left); }
};

/** Lists for each map what its values in a tile hand back, with room for all that there could be. */
inline void list_shares(const Sizes &sizes, const Tile &tile, const float *gradient, const uint8_t *places,
                        Share *shares, int64_t *counts) {
  const int32_t pixel = sizes.pixel(), line = sizes.line(), starts[] = {0, pixel, line, line + pixel, 0};
  const int64_t maps = sizes.maps, room = tile.area();
  std::fill_n(counts, maps, 0);
  for (int64_t y = tile.top; y < tile.bottom; y++) {
    for (int64_t x = tile.left; x < tile.right; x++) {
      const int64_t at = (y * sizes.columns() + x) * maps;
      const int32_t window = 2 * y * line + 2 * x * pixel;
      for (int64_t map = 0; map < maps; map++) {
        const uint8_t place = places[at + map];
        // written in any case, and kept where it counts: a branch that nobody can foretell would cost more
        shares[map * room + counts[map]] = {gradient[at + map], window + starts[place]};
        counts[map] += place != NOWHERE;
      }
    }
  }
}

/** Adds to the gradients for LANES channels of SIZE by SIZE weights what a map's values have for them. */
template <int LANES, int SIZE>
ALWAYS void learn_window(const Sizes &sizes, const Share *shares, int64_t count, const float *photo, float *sums) {
  using Floats = typename Many<LANES>::Floats;
  Floats *to = (Floats *)sums, own[SIZE * SIZE];
#pragma GCC unroll 32
  for (int t = 0; t < SIZE * SIZE; t++) own[t] = to[t];
  const int64_t line = sizes.line();
  for (int64_t k = 0; k < count; k++) {
    const float *window = photo + shares[k].at;
#pragma GCC unroll 8
    for (int y = 0; y < SIZE; y++)
#pragma GCC unroll 8
      for (int x = 0; x < SIZE; x++) {
        own[y * SIZE + x] += shares[k].gradient * *(const Floats *)(window + y * line + x * PLANE);
      }
  }
#pragma GCC unroll 32
  for (int t = 0; t < SIZE * SIZE; t++) to[t] = own[t];
}

/** Adds to the gradients for LANES channels of the photo what a map's values hand back by SIZE by SIZE weights. */
template <int LANES, int SIZE>
ALWAYS void hand_back(const Sizes &sizes, const Share *shares, int64_t count, const float *weights, float *photo) {
  using Floats = typename Many<LANES>::Floats;
  Floats own[SIZE * SIZE];
#pragma GCC unroll 32
  for (int t = 0; t < SIZE * SIZE; t++) own[t] = ((const Floats *)weights)[t];
  const int64_t line = sizes.line();
  for (int64_t k = 0; k < count; k++) {
    const float gradient = shares[k].gradient;
    float *window = photo + shares[k].at;
#pragma GCC unroll 8
    for (int y = 0; y < SIZE; y++)
#pragma GCC unroll 8
      for (int x = 0; x < SIZE; x++) {
        *(Floats *)(window + y * line + x * PLANE) += gradient * own[y * SIZE + x];
      }
  }
}

/** Adds what a tile has for the gradients for the kernel, and where they are asked for those for the photo. */
template <int LANES, int SIZE>
ALWAYS void learn_tile(const Sizes &sizes, const Share *shares, int64_t room, const int64_t *counts,
                       const float *photo, const float *weights, float *sums, float *for_photo) {
  for (int64_t channel = 0; channel < sizes.channels; channel += LANES) {
    const int64_t start = channel / PLANE * sizes.plane() + channel % PLANE;
    for (int64_t map = 0; map < sizes.maps; map++) {
      const Share *own = shares + map * room;
      for (int64_t y = 0; y < sizes.kernel; y += SIZE) {
        for (int64_t x = 0; x < sizes.kernel; x += SIZE) {
          const int64_t from = start + y * sizes.line() + x * PLANE;
          const int64_t at = by_channels<LANES>(sizes, y * sizes.kernel + x, channel, map);
          learn_window<LANES, SIZE>(sizes, own, counts[map], photo + from, sums + at);
          if (for_photo) hand_back<LANES, SIZE>(sizes, own, counts[map], weights + at, for_photo + from);
        }
      }
    }
  }
}

/** Adds a photo's gradients for the kernel, and where they are asked for those for the photo, by channels. */
template <int LANES, int SIZE>
ALWAYS void learn_by_channels(const Sizes &sizes, const float *photo, const float *weights, const float *gradient,
                              const uint8_t *places, float *sums, float *for_photo) {
  // as many values as make a map's sums worth loading, and as few as the nearest cache has room for
  constexpr int64_t AREA = 32;
  const int64_t width = std::min(sizes.columns(), AREA), height = AREA / std::max<int64_t>(width, 1);
  std::vector<Share> shares(AREA * sizes.maps);
  std::vector<int64_t> counts(sizes.maps);
  for (int64_t y = 0; y < sizes.rows(); y += height) {
    for (int64_t x = 0; x < sizes.columns(); x += width) {
      const Tile tile{y, std::min(y + height, sizes.rows()), x, std::min(x + width, sizes.columns())};
      list_shares(sizes, tile, gradient, places, shares.data(), counts.data());
      learn_tile<LANES, SIZE>(sizes, shares.data(), tile.area(), counts.data(), photo, weights, sums, for_photo);
    }
  }
}

/** Adds a photo's gradients for the kernel and, behind them, the bias, and where they are asked for its own. */
template <int LANES>
ALWAYS void learn_photo(const Sizes &sizes, const float *photo, const float *weights, const float *gradient,
                        const uint8_t *places, float *sums, float *for_photo) {
  learn_bias<LANES>(sizes, gradient, places, sums + sizes.weights());
  if (sizes.channels == COLOURS) learn_by_maps<LANES>(sizes, photo, gradient, places, sums);
  else if (sizes.kernel == 3) learn_by_channels<LANES, 3>(sizes, photo, weights, gradient, places, sums, for_photo);
  else if (sizes.kernel == 5) learn_by_channels<LANES, 5>(sizes, photo, weights, gradient, places, sums, for_photo);
  else learn_by_channels<LANES, 1>(sizes, photo, weights, gradient, places, sums, for_photo);
}
