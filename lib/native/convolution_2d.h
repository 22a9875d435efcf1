// The arithmetic of convolutions of any size: the values that each result is made of are gathered to a row, and rows are
// multiplied with the kernel. Gradients go the same way back. Where rows would be short, as for colours, lines of a photo
// are copied in their place, with the zeros around them: the rows of a line of results lie in them, one over the other.
//
// Sums are chains of fused multiplications and additions: a result's over the rows, columns and channels of its window; a
// value's gradient over the filters, window by window; a weight's over the pixels of a part of the photos.
//
// LANES is how many float32 the processor handles at once. It changes no bit.
#pragma once

#include <algorithm>
#include <cstdint>

#include "multiply.h"
#include "normalized.h"
#include "pooling.h"
#include "room.h"

/** Rows of numbers are padded to whole cache lines. */
constexpr int64_t fill_lines(int64_t count) { return (count + LINE - 1) / LINE * LINE; }

struct Sizes {
  int64_t photos, height, width, channels, kernel_height, kernel_width, filters, stride;
  bool same;

  int64_t rows() const { return length(height, kernel_height); }
  int64_t columns() const { return length(width, kernel_width); }
  int64_t above() const { return margin(height, kernel_height, rows()); }
  int64_t before() const { return margin(width, kernel_width, columns()); }
  /** Pixels of the results of a photo. */
  int64_t pixels() const { return rows() * columns(); }
  int64_t photo() const { return height * width * channels; }
  /** Values that a result is made of. */
  int64_t window() const { return kernel_height * kernel_width * channels; }
  /** An odd number of cache lines: else rows would lie in the same parts of the cache. */
  int64_t row() const { return (fill_lines(window()) / LINE | 1) * LINE; }
  int64_t lined_filters() const { return fill_lines(filters); }
  /** Whether lines are copied in place of rows: where a row has little of a line, and a line many pixels. */
  bool by_lines() const { return kernel_width * channels < LINE && columns() >= LINE; }
  /** Numbers of a line that results are made of, the zeros around them included. */
  int64_t line() const { return ((columns() - 1) * stride + kernel_width) * channels; }
  /** How many pixels are worked on at a time: as many as make sums of weights worth reading, if half a megabyte has room. */
  int64_t panel() const { return by_lines() ? columns() : std::clamp<int64_t>(131072 / row(), 24, 96); }
  /** What the rows of a panel need, or its lines: gather() writes beyond the end of the last row. */
  int64_t rows_of_panel() const {
    return std::max(panel() * row() + LINE, by_lines() ? kernel_height * fill_lines(line()) : 0);
  }

 private:
  int64_t length(int64_t before, int64_t kernel) const {
    return same ? (before + stride - 1) / stride : before < kernel ? 0 : (before - kernel) / stride + 1;
  }
  int64_t margin(int64_t before, int64_t kernel, int64_t after) const {
    return same ? std::max<int64_t>(0, (after - 1) * stride + kernel - before) / 2 : 0;
  }
};

/** Some consecutive pixels of the results, counted on from photo to photo. */
struct Panel {
  int64_t first, count;
};

/** The window of a pixel: how much of it lies on the photo, and where. */
struct Window {
  /** Its rows on the photo, from and to; the same of its numbers along a row. */
  int64_t top, bottom, left, right;
  /** Where its first number would lie in the photos, if it were all on the photo. */
  int64_t start;
};

/**
 * Calls `visit(pixel of the panel, its window)`. It takes copies: sizes that lie in memory would be read again whenever a
 * number is written.
 */
template <typename Visit>
ALWAYS void for_each_window(const Sizes sizes, const Panel panel, const Visit &visit) {
  const int64_t columns = sizes.columns(), rows = sizes.rows(), channels = sizes.channels;
  const int64_t above = sizes.above(), before = sizes.before();
  int64_t photo = panel.first / sizes.pixels(), y = panel.first / columns % rows, x = panel.first % columns;
  for (int64_t pixel = 0; pixel < panel.count; x = 0) {
    const int64_t top = y * sizes.stride - above, end = std::min(panel.count, pixel + columns - x);
    const int64_t bottom = std::min(sizes.kernel_height, sizes.height - top);
    int64_t left = x * sizes.stride - before, start = photo * sizes.photo() + (top * sizes.width + left) * channels;
    for (; pixel < end; pixel++, left += sizes.stride, start += sizes.stride * channels) {
      const int64_t right = std::min(sizes.kernel_width, sizes.width - left);
      visit(pixel, Window{std::max<int64_t>(0, -top), bottom, std::max<int64_t>(0, -left) * channels, right * channels,
                          start});
    }
    if (++y == rows) y = 0, photo++;
  }
}

/**
 * Gathers what each pixel of a panel is made of, a row each. Whole vectors are copied, beyond the end of a run too: what
 * follows is written later.
 */
template <int LANES>
ALWAYS void gather(const Sizes &sizes, const Panel &panel, const float *photos, float *rows) {
  using Floats = typename Many<LANES>::Floats;
  const int64_t line = sizes.kernel_width * sizes.channels, photo_line = sizes.width * sizes.channels;
  const int64_t height = sizes.kernel_height, row_size = sizes.row();
  const int64_t end = sizes.photos * sizes.photo() - (height - 1) * photo_line - (line + LANES - 1) / LANES * LANES;
  for_each_window(sizes, panel, [=](int64_t pixel, const Window &w) __attribute__((always_inline)) {
    float *row = rows + pixel * row_size;
    const float *from = photos + w.start;
    const bool is_whole = w.top == 0 && w.bottom == height && w.left == 0 && w.right == line;
    if (is_whole && w.start <= end) {
      for (int64_t y = 0; y < height; y++, row += line, from += photo_line) {
        for (int64_t k = 0; k < line; k += LANES) *(Floats *)(row + k) = *(const Floats *)(from + k);
      }
      return;
    }
    std::fill_n(row, height * line, 0.0f);
    for (int64_t y = w.top; y < w.bottom; y++) {
      for (int64_t k = w.left; k < w.right; k++) row[y * line + k] = from[y * photo_line + k];
    }
  });
}

/** Copies the lines that a line of results is made of. */
inline void copy_lines(const Sizes &sizes, const Panel &panel, const float *photos, float *lines) {
  const int64_t columns = sizes.columns(), channels = sizes.channels, line = sizes.line();
  const int64_t top = panel.first / columns % sizes.rows() * sizes.stride - sizes.above();
  const int64_t before = sizes.before() * channels, count = std::min(sizes.width * channels, line - before);
  const float *const photo = photos + panel.first / sizes.pixels() * sizes.photo();
  for (int64_t y = top; y < top + sizes.kernel_height; y++, lines += fill_lines(line)) {
    std::fill_n(lines, line, 0.0f);
    if (y >= 0 && y < sizes.height) std::copy_n(photo + y * sizes.width * channels, count, lines + before);
  }
}

/** Prepares the rows of a panel, as a factor of a product with the kernel. */
template <int LANES>
ALWAYS Factor rows_of(const Sizes &sizes, const Panel &panel, const float *photos, float *room) {
  if (!sizes.by_lines()) {
    gather<LANES>(sizes, panel, photos, room);
    return {room, sizes.row(), 1};
  }
  copy_lines(sizes, panel, photos, room);
  const int64_t jump = fill_lines(sizes.line()) - sizes.kernel_width * sizes.channels;
  return {room, sizes.stride * sizes.channels, 1, sizes.kernel_height, jump};
}

/** Adds rows of gradients to the values that they are of. */
template <int LANES>
ALWAYS void scatter(const Sizes &sizes, const Panel &panel, const float *rows, float *photos) {
  using Floats = typename Many<LANES>::Floats;
  const int64_t line = sizes.kernel_width * sizes.channels, photo_line = sizes.width * sizes.channels;
  for_each_window(sizes, panel, [&](int64_t pixel, const Window &w) __attribute__((always_inline)) {
    const float *row = rows + pixel * sizes.row();
    for (int64_t y = w.top; y < w.bottom; y++) {
      float *to = photos + w.start + y * photo_line;
      int64_t k = w.left;
      for (; k + LANES <= w.right; k += LANES) *(Floats *)(to + k) += *(const Floats *)(row + y * line + k);
      for (; k < w.right; k++) to[k] += row[y * line + k];
    }
  });
}

/** What follows the sums; null for nothing. */
struct Epilogue {
  const float *bias, *shortcut;
  bool relu;
};

/** Writes sums, `[pixels, lined filters]`, to results, `[pixels, filters]`, and ends as the epilogue says. */
template <int LANES>
ALWAYS void write_results(const Sizes &sizes, const Panel &panel, const float *sums, const Epilogue epilogue,
                          float *results) {
  using Floats = typename Many<LANES>::Floats;
  const int64_t filters = sizes.filters, lined = sizes.lined_filters(), end = (panel.first + panel.count) * filters;
  for (int64_t at = panel.first * filters; at < end; at += filters, sums += lined) {
    int64_t k = 0;
    for (; k + LANES <= filters; k += LANES) {
      Floats result = *(const Floats *)(sums + k);
      if (epilogue.bias) result += *(const Floats *)(epilogue.bias + k);
      if (epilogue.shortcut) result += *(const Floats *)(epilogue.shortcut + at + k);
      if (epilogue.relu) result = result > Floats{} ? result : Floats{};
      *(Floats *)(results + at + k) = result;
    }
    for (; k < filters; k++) {
      float result = epilogue.bias ? sums[k] + epilogue.bias[k] : sums[k];
      if (epilogue.shortcut) result += epilogue.shortcut[at + k];
      results[at + k] = epilogue.relu && !(result > 0) ? 0 : result;
    }
  }
}

/**
 * Convolves a panel of pixels.
 *
 * @param kernel packed, `[window, filters]`
 * @param room for the rows and, behind them, the sums of a panel
 */
template <int LANES>
ALWAYS void convolve_panel(const Sizes &sizes, const Panel &panel, const float *photos, const float *kernel,
                           const Epilogue &epilogue, float *room, float *results) {
  const int64_t lined = sizes.lined_filters();
  float *const sums = lined == sizes.filters ? results + panel.first * lined : room + sizes.rows_of_panel();
  const Factor rows = rows_of<LANES>(sizes, panel, photos, room);
  multiply<LANES, 0>(rows, {kernel, sizes.window() * LANES, LANES}, panel.count, lined, sizes.window() / rows.runs,
                     false, sums, lined);
  const bool is_done = lined == sizes.filters && !epilogue.bias && !epilogue.shortcut && !epilogue.relu;
  if (!is_done) write_results<LANES>(sizes, panel, sums, epilogue, results);
}

/** What gradients are made from. */
struct Given {
  const float *photos, *gradient;
  /** The results, if ReLU has made them: where they are 0, the gradient does not count. Null without ReLU. */
  const float *results;
  /** The kernel, turned and packed, `[filters, window]`; null where photos need no gradient. */
  const float *kernel;
  /** If the results have been normalised: what their gradients are made of, `[4, filters]`. Results are given then. */
  const float *shares;
  /** If they have been pooled then: where pooled values come from. The gradient is theirs. */
  const uint8_t *argmax;
  /** Whether ReLU has made the results that have been normalised; whether it follows normalisation. */
  bool rectified, gated;
  /** Whether the gradients of photos are those of the pixels that a 1x1 kernel reads alone, one after the other. */
  bool compact;
};

/** Copies the gradients of a panel that count, `[pixels, lined filters]`. */
template <int LANES>
ALWAYS void gate(const Sizes &sizes, const Panel &panel, const Given given, float *gradients) {
  using Floats = typename Many<LANES>::Floats;
  using Ints = typename Many<LANES>::Ints;
  const int64_t filters = sizes.filters, lined = sizes.lined_filters(), end = (panel.first + panel.count) * filters;
  for (int64_t at = panel.first * filters; at < end; at += filters, gradients += lined) {
    int64_t k = 0;
    for (; k + LANES <= filters; k += LANES) {
      const Ints bits = *(const Ints *)(given.gradient + at + k);
      *(Ints *)(gradients + k) = given.results ? bits & (*(const Floats *)(given.results + at + k) > Floats{}) : bits;
    }
    for (; k < filters; k++) gradients[k] = !given.results || given.results[at + k] > 0 ? given.gradient[at + k] : 0;
    for (; k < lined; k++) gradients[k] = 0;
  }
}

/** Writes the gradients of a panel, `[pixels, filters]`, from those behind normalisation and, perhaps, pooling or ReLU. */
template <int LANES>
ALWAYS void go_back_to_panel(const Sizes &sizes, const Panel &panel, const Given given, float *gradients) {
  using Floats = typename Many<LANES>::Floats;
  using Ints = typename Many<LANES>::Ints;
  const int64_t rows = sizes.rows(), columns = sizes.columns(), filters = sizes.filters;
  const Pooling pooling{sizes.photos, rows / 2, columns / 2, filters, rows, columns};
  if (given.argmax) {
    unpool_pixels(pooling, given.gradient, given.argmax, panel.first, panel.count, unpool_run<LANES>, gradients);
  }
  const float *const from = given.argmax ? gradients : given.gradient + panel.first * filters;
  const float *const results = given.results + panel.first * filters;
  for (int64_t pixel = 0; pixel < panel.count; pixel++) {  // in the order of memory, which is slower than all else here
    for (int64_t k = 0, at = pixel * filters; k < filters; k += LANES, at += LANES) {
      const Shares<LANES> shares(given.shares + k, filters);
      const Floats result = *(const Floats *)(results + at);
      const Floats all = shares.gradient(*(const Floats *)(from + at), result, given.gated);
      *(Floats *)(gradients + at) = given.rectified ? (Floats)((Ints)all & (result > Floats{})) : all;
    }
  }
}

/** Adds the gradients of a panel, `[pixels, lined]`, to those of the bias. */
template <int LANES>
ALWAYS void add_to_bias(const float *gradients, int64_t pixels, int64_t lined, float *bias) {
  using Floats = typename Many<LANES>::Floats;
  for (int64_t k = 0; k < lined; k += LANES) {
    Floats sum = *(const Floats *)(bias + k);
    for (int64_t pixel = 0; pixel < pixels; pixel++) sum += *(const Floats *)(gradients + pixel * lined + k);
    *(Floats *)(bias + k) = sum;
  }
}

/**
 * Adds what a panel contributes to the gradients of the kernel, `[window, lined filters]`, of the bias behind it, and of
 * the photos.
 *
 * @param room for the rows and, behind them, the gradients of a panel
 */
template <int LANES>
ALWAYS void add_panel_gradients(const Sizes &sizes, const Panel &panel, const Given &given, float *room, float *sums,
                                float *to_photos) {
  const int64_t lined = sizes.lined_filters();
  float *const own = room + sizes.rows_of_panel();
  const bool is_given = !given.results && lined == sizes.filters;
  const float *const gradients = is_given ? given.gradient + panel.first * lined : own;
  if (given.shares) go_back_to_panel<LANES>(sizes, panel, given, own);
  else if (!is_given) gate<LANES>(sizes, panel, given, own);
  add_to_bias<LANES>(gradients, panel.count, lined, sums + sizes.window() * lined);
  const Factor rows = rows_of<LANES>(sizes, panel, given.photos, room);
  const int64_t values = sizes.window() / rows.runs;
  for (int64_t run = 0; run < rows.runs; run++, sums += values * lined) {
    multiply<LANES, 1>({room + run * (values + rows.jump), 1, rows.row}, {gradients, LANES, lined}, values, lined,
                       panel.count, true, sums, lined);
  }
  if (!given.kernel) return;
  float *const to = given.compact ? to_photos + panel.first * sizes.channels : room;
  multiply<LANES, 0>({gradients, lined, 1}, {given.kernel, sizes.filters * LANES, LANES}, panel.count,
                     fill_lines(sizes.window()), sizes.filters, false, to, given.compact ? sizes.channels : sizes.row());
  if (!given.compact) scatter<LANES>(sizes, panel, room, to_photos);
}
