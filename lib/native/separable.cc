// A separable convolution with all that follows it in small networks, as one TensorFlow op: a 3x3 depthwise convolution,
// perhaps with a bias and ReLU6, a 1x1 convolution, a bias, the sum with a shortcut, and a rectifier. Set-up compiles
// this file; separable.ts calls it and says what it is for.
//
// Some rows of the result are made at a time: what the depthwise convolution gives of them stays in the cache until the
// 1x1 convolution has read it.

#include <algorithm>
#include <limits>
#include <vector>

#include "ops.h"
#include "processors.h"
#include "share_out.h"
#include "vectors.h"

namespace {

/** Channels and filters come in multiples of this. */
constexpr int64_t LANES = 8;
using Floats = Many<LANES>::Floats;

/** Pixels that the 1x1 convolution reads its weights for, at least. */
constexpr int64_t PIXELS = 64;

ALWAYS Floats load(const float *from) { return *reinterpret_cast<const Floats *>(from); }
ALWAYS void store(float *to, Floats values) { *reinterpret_cast<Floats *>(to) = values; }
ALWAYS Floats all(float value) { return Floats{} + value; }
ALWAYS Floats least(Floats a, Floats b) { return a < b ? a : b; }
ALWAYS Floats most(Floats a, Floats b) { return a > b ? a : b; }

struct Work {
  int64_t photos, rows, columns, channels, stride;
  /** Of the result. */
  int64_t height, width, filters;
  /** Rows and columns of zeros before the first. */
  int64_t above, before;
  const float *values, *depthwise, *middle_bias, *pointwise, *bias, *slopes;
  /** Has the result's rows and columns, and its first channels; null for none. */
  const float *shortcut;
  int64_t shortcut_channels;
  /** The largest value after each convolution. */
  float most;
  float *out;
};

/** The rows or columns of a kernel of three that lie in a photo, the first being at `start`. */
struct Taps {
  int64_t from, to;
  Taps(int64_t start, int64_t length)
      : from(std::max<int64_t>(0, -start)), to(std::min<int64_t>(3, length - start)) {}
};

ALWAYS Floats rectify(const Work &w, Floats sum) {
  return w.middle_bias ? least(most(sum, Floats{}), all(w.most)) : sum;
}

/** LANES channels of one pixel of the depthwise convolution, at the rim of the photo or not. */
ALWAYS void convolve_pixel(const Work &w, const float *photo, int64_t top, int64_t x, int64_t c, float *out) {
  const int64_t left = x * w.stride - w.before;
  const Taps down(top, w.rows), across(left, w.columns);
  Floats sum = w.middle_bias ? load(w.middle_bias + c) : Floats{};
  for (int64_t dy = down.from; dy < down.to; dy++) {
    for (int64_t dx = across.from; dx < across.to; dx++) {
      const float *from = photo + ((top + dy) * w.columns + left + dx) * w.channels + c;
      Many<LANES>::add_product(sum, load(from), load(w.depthwise + (dy * 3 + dx) * w.channels + c));
    }
  }
  store(out + x * w.channels + c, rectify(w, sum));
}

/** The same of COUNT pixels side by side, none at the left or right rim: each value is loaded once for all of them. */
template <int COUNT, int STRIDE>
ALWAYS void convolve_pixels(const Work &w, const float *photo, int64_t top, int64_t x, int64_t c, float *out) {
  const int64_t left = x * STRIDE - w.before;
  const Taps down(top, w.rows);
  Floats sums[COUNT];
  for (int p = 0; p < COUNT; p++) sums[p] = w.middle_bias ? load(w.middle_bias + c) : Floats{};
  for (int64_t dy = down.from; dy < down.to; dy++) {
    const float *row = photo + ((top + dy) * w.columns + left) * w.channels + c;
    const float *kernel = w.depthwise + dy * 3 * w.channels + c;
    const Floats weights[3] = {load(kernel), load(kernel + w.channels), load(kernel + 2 * w.channels)};
#pragma GCC unroll 16
    for (int k = 0; k < (COUNT - 1) * STRIDE + 3; k++) {
      const Floats value = load(row + k * w.channels);
#pragma GCC unroll 16
      for (int p = 0; p < COUNT; p++) {
        const int dx = k - p * STRIDE;
        if (dx >= 0 && dx < 3) Many<LANES>::add_product(sums[p], value, weights[dx]);
      }
    }
  }
  for (int p = 0; p < COUNT; p++) store(out + (x + p) * w.channels + c, rectify(w, sums[p]));
}

/** One row of the depthwise convolution: `width` pixels of `channels`. */
template <int STRIDE>
ALWAYS void convolve_row(const Work &w, int64_t row, float *out) {
  constexpr int COUNT = 4;
  const float *photo = w.values + row / w.height * w.rows * w.columns * w.channels;
  const int64_t top = row % w.height * STRIDE - w.above;
  const int64_t end = std::max<int64_t>(1, (w.columns - 3 + w.before) / STRIDE + 1);
  for (int64_t c = 0; c < w.channels; c += LANES) {
    int64_t x = 0;
    for (; x < std::min(std::min<int64_t>(w.before, 1), w.width); x++) convolve_pixel(w, photo, top, x, c, out);
    for (; x + COUNT <= std::min(end, w.width); x += COUNT) convolve_pixels<COUNT, STRIDE>(w, photo, top, x, c, out);
    for (; x < w.width; x++) convolve_pixel(w, photo, top, x, c, out);
  }
}

/** COUNT pixels of VECTORS vectors of filters: the 1x1 convolution and all that follows it. */
template <int COUNT, int VECTORS>
ALWAYS void multiply(const Work &w, const float *pixels, int64_t first, int64_t filter) {
  Floats sums[COUNT][VECTORS];
  for (int v = 0; v < VECTORS; v++) {
    for (int p = 0; p < COUNT; p++) sums[p][v] = load(w.bias + filter + v * LANES);
  }
  for (int64_t c = 0; c < w.channels; c++) {
    const float *weights = w.pointwise + c * w.filters + filter;
    for (int p = 0; p < COUNT; p++) {
      Floats value;
      Many<LANES>::spread(pixels[p * w.channels + c], value);
      for (int v = 0; v < VECTORS; v++) Many<LANES>::add_product(sums[p][v], value, load(weights + v * LANES));
    }
  }
  for (int p = 0; p < COUNT; p++) {
    for (int v = 0; v < VECTORS; v++) {
      const int64_t at = filter + v * LANES;
      Floats sum = sums[p][v];
      if (at < w.shortcut_channels) sum += load(w.shortcut + (first + p) * w.shortcut_channels + at);
      const Floats zero{}, positive = most(sum, zero), negative = least(sum, zero);
      store(w.out + (first + p) * w.filters + at, least(positive, all(w.most)) + negative * load(w.slopes + at));
    }
  }
}

template <int COUNT, int VECTORS>
ALWAYS void multiply_all(const Work &w, const float *pixels, int64_t first, int64_t count) {
  for (int64_t filter = 0; filter < w.filters; filter += VECTORS * LANES) {
    int64_t p = 0;
    for (; p + COUNT <= count; p += COUNT) multiply<COUNT, VECTORS>(w, pixels + p * w.channels, first + p, filter);
    for (; p < count; p++) multiply<1, VECTORS>(w, pixels + p * w.channels, first + p, filter);
  }
}

/** Makes rows of the result, counted on from photo to photo. */
ALWAYS void make_rows(const Work &w, int64_t from, int64_t to) {
  const int64_t some = std::max<int64_t>(1, PIXELS / w.width);
  std::vector<float> pixels(some * w.width * w.channels);
  for (; from < to; from += some) {
    const int64_t rows = std::min(some, to - from);
    for (int64_t r = 0; r < rows; r++) {
      float *row = pixels.data() + r * w.width * w.channels;
      if (w.stride == 1) {
        convolve_row<1>(w, from + r, row);
      } else {
        convolve_row<2>(w, from + r, row);
      }
    }
    if (w.filters % (3 * LANES) == 0) {
      multiply_all<4, 3>(w, pixels.data(), from * w.width, rows * w.width);
    } else if (w.filters % (2 * LANES) == 0) {
      multiply_all<6, 2>(w, pixels.data(), from * w.width, rows * w.width);
    } else {
      multiply_all<6, 1>(w, pixels.data(), from * w.width, rows * w.width);
    }
  }
}

/** How many pixels a line has after a stride, and how many zeros come before it, padding being "SAME". */
int64_t shorten(int64_t length, int64_t stride) { return (length + stride - 1) / stride; }
int64_t padding(int64_t length, int64_t stride) {
  return std::max<int64_t>(0, (shorten(length, stride) - 1) * stride + 3 - length) / 2;
}

/** The sizes of a depthwise convolution of values `[n, rows, columns, channels]`; all else is 0. */
Work work_of(const Shape &values, int64_t stride) {
  Work w{};
  w.photos = values[0], w.rows = values[1], w.columns = values[2], w.channels = values[3], w.stride = stride;
  w.height = shorten(w.rows, stride), w.width = shorten(w.columns, stride);
  w.above = padding(w.rows, stride), w.before = padding(w.columns, stride);
  return w;
}

/** What the gradient of the depthwise convolution is made of, and what it makes. */
struct Gradient {
  const float *results, *gradient;
  /** As the values; null for none. */
  float *values;
  /** For each photo, `[10, channels]`: the kernel's, then the bias's. */
  float *sums;
};

/** Goes back through one row of the result; `own` is room for one. */
template <int STRIDE>
ALWAYS void go_back_row(const Work &w, const Gradient &g, int64_t photo, int64_t y, float *own, float *sums) {
  const int64_t size = w.width * w.channels, start = (photo * w.height + y) * size, top = y * STRIDE - w.above;
  for (int64_t k = 0; k < size; k += LANES) {
    const Floats result = load(g.results + start + k), zero{};
    store(own + k, result > zero && result < all(w.most) ? load(g.gradient + start + k) : zero);
  }
  for (int64_t c = 0; c < w.channels; c += LANES) {
    Floats bias = load(sums + 9 * w.channels + c);
    for (int64_t x = 0; x < w.width; x++) bias += load(own + x * w.channels + c);
    store(sums + 9 * w.channels + c, bias);
  }
  const Taps down(top, w.rows);
  for (int64_t dy = down.from; dy < down.to; dy++) {
    const int64_t line = (photo * w.rows + top + dy) * w.columns;
    for (int64_t c = 0; c < w.channels; c += LANES) {
      const int64_t kernel = dy * 3 * w.channels + c;
      Floats weights[3], own_sums[3];
      for (int dx = 0; dx < 3; dx++) {
        weights[dx] = load(w.depthwise + kernel + dx * w.channels);
        own_sums[dx] = load(sums + kernel + dx * w.channels);
      }
      for (int64_t x = 0; x < w.width; x++) {
        const Floats gradient = load(own + x * w.channels + c);
        const int64_t left = x * STRIDE - w.before;
#pragma GCC unroll 3
        for (int dx = 0; dx < 3; dx++) {
          if (left + dx < 0 || left + dx >= w.columns) continue;
          const int64_t at = (line + left + dx) * w.channels + c;
          Many<LANES>::add_product(own_sums[dx], load(w.values + at), gradient);
          if (!g.values) continue;
          Floats sum = load(g.values + at);
          Many<LANES>::add_product(sum, gradient, weights[dx]);
          store(g.values + at, sum);
        }
      }
      for (int dx = 0; dx < 3; dx++) store(sums + kernel + dx * w.channels, own_sums[dx]);
    }
  }
}

/** Makes rows of the depthwise convolution alone, or goes back through photos. */
ALWAYS void convolve_rows(const Work &w, int64_t from, int64_t to) {
  for (; from < to; from++) {
    float *out = w.out + from * w.width * w.channels;
    w.stride == 1 ? convolve_row<1>(w, from, out) : convolve_row<2>(w, from, out);
  }
}

ALWAYS void go_back(const Work &w, const Gradient &g, int64_t from, int64_t to) {
  std::vector<float> own(w.width * w.channels);
  const int64_t size = w.rows * w.columns * w.channels;
  for (; from < to; from++) {
    float *sums = g.sums + from * 10 * w.channels;
    std::fill(sums, sums + 10 * w.channels, 0.0f);
    if (g.values) std::fill(g.values + from * size, g.values + (from + 1) * size, 0.0f);
    for (int64_t y = 0; y < w.height; y++) {
      w.stride == 1 ? go_back_row<1>(w, g, from, y, own.data(), sums) : go_back_row<2>(w, g, from, y, own.data(), sums);
    }
  }
}

using GoBack = void(const Work &, const Gradient &, int64_t from, int64_t to);
using MakeRows = void(const Work &, int64_t from, int64_t to);

#if defined(__x86_64__)
AVX512 void make_rows_16(const Work &w, int64_t from, int64_t to) { make_rows(w, from, to); }
AVX2 void make_rows_8(const Work &w, int64_t from, int64_t to) { make_rows(w, from, to); }
AVX512 void convolve_rows_16(const Work &w, int64_t from, int64_t to) { convolve_rows(w, from, to); }
AVX2 void convolve_rows_8(const Work &w, int64_t from, int64_t to) { convolve_rows(w, from, to); }
AVX512 void go_back_16(const Work &w, const Gradient &g, int64_t from, int64_t to) { go_back(w, g, from, to); }
AVX2 void go_back_8(const Work &w, const Gradient &g, int64_t from, int64_t to) { go_back(w, g, from, to); }
/** Null on processors for which TensorFlow's own ops are quicker. */
MakeRows *const make_all = for_this_processor(&make_rows_16, &make_rows_8);
MakeRows *const convolve_all = for_this_processor(&convolve_rows_16, &convolve_rows_8);
GoBack *const go_all_back = for_this_processor(&go_back_16, &go_back_8);
#else
MakeRows *const make_all = nullptr, *const convolve_all = nullptr;
GoBack *const go_all_back = nullptr;
#endif

class Separable {
 public:
  explicit Separable(const Attributes &attributes)
      : stride_(attributes.whole("stride")), six_(attributes.flag("six")) {}

  void compute(const Call &call) const {
    const Tensor values = call.input(0), depthwise = call.input(1), middle_bias = call.input(2);
    const Tensor pointwise = call.input(3), bias = call.input(4), slopes = call.input(5), shortcut = call.input(6);
    require_arithmetic(make_all);
    require(values.shape.axes() == 4 && pointwise.shape.axes() == 4, "values and kernel are to have four axes");
    Work w = work_of(values.shape, stride_);
    w.filters = pointwise.shape[3], w.shortcut_channels = shortcut.data() ? shortcut.shape.last() : 0;
    const int64_t pixels = w.photos * w.height * w.width;
    require((stride_ == 1 || stride_ == 2) && w.channels % LANES == 0 && w.filters % LANES == 0 &&
                w.shortcut_channels % LANES == 0 && w.shortcut_channels <= w.filters &&
                depthwise.count() == 9 * w.channels && (!middle_bias.data() || middle_bias.count() == w.channels) &&
                pointwise.count() == w.channels * w.filters && bias.count() == w.filters &&
                slopes.count() == w.filters && shortcut.count() == pixels * w.shortcut_channels,
            "the sizes do not fit together, channels are no multiples of 8, or the stride is not 1 or 2");
    w.out = call.output(0, {w.photos, w.height, w.width, w.filters});
    if (pixels == 0) return;
    w.values = values.data(), w.depthwise = depthwise.data(), w.middle_bias = middle_bias.data();
    w.pointwise = pointwise.data(), w.bias = bias.data(), w.slopes = slopes.data(), w.shortcut = shortcut.data();
    w.most = six_ ? 6 : std::numeric_limits<float>::infinity();
    share_out(w.photos * w.height, w.width * w.channels * (9 + w.filters),
              [&](int64_t from, int64_t to) { make_all(w, from, to); });
  }

 private:
  const int64_t stride_;
  const bool six_;
};

/** A depthwise convolution by itself, as training needs it, or its gradient. */
class DepthwiseOp {
 public:
  explicit DepthwiseOp(const Attributes &attributes) : stride_(attributes.whole("stride")) {}

 protected:
  static void require_fit(bool fits) {
    require(fits, "the sizes do not fit together, channels are no multiples of 8, or there is no AVX2");
  }

  Work read(const Tensor &values, const Tensor &kernel) const {
    require_fit(make_all && (stride_ == 1 || stride_ == 2) && values.shape.axes() == 4 && values.data() &&
                values.shape[3] % LANES == 0 && kernel.count() == 9 * values.shape[3]);
    Work w = work_of(values.shape, stride_);
    w.values = values.data(), w.depthwise = kernel.data(), w.most = 6;
    return w;
  }

 private:
  const int64_t stride_;
};

class Depthwise : public DepthwiseOp {
 public:
  using DepthwiseOp::DepthwiseOp;

  void compute(const Call &call) const {
    const Tensor bias = call.input(2);
    Work w = read(call.input(0), call.input(1));
    require_fit(bias.count() == w.channels);
    w.middle_bias = bias.data(), w.out = call.output(0, {w.photos, w.height, w.width, w.channels});
    share_out(w.photos * w.height, w.width * w.channels * 9,
              [&](int64_t from, int64_t to) { convolve_all(w, from, to); });
  }
};

/** The gradients of values, kernel and bias; the first is empty if it is not asked for. */
class DepthwiseGradient : public DepthwiseOp {
 public:
  explicit DepthwiseGradient(const Attributes &attributes)
      : DepthwiseOp(attributes), first_(attributes.flag("first")) {}

  void compute(const Call &call) const {
    const Tensor values = call.input(0), kernel = call.input(1), results = call.input(2), gradient = call.input(3);
    const Work w = read(values, kernel);
    require_fit(results.count() == w.photos * w.height * w.width * w.channels && gradient.count() == results.count());
    float *to_values = call.output(0, first_ ? Shape{0} : values.shape);
    float *to_kernel = call.output(1, kernel.shape), *to_bias = call.output(2, {w.channels});
    std::vector<float> sums(w.photos * 10 * w.channels);
    const Gradient g{results.data(), gradient.data(), to_values, sums.data()};
    share_out(w.photos, w.height * w.width * w.channels * 20,
              [&](int64_t from, int64_t to) { go_all_back(w, g, from, to); });
    // photo after photo, whatever thread made them
    for (int64_t k = 0; k < 10 * w.channels; k++) {
      double sum = 0;
      for (int64_t photo = 0; photo < w.photos; photo++) sum += sums[photo * 10 * w.channels + k];
      const int64_t past = k - 9 * w.channels;
      (past < 0 ? to_kernel[k] : to_bias[past]) = sum;
    }
  }

 private:
  const bool first_;
};

const Op<Depthwise> depthwise(
    "HumanAgeDepthwise",
    {"values: float", "kernel: float", "bias: float"},
    {"out: float"},
    {"stride: int >= 1"});

const Op<DepthwiseGradient> depthwise_gradient(
    "HumanAgeDepthwiseGradient",
    {"values: float", "kernel: float", "results: float", "gradient: float"},
    {"grad_values: float", "grad_kernel: float", "grad_bias: float"},
    {"stride: int >= 1", "first: bool"});

const Op<Separable> separable(
    "HumanAgeSeparable",
    {"values: float", "depthwise: float", "middle_bias: float", "pointwise: float", "bias: float", "slopes: float",
     "shortcut: float"},
    {"out: float"},
    {"stride: int >= 1", "six: bool"});

}  // namespace
