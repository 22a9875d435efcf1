// A TensorFlow op that takes a step of AdamW on all weights of a network at once, and takes the new weights into their
// moving averages. Set-up compiles this file; adamw.ts calls it and says what it is for.

// else the root is a function that may set errno, which cannot be computed for many numbers at once
#pragma GCC optimize("no-math-errno")

#include <algorithm>
#include <cmath>
#include <vector>

#include "ops.h"
#include "processors.h"
#include "share_out.h"

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
class AdamW {
 public:
  explicit AdamW(const Attributes &attributes)
      : weights_(attributes.whole("N")), others_(attributes.whole("M")), averaged_(attributes.flag("averaged")) {}

  void compute(const Call &call) const {
    const int64_t n = weights_, m = others_, last = 5 * n + 2 * m;
    const std::vector<Tensor> inputs = call.inputs();
    const Tensor *const others = &inputs[5 * n], &numbers = inputs[last], &decays = inputs[last + 1];
    bool fits = numbers.count() == NUMBERS && decays.count() == n;
    for (int64_t k = n; k < 5 * n; k++) fits = fits && inputs[k].shape == inputs[k % n].shape;
    for (int64_t k = 0; k < m; k++) fits = fits && others[k].shape == others[m + k].shape;
    require(fits, "gradients, moments and averages need the weights' shapes");
    const Settings &settings = *reinterpret_cast<const Settings *>(numbers.data());
    std::vector<Weight> all(n);
    std::vector<int64_t> starts(1, 0);
    for (int64_t k = 0; k < n; k++) {
      Weight &own = all[k];
      own.decay = decays.data()[k];
      const float **from[] = {&own.value, &own.gradient, &own.first, &own.second, &own.average};
      for (int kind = 0; kind < 5; kind++) *from[kind] = inputs[kind * n + k].data();
      float **to[] = {&own.new_value, &own.new_first, &own.new_second, &own.new_average};
      for (int kind = 0; kind < 4; kind++) {
        const bool empty = kind == 3 && !averaged_;
        *to[kind] = call.output(kind * n + k, empty ? Shape{0} : inputs[k].shape);
      }
      starts.push_back(starts.back() + inputs[k].count());
    }
    share_out(starts.back(), 20, [&](int64_t from, int64_t to) {
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
    for (int64_t k = 0; k < m; k++) {
      const Tensor &value = others[k], &average = others[m + k];
      mix(average.data(), value.data(), settings, 0, value.count(), call.output(4 * n + k, value.shape));
    }
  }

 private:
  const int64_t weights_, others_;
  const bool averaged_;
};

const Op<AdamW> adamw(
    "HumanAgeAdamW",
    {"weights: N * float", "gradients: N * float", "first: N * float", "second: N * float", "averages: N * float",
     "others: M * float", "other_averages: M * float", "settings: float", "decays: float"},
    {"new_weights: N * float", "new_first: N * float", "new_second: N * float", "new_averages: N * float",
     "new_other_averages: M * float"},
    {"N: int >= 1", "M: int >= 0", "averaged: bool"});

}  // namespace
