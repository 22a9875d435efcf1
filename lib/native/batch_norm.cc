// Batch normalisation with what follows it, the sum with a shortcut and ReLU, as one TensorFlow op, and its gradients
// as another. Set-up compiles this file; kernels.ts calls it and says what it is for.
//
// Values are rows of channels. As many rows as fill some vectors make a span, and all loops go from span to span.

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "processors.h"
#include "ops.h"
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
  explicit Sizes(const TensorShape &shape)
      : values(shape.num_elements()), channels(std::max<int64_t>(shape.dim_size(shape.dims() - 1), 1)) {}
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
Sums add_up(OpKernelContext *context, const Sizes &sizes, const Add &add) {
  const int64_t span = sizes.span(), channels = sizes.channels, blocks = (sizes.spans() + BLOCK - 1) / BLOCK;
  std::vector<Sums> parts(PARTS, {std::vector<double>(channels), std::vector<double>(channels)});
  share_out(context, PARTS, sizes.values / PARTS, [&](int64_t part, int64_t end) {
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

template <bool GATED>
ALWAYS void write_gradients(const float *gradient, const float *values, int64_t spans, int64_t span,
                            const Channels &channels, const Shares &shares, float *to) {
  for (int64_t s = 0; s < spans; s++, gradient += span, values += span, to += span) {
    for (int64_t k = 0; k < span; k++) {
      const bool counts = !GATED || values[k] * channels.factors[k] + channels.offsets[k] > 0;
      const float own = counts ? gradient[k] : 0;
      to[k] = own * shares.of_gradient[k] + (values[k] * shares.of_values[k] + shares.of_all[k]);
    }
  }
}

FOR_EACH_PROCESSOR
void write_gradients(bool gated, const float *gradient, const float *values, int64_t spans, int64_t span,
                     const Channels &channels, const Shares &shares, float *to) {
  if (gated) write_gradients<true>(gradient, values, spans, span, channels, shares, to);
  else write_gradients<false>(gradient, values, spans, span, channels, shares, to);
}

/** Calls `work(index of the first value, spans, values in a span)` for all values; the last span may be shorter. */
template <typename Work>
void for_each_span(OpKernelContext *context, const Sizes &sizes, const Work &work) {
  const int64_t span = sizes.span(), spans = sizes.spans();
  share_out(context, spans, span, [&](int64_t from, int64_t to) { work(from * span, to - from, span); });
  if (sizes.rest() > 0) work(spans * span, 1, sizes.rest());
}

/** Adds what the rows behind the last span have: calls `visit(index, channel)`. */
template <typename Visit>
void for_each_rest(const Sizes &sizes, const Visit &visit) {
  for (int64_t k = sizes.values - sizes.rest(); k < sizes.values; k++) visit(k, k % sizes.channels);
}

/** From values, scale, shift, shortcut (or nothing) and moving averages to normalised values and what has been found. */
class BatchNorm : public OpKernel {
 public:
  explicit BatchNorm(OpKernelConstruction *context) : OpKernel(context) {
    OP_REQUIRES_OK(context, context->GetAttr("relu", &relu_));
    OP_REQUIRES_OK(context, context->GetAttr("epsilon", &epsilon_));
    OP_REQUIRES_OK(context, context->GetAttr("momentum", &momentum_));
  }

  void Compute(OpKernelContext *context) override {
    const Tensor &values = context->input(0);
    const Sizes sizes(values.shape());
    const float *from = values.flat<float>().data(), *shortcut = data_or_null(context->input(3));
    Tensor *normalized, *found[4];
    OP_REQUIRES_OK(context, context->allocate_output(0, values.shape(), &normalized));
    for (int k = 0; k < 4; k++) {
      OP_REQUIRES_OK(context, context->allocate_output(k + 1, TensorShape({sizes.channels}), &found[k]));
    }
    std::vector<float> factors(sizes.channels), offsets(sizes.channels), means(sizes.channels);
    // the first row is near enough to the means to keep the squares small
    std::vector<float> shift(from, from + (sizes.values ? sizes.channels : 0));
    shift.resize(sizes.channels);
    const Sums sums = moments(context, sizes, from, shift);
    const double count = std::max<int64_t>(sizes.rows(), 1), rate = 1 - momentum_;
    const auto input = [&](int k, int64_t channel) { return context->input(k).flat<float>()(channel); };
    for (int64_t k = 0; k < sizes.channels; k++) {
      const double apart = sums.first[k] / count, variance = std::max(0.0, sums.second[k] / count - apart * apart);
      const float mean = float(shift[k] + apart), inverse = float(1 / std::sqrt(variance + epsilon_));
      const float own[] = {mean, inverse, float(input(4, k) - (input(4, k) - mean) * rate),
                           float(input(5, k) - (input(5, k) - variance) * rate)};
      for (int output = 0; output < 4; output++) found[output]->flat<float>()(k) = own[output];
      factors[k] = input(1, k) * inverse, offsets[k] = input(2, k) - mean * factors[k];
    }
    const std::vector<float> own_factors = spread(sizes, factors), own_offsets = spread(sizes, offsets);
    float *to = normalized->flat<float>().data();
    for_each_span(context, sizes, [&](int64_t at, int64_t spans, int64_t span) {
      scale(relu_, from + at, shortcut ? shortcut + at : nullptr, spans, span, own_factors.data(), own_offsets.data(),
            to + at);
    });
  }

 private:
  static Sums moments(OpKernelContext *context, const Sizes &sizes, const float *values,
                      const std::vector<float> &shift) {
    const std::vector<float> shifts = spread(sizes, shift);
    const int64_t span = sizes.span();
    Sums sums = add_up(context, sizes, [&](int64_t first, int64_t spans, float *sum, float *squares) {
      add_moments(values + first * span, spans, span, shifts.data(), sum, squares);
    });
    for_each_rest(sizes, [&](int64_t k, int64_t channel) {
      const double value = values[k] - shift[channel];
      sums.first[channel] += value, sums.second[channel] += value * value;
    });
    return sums;
  }

  bool relu_;
  float epsilon_, momentum_;
};

/**
 * From the gradient, values, scale, shift, means, inverse deviations and the sum after ReLU (or nothing, if nothing was
 * added) to the gradients of values, shortcut, scale and shift.
 */
class BatchNormGradient : public OpKernel {
 public:
  explicit BatchNormGradient(OpKernelConstruction *context) : OpKernel(context) {
    OP_REQUIRES_OK(context, context->GetAttr("relu", &relu_));
  }

  void Compute(OpKernelContext *context) override {
    const Tensor &values = context->input(1), &passed = context->input(6);
    const Sizes sizes(values.shape());
    const int64_t span = sizes.span(), channels = sizes.channels;
    Tensor *to[4];
    const TensorShape shapes[] = {values.shape(), passed.shape(), TensorShape({channels}), TensorShape({channels})};
    for (int k = 0; k < 4; k++) OP_REQUIRES_OK(context, context->allocate_output(k, shapes[k], &to[k]));
    const auto input = [&](int k, int64_t channel) { return context->input(k).flat<float>()(channel); };
    std::vector<float> means(channels), factors(channels), offsets(channels);
    for (int64_t k = 0; k < channels; k++) {
      means[k] = input(4, k), factors[k] = input(2, k) * input(5, k), offsets[k] = input(3, k) - means[k] * factors[k];
    }
    const std::vector<float> all_means = spread(sizes, means), all_factors = spread(sizes, factors),
                             all_offsets = spread(sizes, offsets);
    const Channels of_span{all_means.data(), all_factors.data(), all_offsets.data()};
    const bool is_sum = data_or_null(passed);
    const Given given{context->input(0).flat<float>().data(), values.flat<float>().data(), data_or_null(passed),
                      is_sum ? to[1]->flat<float>().data() : nullptr};
    Sums sums = add_up(context, sizes, [&](int64_t first, int64_t spans, float *sum, float *products) {
      add_gradients(relu_, given + first * span, spans, span, of_span, sum, products);
    });
    for_each_rest(sizes, [&](int64_t k, int64_t channel) {
      const float value = given.values[k];
      const bool counts = is_sum ? given.passed[k] > 0 : !relu_ || value * factors[channel] + offsets[channel] > 0;
      const double gradient = counts ? given.gradient[k] : 0;
      if (is_sum) given.counted[k] = float(gradient);
      sums.first[channel] += gradient, sums.second[channel] += gradient * (value - means[channel]);
    });
    std::vector<float> of_values(channels), of_all(channels);
    const double count = std::max<int64_t>(sizes.rows(), 1);
    for (int64_t k = 0; k < channels; k++) {
      const double inverse = input(5, k), product = sums.second[k] * inverse * inverse / count;
      to[2]->flat<float>()(k) = float(sums.second[k] * inverse);
      to[3]->flat<float>()(k) = float(sums.first[k]);
      of_values[k] = float(-factors[k] * product);
      of_all[k] = float(factors[k] * (product * means[k] - sums.first[k] / count));
    }
    const std::vector<float> all_of_values = spread(sizes, of_values), all_of_all = spread(sizes, of_all);
    const Shares shares{all_factors.data(), all_of_values.data(), all_of_all.data()};
    const float *gradient = is_sum ? given.counted : given.gradient;
    float *own = to[0]->flat<float>().data();
    for_each_span(context, sizes, [&](int64_t at, int64_t spans, int64_t span) {
      write_gradients(relu_ && !is_sum, gradient + at, given.values + at, spans, span, of_span, shares, own + at);
    });
  }

 private:
  bool relu_;
};

REGISTER_OP("HumanAgeBatchNorm")
    .Input("values: float")
    .Input("scale: float")
    .Input("shift: float")
    .Input("shortcut: float")
    .Input("moving_mean: float")
    .Input("moving_variance: float")
    .Output("normalized: float")
    .Output("mean: float")
    .Output("inverse: float")
    .Output("next_mean: float")
    .Output("next_variance: float")
    .Attr("relu: bool")
    .Attr("epsilon: float")
    .Attr("momentum: float")
    .SetShapeFn(tensorflow::shape_inference::UnknownShape);

REGISTER_OP("HumanAgeBatchNormGradient")
    .Input("gradient: float")
    .Input("values: float")
    .Input("scale: float")
    .Input("shift: float")
    .Input("mean: float")
    .Input("inverse: float")
    .Input("passed: float")
    .Output("grad_values: float")
    .Output("grad_shortcut: float")
    .Output("grad_scale: float")
    .Output("grad_shift: float")
    .Attr("relu: bool")
    .SetShapeFn(tensorflow::shape_inference::UnknownShape);

REGISTER_KERNEL_BUILDER(Name("HumanAgeBatchNorm").Device(tensorflow::DEVICE_CPU), BatchNorm);
REGISTER_KERNEL_BUILDER(Name("HumanAgeBatchNormGradient").Device(tensorflow::DEVICE_CPU), BatchNormGradient);

}  // namespace
