// A TensorFlow op that takes a step of AdamW on all weights of a network at once, and takes the new weights into their
// moving averages. Set-up compiles this file; adamw.ts calls it and says what it is for.

// else the root is a function that may set errno, which cannot be computed for many numbers at once
#pragma GCC optimize("no-math-errno")

#include <algorithm>
#include <cmath>
#include <vector>

#include "processors.h"
#include "ops.h"

namespace {

/** The numbers that a step needs, in their order. */
struct Settings {
  /** The learning rate, corrected for the moments' beginning at 0. */
  float rate;
  float beta1, beta2, epsilon;
  /** How much of the averages is kept, and how much of the new values is added. */
  float kept, added;
};

constexpr int64_t NUMBERS = sizeof(Settings) / sizeof(float);

/** A weight before and after the step, with all that belongs to it; without averages, `average` is null. */
struct Weight {
  const float *value, *gradient, *first, *second, *average;
  float *new_value, *new_first, *new_second, *new_average;
  /** The share of the weight that decays. */
  float decay;
};

FOR_EACH_PROCESSOR
void step(const Weight &weight, const Settings &settings, int64_t from, int64_t to) {
  const float *__restrict value = weight.value, *__restrict gradient = weight.gradient;
  const float *__restrict first = weight.first, *__restrict second = weight.second;
  float *__restrict new_value = weight.new_value;
  float *__restrict new_first = weight.new_first, *__restrict new_second = weight.new_second;
  const float rate = settings.rate, epsilon = settings.epsilon, decay = weight.decay;
  const float share1 = 1 - settings.beta1, share2 = 1 - settings.beta2;
  for (int64_t k = from; k < to; k++) {
    const float own = gradient[k], old = value[k];
    const float m = first[k] + (own - first[k]) * share1;
    const float v = second[k] + (own * own - second[k]) * share2;
    new_first[k] = m;
    new_second[k] = v;
    new_value[k] = (old - old * decay) - (m * rate) / (std::sqrt(v) + epsilon);
  }
}

FOR_EACH_PROCESSOR
void mix(const float *__restrict average, const float *__restrict value, const Settings &settings, int64_t from,
         int64_t to, float *__restrict mixed) {
  const float kept = settings.kept, added = settings.added;
  for (int64_t k = from; k < to; k++) mixed[k] = average[k] * kept + value[k] * added;
}

/** So many numbers at a time stay in the cache between the step and its average. */
constexpr int64_t BLOCK = 4096;

/**
 * From the weights, their gradients, both moments and the averages, each a list `N`, and other values with averages
 * of their own, lists `M`: the new weights, moments and averages. `decays` has the share of each weight that decays.
 */
class AdamW : public OpKernel {
 public:
  explicit AdamW(OpKernelConstruction *context) : OpKernel(context) {
    OP_REQUIRES_OK(context, context->GetAttr("N", &weights_));
    OP_REQUIRES_OK(context, context->GetAttr("M", &others_));
    OP_REQUIRES_OK(context, context->GetAttr("averaged", &averaged_));
  }

  void Compute(OpKernelContext *context) override {
    const int n = weights_, m = others_, last = 5 * n + 2 * m;
    const Tensor &numbers = context->input(last), &decays = context->input(last + 1);
    bool fits = numbers.NumElements() == NUMBERS && decays.NumElements() == n;
    for (int k = 0; k < n; k++) {
      const TensorShape &shape = context->input(k).shape();
      for (int kind = 1; kind < 5; kind++) fits = fits && context->input(kind * n + k).shape() == shape;
    }
    for (int k = 0; k < m; k++) {
      fits = fits && context->input(5 * n + k).shape() == context->input(5 * n + m + k).shape();
    }
    OP_REQUIRES(context, fits, absl::InvalidArgumentError("gradients, moments and averages need the weights' shapes"));
    const Settings &settings = *reinterpret_cast<const Settings *>(numbers.flat<float>().data());
    std::vector<Weight> all(n);
    std::vector<int64_t> starts(1, 0);
    for (int k = 0; k < n; k++) {
      Weight &own = all[k];
      own.decay = decays.flat<float>()(k);
      const float **from[] = {&own.value, &own.gradient, &own.first, &own.second, &own.average};
      for (int kind = 0; kind < 5; kind++) *from[kind] = context->input(kind * n + k).flat<float>().data();
      float **to[] = {&own.new_value, &own.new_first, &own.new_second, &own.new_average};
      const TensorShape &shape = context->input(k).shape();
      for (int kind = 0; kind < 4; kind++) {
        Tensor *made;
        const bool empty = kind == 3 && !averaged_;
        OP_REQUIRES_OK(context, context->allocate_output(kind * n + k, empty ? TensorShape({0}) : shape, &made));
        *to[kind] = made->flat<float>().data();
      }
      starts.push_back(starts.back() + shape.num_elements());
    }
    share_out(context, starts.back(), 20, [&](int64_t from, int64_t to) {
      int64_t k = std::upper_bound(starts.begin(), starts.end(), from) - starts.begin() - 1;
      for (; from < to; k++) {
        const int64_t end = std::min(to, starts[k + 1]);
        for (; from < end; from = std::min(from + BLOCK, end)) {
          const int64_t begin = from - starts[k], stop = std::min(from + BLOCK, end) - starts[k];
          step(all[k], settings, begin, stop);
          if (averaged_) mix(all[k].average, all[k].new_value, settings, begin, stop, all[k].new_average);
        }
      }
    });
    for (int k = 0; k < m; k++) {
      const Tensor &value = context->input(5 * n + k), &average = context->input(5 * n + m + k);
      Tensor *made;
      OP_REQUIRES_OK(context, context->allocate_output(4 * n + k, value.shape(), &made));
      mix(average.flat<float>().data(), value.flat<float>().data(), settings, 0, value.NumElements(),
          made->flat<float>().data());
    }
  }

 private:
  int weights_, others_;
  bool averaged_;
};

REGISTER_OP("HumanAgeAdamW")
    .Input("weights: N * float")
    .Input("gradients: N * float")
    .Input("first: N * float")
    .Input("second: N * float")
    .Input("averages: N * float")
    .Input("others: M * float")
    .Input("other_averages: M * float")
    .Input("settings: float")
    .Input("decays: float")
    .Output("new_weights: N * float")
    .Output("new_first: N * float")
    .Output("new_second: N * float")
    .Output("new_averages: N * float")
    .Output("new_other_averages: M * float")
    .Attr("N: int >= 1")
    .Attr("M: int >= 0")
    .Attr("averaged: bool")
    .SetShapeFn(tensorflow::shape_inference::UnknownShape);

REGISTER_KERNEL_BUILDER(Name("HumanAgeAdamW").Device(tensorflow::DEVICE_CPU), AdamW);

}  // namespace
