// Sums along an axis as a TensorFlow op, and whether numbers are finite as another. Set-up compiles this file; sum.ts calls
// it and says what it is for. The numbers are added as float64, in an order that depends on the sizes alone.

#include <limits>
#include <vector>

#include "ops.h"
#include "processors.h"
#include "share_out.h"

namespace {

/** A line of numbers is added up as so many lines at once, one after the other in memory. */
constexpr int64_t LANES = 16;

/** Adds `count` rows of `size` numbers to sums. */
FOR_EACH_PROCESSOR
void add_rows(const float *values, int64_t count, int64_t size, double *sums) {
  for (int64_t row = 0; row < count; row++, values += size) {
    for (int64_t k = 0; k < size; k++) sums[k] += values[k];
  }
}

/** Adds up a line. */
double add_line(const float *values, int64_t count) {
  double sums[LANES]{}, sum = 0;
  add_rows(values, count / LANES, LANES, sums);
  for (int64_t k = 0; k < LANES; k++) sum += sums[k];
  for (int64_t k = count / LANES * LANES; k < count; k++) sum += values[k];
  return sum;
}

/** Sums along `axes` axes from the one called `first` on, which `keep` leaves in the result with a size of 1. */
class Sum {
 public:
  explicit Sum(const Attributes &attributes)
      : first_(attributes.whole("first")), axes_(attributes.whole("axes")), keep_(attributes.flag("keep")) {}

  void compute(const Call &call) const {
    const Tensor values = call.input(0);
    const int64_t axes = values.shape.axes(), last = first_ + axes_;
    require(first_ >= 0 && axes_ >= 0 && last <= axes, "no such axes");
    int64_t outer = 1, count = 1, inner = 1;
    std::vector<int64_t> sizes;
    for (int64_t axis = 0; axis < axes; axis++) {
      const int64_t size = values.shape[axis];
      const bool is_summed = axis >= first_ && axis < last;
      (axis < first_ ? outer : is_summed ? count : inner) *= size;
      if (!is_summed || keep_) sizes.push_back(is_summed ? 1 : size);
    }
    const float *from = values.data();
    float *to = call.output(0, sizes);
    share_out(outer, count * inner, [&](int64_t k, int64_t end) {
      std::vector<double> own(inner);
      for (; k < end; k++) {
        const float *start = from + k * count * inner;
        std::fill(own.begin(), own.end(), 0.0);
        if (inner == 1) own[0] = add_line(start, count);
        else add_rows(start, count, inner, own.data());
        std::copy(own.begin(), own.end(), to + k * inner);
      }
    });
  }

 private:
  const int64_t first_, axes_;
  const bool keep_;
};

/** The bits of a number. */
typedef uint32_t __attribute__((may_alias)) Bits;

/** Tells whether none of some numbers is infinite or NaN. */
FOR_EACH_PROCESSOR
bool are_finite(const float *values, int64_t count) {
  constexpr Bits EXPONENT = 0x7f800000;
  const Bits *const bits = (const Bits *)values;
  Bits found = 0;
  for (int64_t k = 0; k < count; k++) found |= (bits[k] & EXPONENT) == EXPONENT;
  return !found;
}

/** From lists of numbers to 0, or NaN if one of them is infinite or NaN. */
class NanOf {
 public:
  explicit NanOf(const Attributes &) {}

  void compute(const Call &call) const {
    bool finite = true;
    for (const Tensor &values : call.inputs()) finite = finite && are_finite(values.data(), values.count());
    *call.output(0, {}) = finite ? 0 : std::numeric_limits<float>::quiet_NaN();
  }
};

const Op<Sum> sum(
    "HumanAgeSum",
    {"values: float"},
    {"sums: float"},
    {"first: int", "axes: int", "keep: bool"});

const Op<NanOf> nan_of(
    "HumanAgeNanOf",
    {"values: N * float"},
    {"nan: float"},
    {"N: int >= 1"});

}  // namespace
