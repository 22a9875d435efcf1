// The arithmetic of a 3x3 convolution with "same" padding by Winograd's minimal filtering: tiles of photos and kernels
// are transformed, and a tile of M by M results takes (M + 2)^2 products in place of 9 M^2: a quarter of them where M is
// 4. All transforms are small sums, exact but for rounding; gradients are the transposed transforms of the same.
//
// Source: A. Lavin, S. Gray, "Fast Algorithms for Convolutional Neural Networks" (2016).
//
// Photos lie in memory as TensorFlow has them, `[height, width, channels]`. What is transformed lies by place in the
// tile, `[(M + 2)^2, tiles, channels]`. LANES is how many float32 the processor handles at once.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "multiply.h"
#include "normalized.h"

/** Channels and filters are multiples of it. */
constexpr int64_t PLANE = 16;

struct Sizes {
  int64_t photos, height, width, channels, filters;
  int64_t weights() const { return channels * filters; }
  /** Values of a photo, and of its results. */
  int64_t photo() const { return height * width * channels; }
  int64_t result() const { return height * width * filters; }
};

/** The sums that turn a line of values into another; the photo's tile is M + 2 wide, the results' M. */
template <int M>
struct Transform;

template <>
struct Transform<4> {
  template <typename V>
  static ALWAYS void of_photo(const V *d, V *t) {
    const V a = d[4] - d[2] * 4, b = d[3] - d[1] * 4, c = d[4] - d[2], e = (d[3] - d[1]) * 2;
    t[0] = d[0] * 4 - d[2] * 5 + d[4], t[1] = a + b, t[2] = a - b, t[3] = c + e, t[4] = c - e;
    t[5] = d[1] * 4 - d[3] * 5 + d[5];
  }
  template <typename V>
  static ALWAYS void to_results(const V *m, V *y) {
    const V s = m[1] + m[2], d = m[1] - m[2], p = m[3] + m[4], q = m[3] - m[4];
    y[0] = m[0] + s + p, y[1] = d + q * 2, y[2] = s + p * 4, y[3] = d + q * 8 + m[5];
  }
  template <typename V>
  static ALWAYS void of_results(const V *y, V *m) {
    const V a = y[0] + y[2], b = y[1] + y[3], c = y[0] + y[2] * 4, d = y[1] * 2 + y[3] * 8;
    m[0] = y[0], m[1] = a + b, m[2] = a - b, m[3] = c + d, m[4] = c - d, m[5] = y[3];
  }
  template <typename V>
  static ALWAYS void to_photo(const V *v, V *d) {
    const V s = v[1] + v[2], a = v[1] - v[2], p = v[3] + v[4], b = v[3] - v[4];
    d[0] = v[0] * 4, d[1] = (v[5] - a) * 4 - b * 2, d[2] = v[0] * -5 - s * 4 - p;
    d[3] = a + b * 2 - v[5] * 5, d[4] = v[0] + s + p, d[5] = v[5];
  }
  template <typename V>
  static ALWAYS void of_kernel(const V *g, V *u) {
    const V a = (g[0] + g[2]) * (-1.0f / 6), b = g[1] * (1.0f / 6);
    const V c = g[0] * (1.0f / 24) + g[2] * (1.0f / 6), d = g[1] * (1.0f / 12);
    u[0] = g[0] * 0.25f, u[1] = a - b, u[2] = a + b, u[3] = c + d, u[4] = c - d, u[5] = g[2];
  }
  template <typename V>
  static ALWAYS void to_kernel(const V *u, V *g) {
    const V s = (u[1] + u[2]) * (-1.0f / 6), p = u[3] + u[4];
    g[0] = u[0] * 0.25f + s + p * (1.0f / 24), g[1] = (u[2] - u[1]) * (1.0f / 6) + (u[3] - u[4]) * (1.0f / 12);
    g[2] = s + p * (1.0f / 6) + u[5];
  }
};

template <>
struct Transform<3> {
  template <typename V>
  static ALWAYS void of_photo(const V *d, V *t) {
    const V a = d[3] - d[2];
    t[0] = (d[0] - d[2]) * 2 + (d[3] - d[1]), t[1] = a - d[1] * 2, t[2] = a + (d[1] - d[2]) * 2;
    t[3] = d[3] - d[1], t[4] = (d[1] - d[3]) * 2 + (d[4] - d[2]);
  }
  template <typename V>
  static ALWAYS void to_results(const V *m, V *y) {
    const V s = m[1] + m[2];
    y[0] = m[0] + s + m[3], y[1] = m[1] - m[2] + m[3] * 2, y[2] = s + m[3] * 4 + m[4];
  }
  template <typename V>
  static ALWAYS void of_results(const V *y, V *m) {
    const V a = y[0] + y[2];
    m[0] = y[0], m[1] = a + y[1], m[2] = a - y[1], m[3] = y[0] + y[1] * 2 + y[2] * 4, m[4] = y[2];
  }
  template <typename V>
  static ALWAYS void to_photo(const V *v, V *d) {
    d[0] = v[0] * 2, d[1] = (v[2] - v[1] + v[4]) * 2 - v[0] - v[3], d[2] = v[0] * -2 - v[1] - v[2] * 3 - v[4];
    d[3] = v[0] + v[1] + v[2] + v[3] - v[4] * 2, d[4] = v[4];
  }
  template <typename V>
  static ALWAYS void of_kernel(const V *g, V *u) {
    const V a = g[0] + g[2];
    u[0] = g[0] * 0.5f, u[1] = (a + g[1]) * -0.5f, u[2] = (g[1] - a) * (1.0f / 6);
    u[3] = g[0] * (1.0f / 6) + g[1] * (1.0f / 3) + g[2] * (2.0f / 3), u[4] = g[2];
  }
  template <typename V>
  static ALWAYS void to_kernel(const V *u, V *g) {
    const V a = u[1] * -0.5f, b = u[2] * (1.0f / 6);
    g[0] = u[0] * 0.5f + a - b + u[3] * (1.0f / 6), g[1] = a + b + u[3] * (1.0f / 3);
    g[2] = a - b + u[3] * (2.0f / 3) + u[4];
  }
};

/** Transforms a square of FROM by FROM vectors to TO by TO, first down its columns, then along its rows. */
template <int FROM, int TO, typename V, typename Line>
ALWAYS void transform_square(const V (&from)[FROM][FROM], V (&to)[TO][TO], const Line &line) {
  V half[FROM][TO];
#pragma GCC unroll 8
  for (int x = 0; x < FROM; x++) {
    V column[FROM];
#pragma GCC unroll 8
    for (int y = 0; y < FROM; y++) column[y] = from[y][x];
    line(column, half[x]);
  }
#pragma GCC unroll 8
  for (int y = 0; y < TO; y++) {
    V row[FROM];
#pragma GCC unroll 8
    for (int x = 0; x < FROM; x++) row[x] = half[x][y];
    line(row, to[y]);
  }
}

/** The tiles of some photos, transformed: where they lie, and how far planes are apart, which have room for `all`. */
template <int M>
struct Tiles {
  static constexpr int A = M + 2;
  int64_t photos, all, rows, columns;
  Tiles(const Sizes &sizes, int64_t photos, int64_t all)
      : photos(photos), all(all), rows((sizes.height + M - 1) / M), columns((sizes.width + M - 1) / M) {}
  int64_t a_photo() const { return rows * columns; }
  int64_t count() const { return photos * a_photo(); }
  /** A cache line more than its values: else all places of a tile would lie in the same part of the cache. */
  int64_t plane(int64_t channels) const { return (all * a_photo() * channels / 16 | 1) * 16 + 32; }
  int64_t room(int64_t channels) const { return A * A * plane(channels); }
};

/** Calls `visit(photo, top row, left column, number of the tile)`. */
template <int M, typename Visit>
ALWAYS void for_each_tile(const Tiles<M> &tiles, const Visit &visit) {
  int64_t tile = 0;
  for (int64_t photo = 0; photo < tiles.photos; photo++)
    for (int64_t y = 0; y < tiles.rows; y++)
      for (int64_t x = 0; x < tiles.columns; x++) visit(photo, y * M, x * M, tile++);
}

/**
 * Reads a square of a photo, SIDE by SIDE from a row and column on, zeros where it reaches beyond the photo; `load` reads
 * LANES channels from one of the photo's numbers on.
 */
template <int LANES, int SIDE, typename Load>
ALWAYS void read_square(const Sizes &sizes, int64_t channels, int64_t top, int64_t left, const Load &load,
                        typename Many<LANES>::Floats (&to)[SIDE][SIDE]) {
  using Floats = typename Many<LANES>::Floats;
  const bool inside = top >= 0 && left >= 0 && top + SIDE <= sizes.height && left + SIDE <= sizes.width;
#pragma GCC unroll 8
  for (int y = 0; y < SIDE; y++) {
    const bool has_row = inside || (uint64_t(top + y) < uint64_t(sizes.height));
    const int64_t row = ((top + y) * sizes.width + left) * channels;
#pragma GCC unroll 8
    for (int x = 0; x < SIDE; x++) {
      const bool has = inside || (has_row && uint64_t(left + x) < uint64_t(sizes.width));
      to[y][x] = has ? load(row + x * channels) : Floats{};
    }
  }
}

template <int LANES, int A>
ALWAYS void write_planes(const typename Many<LANES>::Floats (&from)[A][A], float *to, int64_t plane) {
#pragma GCC unroll 8
  for (int y = 0; y < A; y++)
#pragma GCC unroll 8
    for (int x = 0; x < A; x++) *(typename Many<LANES>::Floats *)(to + (y * A + x) * plane) = from[y][x];
}

template <int LANES, int A>
ALWAYS void read_planes(const float *from, int64_t plane, typename Many<LANES>::Floats (&to)[A][A]) {
#pragma GCC unroll 8
  for (int y = 0; y < A; y++)
#pragma GCC unroll 8
    for (int x = 0; x < A; x++) to[y][x] = *(const typename Many<LANES>::Floats *)(from + (y * A + x) * plane);
}

/** Transforms photos, `[photos, height, width, channels]`. */
template <int LANES, int M>
ALWAYS void transform_photos(const Sizes &sizes, const Tiles<M> &tiles, const float *photos, float *to) {
  using Floats = typename Many<LANES>::Floats;
  constexpr int A = M + 2;
  const int64_t channels = sizes.channels, photo_size = sizes.photo();
  for_each_tile(tiles, [&](int64_t photo, int64_t top, int64_t left, int64_t tile) __attribute__((always_inline)) {
    for (int64_t k = 0; k < channels; k += LANES) {
      Floats square[A][A], transformed[A][A];
      const float *const from = photos + photo * photo_size + k;
      const auto load = [&](int64_t at) __attribute__((always_inline)) { return *(const Floats *)(from + at); };
      read_square<LANES, A>(sizes, channels, top - 1, left - 1, load, square);
      transform_square(square, transformed, [](const Floats *d, Floats *t) __attribute__((always_inline)) {
        Transform<M>::of_photo(d, t);
      });
      write_planes<LANES, A>(transformed, to + tile * channels + k, tiles.plane(channels));
    }
  });
}

/** What gradients are made from, some photos on; null for what there is not. */
struct Given {
  const float *photos, *gradients;
  /** If the results have been normalised: these, and what their gradients are made of, `[4, filters]`. */
  const float *results, *shares;
  /** Whether ReLU follows normalisation. */
  bool gated;
};

/** Reads gradients of results, or makes them of those after normalisation: LANES filters from one on. */
template <int LANES>
struct Gradients {
  using Floats = typename Many<LANES>::Floats;
  const float *gradients, *results;
  bool gated;
  Shares<LANES> shares;

  ALWAYS Gradients(const Given &given, int64_t photo, int64_t filters, int64_t filter)
      : gradients(given.gradients + photo + filter),
        results(given.results ? given.results + photo + filter : nullptr),
        gated(given.gated) {
    if (results) shares = Shares<LANES>(given.shares + filter, filters);
  }

  ALWAYS Floats operator()(int64_t at) const {
    const Floats own = *(const Floats *)(gradients + at);
    return results ? shares.gradient(own, *(const Floats *)(results + at), gated) : own;
  }
};

/** Transforms the gradients of results, `[photos, height, width, filters]`. */
template <int LANES, int M>
ALWAYS void transform_gradients(const Sizes &sizes, const Tiles<M> &tiles, const Given &given, float *to) {
  using Floats = typename Many<LANES>::Floats;
  constexpr int A = M + 2;
  const int64_t filters = sizes.filters;
  for_each_tile(tiles, [&](int64_t photo, int64_t top, int64_t left, int64_t tile) __attribute__((always_inline)) {
    for (int64_t k = 0; k < filters; k += LANES) {
      Floats square[M][M], transformed[A][A];
      const Gradients<LANES> load(given, photo * sizes.result(), filters, k);
      read_square<LANES, M>(sizes, filters, top, left, load, square);
      transform_square(square, transformed, [](const Floats *y, Floats *m) __attribute__((always_inline)) {
        Transform<M>::of_results(y, m);
      });
      write_planes<LANES, A>(transformed, to + tile * filters + k, tiles.plane(filters));
    }
  });
}

/** What follows the sums; null for nothing. */
struct Epilogue {
  const float *bias, *shortcut;
  bool relu;
};

/** Transforms products back to results, `[photos, height, width, filters]`, and ends as the epilogue says. */
template <int LANES, int M>
ALWAYS void write_results(const Sizes &sizes, const Tiles<M> &tiles, const float *from, const Epilogue &epilogue,
                          float *results) {
  using Floats = typename Many<LANES>::Floats;
  constexpr int A = M + 2;
  const int64_t filters = sizes.filters;
  for_each_tile(tiles, [&](int64_t photo, int64_t top, int64_t left, int64_t tile) __attribute__((always_inline)) {
    for (int64_t k = 0; k < filters; k += LANES) {
      Floats products[A][A], square[M][M];
      read_planes<LANES, A>(from + tile * filters + k, tiles.plane(filters), products);
      transform_square(products, square, [](const Floats *m, Floats *y) __attribute__((always_inline)) {
        Transform<M>::to_results(m, y);
      });
      const Floats bias = epilogue.bias ? *(const Floats *)(epilogue.bias + k) : Floats{};
      for (int y = 0; y < M && top + y < sizes.height; y++) {
        for (int x = 0; x < M && left + x < sizes.width; x++) {
          const int64_t at = ((photo * sizes.height + top + y) * sizes.width + left + x) * filters + k;
          Floats result = square[y][x] + bias;
          if (epilogue.shortcut) result += *(const Floats *)(epilogue.shortcut + at);
          if (epilogue.relu) result = result > Floats{} ? result : Floats{};
          *(Floats *)(results + at) = result;
        }
      }
    }
  });
}

/** Adds what is transformed back to photos, whose tiles overlap. */
template <int LANES, int M>
ALWAYS void add_to_photos(const Sizes &sizes, const Tiles<M> &tiles, const float *from, float *photos) {
  using Floats = typename Many<LANES>::Floats;
  constexpr int A = M + 2;
  const int64_t channels = sizes.channels;
  for_each_tile(tiles, [&](int64_t photo, int64_t top, int64_t left, int64_t tile) __attribute__((always_inline)) {
    for (int64_t k = 0; k < channels; k += LANES) {
      Floats transformed[A][A], square[A][A];
      read_planes<LANES, A>(from + tile * channels + k, tiles.plane(channels), transformed);
      transform_square(transformed, square, [](const Floats *v, Floats *d) __attribute__((always_inline)) {
        Transform<M>::to_photo(v, d);
      });
      for (int y = std::max<int64_t>(0, 1 - top); y < A && top - 1 + y < sizes.height; y++) {
        for (int x = std::max<int64_t>(0, 1 - left); x < A && left - 1 + x < sizes.width; x++) {
          const int64_t at = ((photo * sizes.height + top - 1 + y) * sizes.width + left - 1 + x) * channels + k;
          *(Floats *)(photos + at) += square[y][x];
        }
      }
    }
  });
}

/**
 * Transforms LANES outputs of kernels, `[3, 3, inputs, row]`: to their place in
 * `[A * A, outputs / LANES, inputs, LANES]`.
 */
template <int LANES, int M>
ALWAYS void transform_kernels(const float *kernels, int64_t row, int64_t inputs, int64_t outputs, float *to) {
  using Floats = typename Many<LANES>::Floats;
  constexpr int A = M + 2;
  for (int64_t input = 0; input < inputs; input++) {
    Floats kernel[3][3], transformed[A][A];
    read_planes<LANES, 3>(kernels + input * row, inputs * row, kernel);
    transform_square(kernel, transformed, [](const Floats *g, Floats *u) __attribute__((always_inline)) {
      Transform<M>::of_kernel(g, u);
    });
    write_planes<LANES, A>(transformed, to + input * LANES, inputs * outputs);
  }
}

/** Adds up the parts of the transformed gradients of kernels for one input, and transforms them back. */
template <int LANES, int M>
ALWAYS void write_kernels(const Sizes &sizes, const float *sums, int64_t parts, int64_t input, float *kernels) {
  using Floats = typename Many<LANES>::Floats;
  constexpr int A = M + 2;
  for (int64_t filter = 0; filter < sizes.filters; filter += LANES) {
    const int64_t at = input * sizes.filters + filter;
    Floats total[A][A], kernel[3][3];
    read_planes<LANES, A>(sums + at, sizes.weights(), total);
    for (int64_t part = 1; part < parts; part++) {
      Floats own[A][A];
      read_planes<LANES, A>(sums + part * A * A * sizes.weights() + at, sizes.weights(), own);
#pragma GCC unroll 8
      for (int y = 0; y < A; y++)
#pragma GCC unroll 8
        for (int x = 0; x < A; x++) total[y][x] += own[y][x];
    }
    transform_square(total, kernel, [](const Floats *u, Floats *g) __attribute__((always_inline)) {
      Transform<M>::to_kernel(u, g);
    });
    write_planes<LANES, 3>(kernel, kernels + at, sizes.weights());
  }
}

/**
 * Convolves some photos.
 *
 * @param kernels transformed
 * @param room for the transformed photos and, behind them, the products
 */
template <int LANES, int M>
ALWAYS void convolve_tiles(const Sizes &sizes, int64_t photos, const float *from, const float *kernels,
                           const Epilogue &epilogue, float *room, float *results) {
  const Tiles<M> tiles(sizes, photos, photos);
  const int64_t plane = tiles.plane(sizes.channels), products = tiles.plane(sizes.filters);
  float *const to = room + tiles.room(sizes.channels);
  transform_photos<LANES, M>(sizes, tiles, from, room);
  for (int k = 0; k < (M + 2) * (M + 2); k++) {
    const Factor a{room + k * plane, sizes.channels, 1};
    const Factor b{kernels + k * sizes.weights(), sizes.channels * LANES, LANES};
    multiply<LANES, 0>(a, b, tiles.count(), sizes.filters, sizes.channels, false, to + k * products, sizes.filters);
  }
  write_results<LANES, M>(sizes, tiles, to, epilogue, results);
}

/** Transforms what gradients of some photos are made from. */
template <int LANES, int M>
ALWAYS void transform_given(const Sizes &sizes, const Tiles<M> &tiles, const Given &given, float *photos,
                            float *gradients) {
  transform_photos<LANES, M>(sizes, tiles, given.photos, photos);
  transform_gradients<LANES, M>(sizes, tiles, given, gradients);
}

/** What the gradients of kernels at one place of tiles are summed up of. */
template <int LANES>
ALWAYS void add_products(const Sizes &sizes, const float *photos, const float *gradients, int64_t tiles, bool add,
                         float *sums) {
  const Factor a{photos, 1, sizes.channels}, b{gradients, LANES, sizes.filters};
  multiply<LANES, 1>(a, b, sizes.channels, sizes.filters, tiles, add, sums, sizes.filters);
}

/** The gradients of photos at one place of tiles. @param kernels transformed, channels and filters exchanged */
template <int LANES>
ALWAYS void go_back(const Sizes &sizes, const float *gradients, const float *kernels, int64_t tiles, float *photos) {
  const Factor a{gradients, sizes.filters, 1}, b{kernels, sizes.filters * LANES, LANES};
  multiply<LANES, 0>(a, b, tiles, sizes.channels, sizes.filters, false, photos, sizes.channels);
}

/** Writes the gradients of photos. */
template <int LANES, int M>
ALWAYS void write_photos(const Sizes &sizes, const Tiles<M> &tiles, const float *from, float *to) {
  std::fill_n(to, tiles.photos * sizes.photo(), 0.0f);
  add_to_photos<LANES, M>(sizes, tiles, from, to);
}

/**
 * Adds what some photos contribute to the transformed gradients of kernels, `[A * A, channels, filters]`, and writes
 * the photos' own.
 *
 * @param kernels transformed, channels and filters exchanged
 */
template <int LANES, int M>
ALWAYS void add_tile_gradients(const Sizes &sizes, int64_t photos, const Given &given, const float *kernels, bool add,
                               float *room, float *sums, float *to_photos) {
  const Tiles<M> tiles(sizes, photos, photos);
  float *const gradients = room + tiles.room(sizes.channels);
  transform_given<LANES, M>(sizes, tiles, given, room, gradients);
  for (int k = 0; k < (M + 2) * (M + 2); k++) {
    float *photo = room + k * tiles.plane(sizes.channels);
    const float *own = gradients + k * tiles.plane(sizes.filters);
    add_products<LANES>(sizes, photo, own, tiles.count(), add, sums + k * sizes.weights());
    go_back<LANES>(sizes, own, kernels + k * sizes.weights(), tiles.count(), photo);
  }
  write_photos<LANES, M>(sizes, tiles, room, to_photos);
}

/** All photos, transformed, the gradients of results and the kernels, channels and filters exchanged. */
struct Transformed {
  float *photos;
  const float *gradients, *kernels;
};

/**
 * Sums up one place of the transformed gradients of kernels, part by part, and puts that of the gradients of photos where
 * the photos' was.
 *
 * @param starts the first photo of each part and, behind them, the number of photos
 * @param part room for `[channels, filters]`
 */
template <int LANES, int M>
ALWAYS void multiply_place(const Sizes &sizes, const Transformed &all, const std::vector<int64_t> &starts, int64_t place,
                           float *part, float *sums) {
  const Tiles<M> tiles(sizes, sizes.photos, sizes.photos);
  float *const photos = all.photos + place * tiles.plane(sizes.channels), *const total = sums + place * sizes.weights();
  const float *const gradients = all.gradients + place * tiles.plane(sizes.filters);
  for (size_t k = 0; k + 1 < starts.size(); k++) {
    const int64_t first = starts[k] * tiles.a_photo(), count = starts[k + 1] * tiles.a_photo() - first;
    add_products<LANES>(sizes, photos + first * sizes.channels, gradients + first * sizes.filters, count, false,
                        k ? part : total);
    if (k) add_to(total, part, sizes.weights());
  }
  go_back<LANES>(sizes, gradients, all.kernels + place * sizes.weights(), tiles.count(), photos);
}
