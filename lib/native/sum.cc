// Sums along an axis as a TensorFlow op, and whether numbers are finite as another. Set-up compiles this file; sum.ts calls
// it and says what it is for. The numbers are added as float64, in an order that depends on the sizes alone.

#include <limits>
#include <vector>

#include "ops.h"
#include "processors.h"

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
class Sum : public OpKernel {
 public:
  explicit Sum(OpKernelConstruction *context) : OpKernel(context) {
    OP_REQUIRES_OK(context, context->GetAttr("first", &first_));
    OP_REQUIRES_OK(context, context->GetAttr("axes", &axes_));
    OP_REQUIRES_OK(context, context->GetAttr("keep", &keep_));
  }

  void Compute(OpKernelContext *context) override {
    const Tensor &values = context->input(0);
    const int dims = values.dims(), last = first_ + axes_;
    OP_REQUIRES(context, first_ >= 0 && axes_ >= 0 && last <= dims, absl::InvalidArgumentError("no such axes"));
    int64_t outer = 1, count = 1, inner = 1;
    TensorShape shape;
    for (int axis = 0; axis < dims; axis++) {
      const int64_t size = values.dim_size(axis);
      const bool is_summed = axis >= first_ && axis < last;
      (axis < first_ ? outer : is_summed ? count : inner) *= size;
      if (!is_summed || keep_) shape.AddDim(is_summed ? 1 : size);
    }
    Tensor *sums;
    OP_REQUIRES_OK(context, context->allocate_output(0, shape, &sums));
    const float *from = values.flat<float>().data();
    float *to = sums->flat<float>().data();
    share_out(context, outer, count * inner, [&](int64_t k, int64_t end) {
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
  int first_, axes_;
  bool keep_;
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
class NanOf : public OpKernel {
 public:
  using OpKernel::OpKernel;

  void Compute(OpKernelContext *context) override {
    Tensor *nan;
    OP_REQUIRES_OK(context, context->allocate_output(0, TensorShape({}), &nan));
    bool finite = true;
    for (int k = 0; k < context->num_inputs() && finite; k++) {
      const auto values = context->input(k).flat<float>();
      finite = are_finite(values.data(), values.size());
    }
    nan->scalar<float>()() = finite ? 0 : std::numeric_limits<float>::quiet_NaN();
  }
};

REGISTER_OP("HumanAgeSum")
    .Input("values: float")
    .Output("sums: float")
    .Attr("first: int")
    .Attr("axes: int")
    .Attr("keep: bool")
    .SetShapeFn(tensorflow::shape_inference::UnknownShape);

REGISTER_OP("HumanAgeNanOf")
    .Input("values: N * float")
    .Output("nan: float")
    .Attr("N: int >= 1")
    .SetShapeFn(tensorflow::shape_inference::UnknownShape);

REGISTER_KERNEL_BUILDER(Name("HumanAgeSum").Device(tensorflow::DEVICE_CPU), Sum);
REGISTER_KERNEL_BUILDER(Name("HumanAgeNanOf").Device(tensorflow::DEVICE_CPU), NanOf);

}  // namespace
