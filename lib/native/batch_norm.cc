// Batch normalisation with what follows it, the sum with a shortcut and ReLU or max pooling, as one TensorFlow op, and its
// gradients as another. Set-up compiles this file; batch_norm.ts calls it and says what it is for.
//
// Values are rows of channels. As many rows as fill some vectors make a span, and all loops go from span to span.

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "ops.h"
#include "pooling.h"
#include "processors.h"
#include "room.h"
#include "share_out.h"
#include "vectors.h"

namespace {

constexpr int64_t LANES = 16;
using Floats = Many<LANES>::Floats;
using Ints = Many<LANES>::Ints;

/** How many spans are summed as float32 before their sums are added to others as float64. */
constexpr int64_t BLOCK = 64;

/** In so many parts a batch is summed: the same parts, and so the same bits, with any number of threads. */
constexpr int64_t PARTS = 16;

struct Sizes {
  int64_t values, channels;
  explicit Sizes(const Shape &shape) : values(shape.count()), channels(std::max<int64_t>(shape.last(), 1)) {}
  int64_t rows() const { return values / channels; }
  int64_t span() const {
    const int64_t least = std::lcm(channels, LANES);
    return least * std::max<int64_t>(1, 4 * LANES / least);
  }
  int64_t spans() const { return values / span(); }
  int64_t rest() const { return values % span(); }
};

/** A value of each channel, for each value of a span. */
std::vector<float> spread(const Sizes &sizes, const std::vector<float> &channels) {
  std::vector<float> all(sizes.span());
  for (size_t k = 0; k < all.size(); k++) all[k] = channels[k % sizes.channels];
  return all;
}

/** Two sums of each channel. */
struct Sums {
  std::vector<double> first, second;
};

/** Adds up what `add(first span, number of spans, two sums to write)` sums up of blocks of spans, in a fixed order. */
template <typename Add>
Sums add_up(const Sizes &sizes, const Add &add) {
  const int64_t span = sizes.span(), channels = sizes.channels, blocks = (sizes.spans() + BLOCK - 1) / BLOCK;
  std::vector<Sums> parts(PARTS, {std::vector<double>(channels), std::vector<double>(channels)});
  share_out(PARTS, sizes.values / PARTS, [&](int64_t part, int64_t end) {
    std::vector<float> first(span), second(span);
    for (; part < end; part++) {
      for (int64_t block = blocks * part / PARTS; block < blocks * (part + 1) / PARTS; block++) {
        add(block * BLOCK, std::min(BLOCK, sizes.spans() - block * BLOCK), first.data(), second.data());
        for (int64_t k = 0; k < span; k++) {
          parts[part].first[k % channels] += first[k];
          parts[part].second[k % channels] += second[k];
        }
      }
    }
  });
  for (int64_t part = 1; part < PARTS; part++) {
    for (int64_t k = 0; k < channels; k++) {
      parts[0].first[k] += parts[part].first[k];
      parts[0].second[k] += parts[part].second[k];
    }
  }
  return parts[0];
}

/** The sums of COUNT vectors of each span, less their shifts, and of their squares. */
template <int COUNT>
ALWAYS void add_moments(const float *values, int64_t spans, int64_t span, const float *shifts, float *sums,
                        float *squares) {
  Floats sum[COUNT]{}, square[COUNT]{}, shift[COUNT];
#pragma GCC unroll 4
  for (int k = 0; k < COUNT; k++) shift[k] = ((const Floats *)shifts)[k];
  for (int64_t s = 0; s < spans; s++, values += span) {
#pragma GCC unroll 4
    for (int k = 0; k < COUNT; k++) {
      const Floats value = ((const Floats *)values)[k] - shift[k];
      sum[k] += value;
      square[k] += value * value;
    }
  }
#pragma GCC unroll 4
  for (int k = 0; k < COUNT; k++) ((Floats *)sums)[k] = sum[k], ((Floats *)squares)[k] = square[k];
}

FOR_EACH_PROCESSOR
void add_moments(const float *values, int64_t spans, int64_t span, const float *shifts, float *sums, float *squares) {
  int64_t k = 0;
  for (; k + 4 * LANES <= span; k += 4 * LANES) {
    add_moments<4>(values + k, spans, span, shifts + k, sums + k, squares + k);
  }
  for (; k < span; k += LANES) add_moments<1>(values + k, spans, span, shifts + k, sums + k, squares + k);
}

/** Writes values times factors plus offsets, plus the shortcut's values if there are any, cut off below if ReLU. */
template <bool SUM, bool RELU>
ALWAYS void scale(const float *values, const float *shortcut, int64_t spans, int64_t span, const float *factors,
                  const float *offsets, float *to) {
  for (int64_t s = 0; s < spans; s++) {
    for (int64_t k = 0; k < span; k++) {
      float value = values[k] * factors[k] + offsets[k];
      if (SUM) value += shortcut[k];
      to[k] = RELU && !(value > 0) ? 0 : value;
    }
    values += span, to += span;
    if (SUM) shortcut += span;
  }
}

FOR_EACH_PROCESSOR
void scale(bool relu, const float *values, const float *shortcut, int64_t spans, int64_t span, const float *factors,
           const float *offsets, float *to) {
  if (shortcut && relu) scale<true, true>(values, shortcut, spans, span, factors, offsets, to);
  else if (shortcut) scale<true, false>(values, shortcut, spans, span, factors, offsets, to);
  else if (relu) scale<false, true>(values, shortcut, spans, span, factors, offsets, to);
  else scale<false, false>(values, shortcut, spans, span, factors, offsets, to);
}

FOR_EACH_PROCESSOR
void unpool_plain(const float *gradient, const uint8_t *argmax, int64_t channels, const Run &run, float *to) {
  for (int64_t x = run.column; x < run.column + run.count; x++) {
    for (int64_t k = x / 2 * channels; k < (x / 2 + 1) * channels; k++) {
      *to++ = argmax[k] == 2 * run.below + x % 2 ? gradient[k] : 0;
    }
  }
}

#if defined(__x86_64__)
AVX512 void unpool_16(const float *gradient, const uint8_t *argmax, int64_t channels, const Run &run, float *to) {
  unpool_run<16>(gradient, argmax, channels, run, to);
}
AVX2 void unpool_8(const float *gradient, const uint8_t *argmax, int64_t channels, const Run &run, float *to) {
  unpool_run<8>(gradient, argmax, channels, run, to);
}
const auto unpool_fast = for_this_processor(&unpool_16, &unpool_8);
#else
decltype(&unpool_plain) const unpool_fast = nullptr;
#endif

/** Gradients of values: those given or, where pooling has followed, those that are made of pooled ones when asked for. */
struct Gradients {
  const float *given;
  /** Null without pooling. */
  const uint8_t *argmax;
  Pooling sizes;

  /** Those of whole pixels from a value on. @param room for as many */
  const float *at(int64_t first, int64_t count, float *room) const {
    if (!argmax) return given + first;
    const bool is_fast = unpool_fast && sizes.channels % LANES == 0;
    unpool_pixels(sizes, given, argmax, first / sizes.channels, count / sizes.channels,
                  is_fast ? *unpool_fast : unpool_plain, room);
    return room;
  }
};

/** What a gradient's sums are taken of. */
struct Given {
  const float *gradient, *values;
  /** The values that ReLU has left, where the gradient counts; null to find out from the normalised values. */
  const float *passed;
  /** Where the gradients that count are written, if `passed` is given. */
  float *counted;
  Given operator+(int64_t by) const {
    return {gradient + by, values + by, passed ? passed + by : nullptr, counted ? counted + by : nullptr};
  }
};

/** What each channel, or each value of a span, has. */
struct Channels {
  const float *means, *factors, *offsets;
  Channels operator+(int64_t by) const { return {means + by, factors + by, offsets + by}; }
};

enum class Gate { NONE, NORMALIZED, PASSED };

/** The gradients of COUNT vectors of each span that count, and their products with the values less their means. */
template <int COUNT, Gate GATE>
ALWAYS void add_gradients(Given given, int64_t spans, int64_t span, const Channels &channels, float *sums,
                          float *products) {
  const auto at = [](const float *values, int k) -> const Floats & { return ((const Floats *)values)[k]; };
  Floats sum[COUNT]{}, product[COUNT]{};
  for (int64_t s = 0; s < spans; s++) {
#pragma GCC unroll 4
    for (int k = 0; k < COUNT; k++) {
      const Floats value = at(given.values, k);
      Floats gradient = at(given.gradient, k);
      if (GATE == Gate::PASSED) gradient = (Floats)((Ints)gradient & (at(given.passed, k) > Floats{}));
      if (GATE == Gate::NORMALIZED) {
        gradient = (Floats)((Ints)gradient & (value * at(channels.factors, k) + at(channels.offsets, k) > Floats{}));
      }
      if (GATE == Gate::PASSED) ((Floats *)given.counted)[k] = gradient;
      sum[k] += gradient;
      product[k] += gradient * (value - at(channels.means, k));
    }
    given.gradient += span, given.values += span;
    if (GATE == Gate::PASSED) given.passed += span, given.counted += span;
  }
#pragma GCC unroll 4
  for (int k = 0; k < COUNT; k++) ((Floats *)sums)[k] = sum[k], ((Floats *)products)[k] = product[k];
}

template <Gate GATE>
ALWAYS void add_gradients(const Given &given, int64_t spans, int64_t span, const Channels &channels, float *sums,
                          float *products) {
  int64_t k = 0;
  for (; k + 4 * LANES <= span; k += 4 * LANES) {
    add_gradients<4, GATE>(given + k, spans, span, channels + k, sums + k, products + k);
  }
  for (; k < span; k += LANES) add_gradients<1, GATE>(given + k, spans, span, channels + k, sums + k, products + k);
}

FOR_EACH_PROCESSOR
void add_gradients(bool relu, const Given &given, int64_t spans, int64_t span, const Channels &channels, float *sums,
                   float *products) {
  if (given.passed) add_gradients<Gate::PASSED>(given, spans, span, channels, sums, products);
  else if (relu) add_gradients<Gate::NORMALIZED>(given, spans, span, channels, sums, products);
  else add_gradients<Gate::NONE>(given, spans, span, channels, sums, products);
}

/** The gradient of a normalised value is a sum of three: its own, the values' and one that all have. */
struct Shares {
  const float *of_gradient, *of_values, *of_all;
};

/** Where ReLU is: nowhere, behind the normalisation, or before it. */
enum class Relu { NONE, AFTER, BEFORE };

template <Relu RELU>
ALWAYS void write_gradients(const float *gradient, const float *values, int64_t spans, int64_t span,
                            const Channels &channels, const Shares &shares, float *to) {
  for (int64_t s = 0; s < spans; s++, gradient += span, values += span, to += span) {
    for (int64_t k = 0; k < span; k++) {
      const bool counts = RELU != Relu::AFTER || values[k] * channels.factors[k] + channels.offsets[k] > 0;
      const float own = counts ? gradient[k] : 0;
      const float all = own * shares.of_gradient[k] + (values[k] * shares.of_values[k] + shares.of_all[k]);
      to[k] = RELU == Relu::BEFORE && !(values[k] > 0) ? 0 : all;
    }
  }
}

FOR_EACH_PROCESSOR
void write_gradients(Relu relu, const float *gradient, const float *values, int64_t spans, int64_t span,
                     const Channels &channels, const Shares &shares, float *to) {
  if (relu == Relu::AFTER) write_gradients<Relu::AFTER>(gradient, values, spans, span, channels, shares, to);
  else if (relu == Relu::BEFORE) write_gradients<Relu::BEFORE>(gradient, values, spans, span, channels, shares, to);
  else write_gradients<Relu::NONE>(gradient, values, spans, span, channels, shares, to);
}

/** Calls `work(index of the first value, spans, values in a span)` for all values; the last span may be shorter. */
template <typename Work>
void for_each_span(const Sizes &sizes, const Work &work) {
  const int64_t span = sizes.span(), spans = sizes.spans();
  share_out(spans, span, [&](int64_t from, int64_t to) { work(from * span, to - from, span); });
  if (sizes.rest() > 0) work(spans * span, 1, sizes.rest());
}

/** Adds what the rows behind the last span have: calls `visit(index, channel)`. */
template <typename Visit>
void for_each_rest(const Sizes &sizes, const Visit &visit) {
  for (int64_t k = sizes.values - sizes.rest(); k < sizes.values; k++) visit(k, k % sizes.channels);
}

/**
 * From values, scale, shift, shortcut (or nothing) and moving averages to normalised values, perhaps pooled, what has been
 * found, and the argmax of pooling (or nothing).
 */
class BatchNorm {
 public:
  explicit BatchNorm(const Attributes &attributes)
      : relu_(attributes.flag("relu")),
        pool_(attributes.flag("pool")),
        epsilon_(attributes.number("epsilon")),
        momentum_(attributes.number("momentum")) {}

  void compute(const Call &call) const {
    const std::vector<Tensor> inputs = call.inputs();
    const Shape &shape = inputs[0].shape;
    const Sizes sizes(shape);
    const float *from = inputs[0].data(), *shortcut = inputs[3].data();
    require(!pool_ || (shape.axes() == 4 && !shortcut && !relu_),
            "pooling follows nothing but the normalisation of maps");
    const Pooling pooling = pool_ ? pooling_of(shape) : Pooling{};
    const Shape pooled{pooling.photos, pooling.height, pooling.width, pooling.channels};
    float *to = call.output(0, pool_ ? pooled : shape), *found[4];
    for (int k = 0; k < 4; k++) found[k] = call.output(k + 1, {sizes.channels});
    uint8_t *argmax = call.output<uint8_t>(5, pool_ ? pooled : Shape{0});
    std::vector<float> factors(sizes.channels), offsets(sizes.channels), means(sizes.channels);
    // the first row is near enough to the means to keep the squares small
    std::vector<float> shift(from, from + (sizes.values ? sizes.channels : 0));
    shift.resize(sizes.channels);
    const Sums sums = moments(sizes, from, shift);
    const double count = std::max<int64_t>(sizes.rows(), 1), rate = 1 - momentum_;
    const auto input = [&](int k, int64_t channel) { return inputs[k].data()[channel]; };
    for (int64_t k = 0; k < sizes.channels; k++) {
      const double apart = sums.first[k] / count, variance = std::max(0.0, sums.second[k] / count - apart * apart);
      const float mean = float(shift[k] + apart), inverse = float(1 / std::sqrt(variance + epsilon_));
      const float own[] = {mean, inverse, float(input(4, k) - (input(4, k) - mean) * rate),
                           float(input(5, k) - (input(5, k) - variance) * rate)};
      for (int output = 0; output < 4; output++) found[output][k] = own[output];
      factors[k] = input(1, k) * inverse, offsets[k] = input(2, k) - mean * factors[k];
    }
    const std::vector<float> own_factors = spread(sizes, factors), own_offsets = spread(sizes, offsets);
    if (pool_) return pool(sizes, pooling, {nullptr, own_factors.data(), own_offsets.data()}, from, to, argmax);
    for_each_span(sizes, [&](int64_t at, int64_t spans, int64_t span) {
      scale(relu_, from + at, shortcut ? shortcut + at : nullptr, spans, span, own_factors.data(), own_offsets.data(),
            to + at);
    });
  }

 private:
  /** Normalises two lines at a time, and pools them while they are in the nearest cache. */
  static void pool(const Sizes &sizes, const Pooling &pooling, const Channels &channels, const float *values,
                   float *pooled, uint8_t *argmax) {
    const int64_t two = 2 * pooling.line_before(), span = sizes.span(), whole = two / span * span;
    share_out(pooling.photos * pooling.height, two * 4, [&](int64_t row, int64_t end) {
      for (Room lines(two); row < end; row++) {
        const float *from = values + (row / pooling.height * pooling.rows + row % pooling.height * 2) * (two / 2);
        scale(false, from, nullptr, two / span, span, channels.factors, channels.offsets, lines.data());
        scale(false, from + whole, nullptr, 1, two - whole, channels.factors, channels.offsets, lines.data() + whole);
        pool_lines(lines.data(), lines.data() + two / 2, pooling, -std::numeric_limits<float>::infinity(),
                   pooled + row * pooling.line(), argmax + row * pooling.line());
      }
    });
  }

  static Sums moments(const Sizes &sizes, const float *values, const std::vector<float> &shift) {
    const std::vector<float> shifts = spread(sizes, shift);
    const int64_t span = sizes.span();
    Sums sums = add_up(sizes, [&](int64_t first, int64_t spans, float *sum, float *squares) {
      add_moments(values + first * span, spans, span, shifts.data(), sum, squares);
    });
    for_each_rest(sizes, [&](int64_t k, int64_t channel) {
      const double value = values[k] - shift[channel];
      sums.first[channel] += value, sums.second[channel] += value * value;
    });
    return sums;
  }

  const bool relu_, pool_;
  const float epsilon_, momentum_;
};

/**
 * From the gradient, values, scale, shift, means, inverse deviations, the sum after ReLU (or nothing, if nothing was
 * added) and the argmax of pooling (or nothing) to the gradients of values, or what they are made of, shortcut, scale and
 * shift.
 */
class BatchNormGradient {
 public:
  explicit BatchNormGradient(const Attributes &attributes)
      : relu_(attributes.flag("relu")), rectified_(attributes.flag("rectified")), shares_(attributes.flag("shares")) {}

  void compute(const Call &call) const {
    const std::vector<Tensor> inputs = call.inputs();
    const Tensor &values = inputs[1], &passed = inputs[6];
    const Sizes sizes(values.shape);
    const int64_t span = sizes.span(), channels = sizes.channels;
    float *to_values = call.output(0, shares_ ? Shape{4, channels} : values.shape);
    float *to_shortcut = call.output(1, passed.shape);
    float *to_scale = call.output(2, {channels}), *to_shift = call.output(3, {channels});
    const auto input = [&](int k, int64_t channel) { return inputs[k].data()[channel]; };
    std::vector<float> means(channels), factors(channels), offsets(channels);
    for (int64_t k = 0; k < channels; k++) {
      means[k] = input(4, k), factors[k] = input(2, k) * input(5, k), offsets[k] = input(3, k) - means[k] * factors[k];
    }
    const std::vector<float> all_means = spread(sizes, means), all_factors = spread(sizes, factors),
                             all_offsets = spread(sizes, offsets);
    const Channels of_span{all_means.data(), all_factors.data(), all_offsets.data()};
    const bool is_sum = passed.data();
    const uint8_t *argmax = inputs[7].data<uint8_t>();
    const Gradients gradients{inputs[0].data(), argmax, argmax ? pooling_of(values.shape) : Pooling{}};
    const int64_t block = argmax ? BLOCK * span : 0;
    const Given given{nullptr, values.data(), passed.data(), to_shortcut};
    Sums sums = add_up(sizes, [&](int64_t first, int64_t spans, float *sum, float *products) {
      Room room(block);
      Given own = given + first * span;
      own.gradient = gradients.at(first * span, spans * span, room.data());
      add_gradients(relu_, own, spans, span, of_span, sum, products);
    });
    Room room(block);
    const float *rest = gradients.at(sizes.values - sizes.rest(), sizes.rest(), room.data());
    for_each_rest(sizes, [&](int64_t k, int64_t channel) {
      const float value = given.values[k];
      const bool counts = is_sum ? given.passed[k] > 0 : !relu_ || value * factors[channel] + offsets[channel] > 0;
      const double gradient = counts ? rest[k - sizes.values + sizes.rest()] : 0;
      if (is_sum) given.counted[k] = float(gradient);
      sums.first[channel] += gradient, sums.second[channel] += gradient * (value - means[channel]);
    });
    std::vector<float> of_values(channels), of_all(channels);
    const double count = std::max<int64_t>(sizes.rows(), 1);
    for (int64_t k = 0; k < channels; k++) {
      const double inverse = input(5, k), product = sums.second[k] * inverse * inverse / count;
      to_scale[k] = float(sums.second[k] * inverse);
      to_shift[k] = float(sums.first[k]);
      of_values[k] = float(-factors[k] * product);
      of_all[k] = float(factors[k] * (product * means[k] - sums.first[k] / count));
    }
    if (shares_) {
      float *shares = to_values;
      for (const auto &share : {factors, of_values, of_all, offsets}) {
        shares = std::copy(share.begin(), share.end(), shares);
      }
      return;
    }
    const std::vector<float> all_of_values = spread(sizes, of_values), all_of_all = spread(sizes, of_all);
    const Shares shares{all_factors.data(), all_of_values.data(), all_of_all.data()};
    const Gradients counted = is_sum ? Gradients{given.counted, nullptr, {}} : gradients;
    const Relu relu = rectified_ ? Relu::BEFORE : relu_ && !is_sum ? Relu::AFTER : Relu::NONE;
    for_each_span(sizes, [&](int64_t at, int64_t spans, int64_t span) {
      Room room(block);
      for (; spans > 0; spans -= BLOCK, at += BLOCK * span) {
        const int64_t some = std::min(spans, BLOCK);
        write_gradients(relu, counted.at(at, some * span, room.data()), given.values + at, some, span, of_span, shares,
                        to_values + at);
      }
    });
  }

 private:
  const bool relu_, rectified_, shares_;
};

const Op<BatchNorm> batch_norm(
    "HumanAgeBatchNorm",
    {"values: float", "scale: float", "shift: float", "shortcut: float", "moving_mean: float",
     "moving_variance: float"},
    {"normalized: float", "mean: float", "inverse: float", "next_mean: float", "next_variance: float",
     "argmax: uint8"},
    {"relu: bool", "pool: bool", "epsilon: float", "momentum: float"});

const Op<BatchNormGradient> batch_norm_gradient(
    "HumanAgeBatchNormGradient",
    {"gradient: float", "values: float", "scale: float", "shift: float", "mean: float", "inverse: float",
     "passed: float", "argmax: uint8"},
    {"grad_values: float", "grad_shortcut: float", "grad_scale: float", "grad_shift: float"},
    {"relu: bool", "rectified: bool", "shares: bool"});

}  // namespace
