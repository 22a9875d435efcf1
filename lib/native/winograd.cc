// A 3x3 convolution with "same" padding and strides of 1 as a TensorFlow op, and its gradients as another. Set-up
// compiles this file; convolution_3x3.ts calls it and says what it is for. The arithmetic is in winograd.h.

#include <vector>

#include "ops.h"
#include "processors.h"
#include "room.h"
#include "winograd.h"

namespace {

/** The arithmetic as compiled for one kind of processor and one width of tiles. */
struct Arithmetic {
  int64_t width;
  int64_t (*room)(const Sizes &, int64_t photos);
  void (*kernels)(const float *kernels, int64_t inputs, int64_t outputs, int64_t output, float *to);
  void (*convolve)(const Sizes &, int64_t photos, const float *from, const float *kernels, const Epilogue &,
                   float *room, float *results);
  void (*gradients)(const Sizes &, int64_t photos, const float *from, const float *gradients, const float *kernels,
                    bool add, float *room, float *sums, float *to);
  void (*write_kernels)(const Sizes &, const float *sums, int64_t parts, int64_t input, float *kernels);
  int64_t places() const { return (width + 2) * (width + 2); }
};

/** What the transformed photos and the products of some photos need. */
template <int M>
int64_t room(const Sizes &sizes, int64_t photos) {
  const Tiles<M> tiles(sizes, photos);
  return tiles.room(sizes.channels) + tiles.room(sizes.filters);
}

#define COMPILE_FOR(PROCESSOR, LANES, M)                                                                               \
  PROCESSOR void kernels_##LANES##_##M(const float *kernels, int64_t inputs, int64_t outputs, int64_t output,          \
                                       float *to) {                                                                    \
    for (int64_t k = output; k < output + PLANE; k += LANES) {                                                         \
      transform_kernels<LANES, M>(kernels, inputs, outputs, k, to);                                                    \
    }                                                                                                                  \
  }                                                                                                                    \
  PROCESSOR void convolve_##LANES##_##M(const Sizes &sizes, int64_t photos, const float *from, const float *kernels,   \
                                        const Epilogue &epilogue, float *room, float *results) {                       \
    convolve_tiles<LANES, M>(sizes, photos, from, kernels, epilogue, room, results);                                   \
  }                                                                                                                    \
  PROCESSOR void gradients_##LANES##_##M(const Sizes &sizes, int64_t photos, const float *from,                        \
                                         const float *gradients, const float *kernels, bool add, float *room,          \
                                         float *sums, float *to) {                                                     \
    add_tile_gradients<LANES, M>(sizes, photos, from, gradients, kernels, add, room, sums, to);                        \
  }                                                                                                                    \
  PROCESSOR void write_kernels_##LANES##_##M(const Sizes &sizes, const float *sums, int64_t parts, int64_t input,      \
                                             float *kernels) {                                                         \
    write_kernels<LANES, M>(sizes, sums, parts, input, kernels);                                                       \
  }                                                                                                                    \
  constexpr Arithmetic ARITHMETIC_##LANES##_##M{M,                                                                     \
                                                room<M>,                                                               \
                                                kernels_##LANES##_##M,                                                 \
                                                convolve_##LANES##_##M,                                                \
                                                gradients_##LANES##_##M,                                               \
                                                write_kernels_##LANES##_##M};

/** For tiles of 4 and of 3 results a side. */
struct Choice {
  Arithmetic of_4, of_3;
};

#if defined(__x86_64__)
COMPILE_FOR(AVX512, 16, 4)
COMPILE_FOR(AVX512, 16, 3)
COMPILE_FOR(AVX2, 8, 4)
COMPILE_FOR(AVX2, 8, 3)
constexpr Choice WIDE{ARITHMETIC_16_4, ARITHMETIC_16_3}, NARROW{ARITHMETIC_8_4, ARITHMETIC_8_3};
/** Null on processors for which TensorFlow's own ops are quicker. */
const Choice *const choice = for_this_processor(&WIDE, &NARROW);
#else
const Choice *const choice = nullptr;
#endif

/** The tiles that take the fewest products for photos of a size. */
const Arithmetic &arithmetic_for(const Sizes &sizes) {
  const auto products = [&](const Arithmetic &one) {
    const int64_t rows = (sizes.height + one.width - 1) / one.width, columns = (sizes.width + one.width - 1) / one.width;
    return rows * columns * one.places();
  };
  return products(choice->of_3) < products(choice->of_4) ? choice->of_3 : choice->of_4;
}

/** Room for a thread to work in, which it keeps for the next time. */
float *own_room(int64_t values) {
  thread_local std::vector<float> memory;
  if (int64_t(memory.size()) < values + LINE) memory.resize(values + LINE);
  return at_line(memory.data());
}

/** How many photos are transformed at once: so many that they and their products fit into the nearer caches. */
int64_t photos_at_once(const Arithmetic &arithmetic, const Sizes &sizes) {
  constexpr int64_t MOST = 1 << 18;
  return std::clamp<int64_t>(MOST / arithmetic.room(sizes, 1), 1, std::max<int64_t>(sizes.photos, 1));
}

Sizes sizes_of(const TensorShape &photos, const TensorShape &kernel) {
  return {photos.dim_size(0), photos.dim_size(1), photos.dim_size(2), photos.dim_size(3), kernel.dim_size(3)};
}

bool check(OpKernelContext *context, const Sizes &sizes, const TensorShape &kernel) {
  const bool fits = sizes.channels % PLANE == 0 && sizes.filters % PLANE == 0 && kernel.dim_size(0) == 3 &&
                    kernel.dim_size(1) == 3 && kernel.dim_size(2) == sizes.channels;
  if (!choice) context->CtxFailure(absl::UnimplementedError("needs a processor with AVX2"));
  else if (!fits) context->CtxFailure(absl::InvalidArgumentError("needs 3x3 kernels of multiples of 16"));
  return choice && fits;
}

/** Transforms all kernels, `[3, 3, inputs, outputs]`. */
void transform_all(OpKernelContext *context, const Arithmetic &arithmetic, const float *kernels, int64_t inputs,
                   int64_t outputs, float *to) {
  share_out(context, outputs / PLANE, inputs * arithmetic.places() * 4, [&](int64_t block, int64_t end) {
    for (; block < end; block++) arithmetic.kernels(kernels, inputs, outputs, block * PLANE, to);
  });
}

/** Exchanges channels and filters, `[9, channels, filters]`. */
std::vector<float> exchanged(const Sizes &sizes, const float *kernels) {
  std::vector<float> to(9 * sizes.weights());
  for (int64_t tap = 0; tap < 9; tap++, kernels += sizes.weights())
    for (int64_t channel = 0; channel < sizes.channels; channel++)
      for (int64_t filter = 0; filter < sizes.filters; filter++) {
        to[(tap * sizes.filters + filter) * sizes.channels + channel] = kernels[channel * sizes.filters + filter];
      }
  return to;
}

/** About how many steps a photo takes. */
int64_t steps_of(const Sizes &sizes) { return sizes.height * sizes.width * sizes.weights() / 4; }

/** From photos, kernel, bias and shortcut (or nothing) to the results, `[n, height, width, filters]`. */
class Convolve3x3 : public OpKernel {
 public:
  explicit Convolve3x3(OpKernelConstruction *context) : OpKernel(context) {
    OP_REQUIRES_OK(context, context->GetAttr("relu", &relu_));
  }

  void Compute(OpKernelContext *context) override {
    const Tensor &photos = context->input(0), &kernel = context->input(1);
    const Sizes sizes = sizes_of(photos.shape(), kernel.shape());
    if (!check(context, sizes, kernel.shape())) return;
    Tensor *results, kernels;
    const TensorShape shape({sizes.photos, sizes.height, sizes.width, sizes.filters});
    OP_REQUIRES_OK(context, context->allocate_output(0, shape, &results));
    if (shape.num_elements() == 0) return;
    const Arithmetic &arithmetic = arithmetic_for(sizes);
    const TensorShape transformed({arithmetic.places() * sizes.weights()});
    OP_REQUIRES_OK(context, context->allocate_temp(tensorflow::DT_FLOAT, transformed, &kernels));
    float *own_kernels = kernels.flat<float>().data(), *to = results->flat<float>().data();
    transform_all(context, arithmetic, kernel.flat<float>().data(), sizes.channels, sizes.filters, own_kernels);
    const float *from = photos.flat<float>().data(), *bias = data_or_null(context->input(2)),
                *shortcut = data_or_null(context->input(3));
    const int64_t some = photos_at_once(arithmetic, sizes), count = (sizes.photos + some - 1) / some;
    const int64_t photo = sizes.height * sizes.width * sizes.channels, result = photo / sizes.channels * sizes.filters;
    share_out(context, count, steps_of(sizes) * some, [&](int64_t k, int64_t end) {
      float *room = own_room(arithmetic.room(sizes, some));
      for (; k < end; k++) {
        const int64_t first = k * some, photos = std::min(some, sizes.photos - first), at = first * result;
        const Epilogue epilogue{bias, shortcut ? shortcut + at : nullptr, relu_};
        arithmetic.convolve(sizes, photos, from + first * photo, own_kernels, epilogue, room, to + at);
      }
    });
  }

 private:
  bool relu_;
};

/** From photos, kernel and the gradient of the results to the gradients of photos and kernel. */
class Convolve3x3Gradient : public OpKernel {
 public:
  using OpKernel::OpKernel;

  void Compute(OpKernelContext *context) override {
    const Tensor &photos = context->input(0), &kernel = context->input(1);
    const Sizes sizes = sizes_of(photos.shape(), kernel.shape());
    if (!check(context, sizes, kernel.shape())) return;
    Tensor *grad_photos, *grad_kernel, kernels, sums;
    OP_REQUIRES_OK(context, context->allocate_output(0, photos.shape(), &grad_photos));
    OP_REQUIRES_OK(context, context->allocate_output(1, kernel.shape(), &grad_kernel));
    float *to_kernel = grad_kernel->flat<float>().data(), *to = grad_photos->flat<float>().data();
    std::fill_n(to_kernel, photos.NumElements() ? 0 : kernel.NumElements(), 0.0f);
    if (photos.NumElements() == 0) return;
    const Arithmetic &arithmetic = arithmetic_for(sizes);
    const int64_t some = photos_at_once(arithmetic, sizes), values = arithmetic.places() * sizes.weights();
    const int64_t groups = (sizes.photos + some - 1) / some, parts = std::min(groups, parts_of(values));
    const auto allocate = [&](int64_t count, Tensor *tensor) {
      return context->allocate_temp(tensorflow::DT_FLOAT, TensorShape({count}), tensor);
    };
    OP_REQUIRES_OK(context, allocate(values, &kernels));
    OP_REQUIRES_OK(context, allocate(values * parts, &sums));
    float *own_kernels = kernels.flat<float>().data(), *own_sums = sums.flat<float>().data();
    const std::vector<float> turned = exchanged(sizes, kernel.flat<float>().data());
    transform_all(context, arithmetic, turned.data(), sizes.filters, sizes.channels, own_kernels);
    const float *from = photos.flat<float>().data(), *gradients = context->input(2).flat<float>().data();
    const int64_t photo = sizes.height * sizes.width * sizes.channels, result = photo / sizes.channels * sizes.filters;
    share_out(context, parts, steps_of(sizes) * 2 * some * groups / parts, [&](int64_t part, int64_t end) {
      float *room = own_room(arithmetic.room(sizes, some));
      for (; part < end; part++) {
        const int64_t start = groups * part / parts, stop = groups * (part + 1) / parts;
        for (int64_t k = start; k < stop; k++) {
          const int64_t first = k * some, photos = std::min(some, sizes.photos - first);
          arithmetic.gradients(sizes, photos, from + first * photo, gradients + first * result, own_kernels,
                               k > start, room, own_sums + part * values, to + first * photo);
        }
      }
    });
    share_out(context, sizes.channels, sizes.filters * arithmetic.places() * parts, [&](int64_t k, int64_t end) {
      for (; k < end; k++) arithmetic.write_kernels(sizes, own_sums, parts, k, to_kernel);
    });
  }

 private:
  /**
   * In how many parts a batch is summed: the same parts, and so the same bits, with any number of threads; few where
   * kernels are large, and a power of two, so that threads have equally much to do.
   */
  static int64_t parts_of(int64_t values) {
    constexpr int64_t LARGE = 1 << 21;
    int64_t parts = 16;
    while (parts > 2 && parts * values > LARGE) parts /= 2;
    return parts;
  }
};

REGISTER_OP("HumanAgeConvolve3x3")
    .Input("photos: float")
    .Input("kernel: float")
    .Input("bias: float")
    .Input("shortcut: float")
    .Output("results: float")
    .Attr("relu: bool")
    .SetShapeFn(tensorflow::shape_inference::UnknownShape);

REGISTER_OP("HumanAgeConvolve3x3Gradient")
    .Input("photos: float")
    .Input("kernel: float")
    .Input("gradient: float")
    .Output("grad_photos: float")
    .Output("grad_kernel: float")
    .SetShapeFn(tensorflow::shape_inference::UnknownShape);

REGISTER_KERNEL_BUILDER(Name("HumanAgeConvolve3x3").Device(tensorflow::DEVICE_CPU), Convolve3x3);
REGISTER_KERNEL_BUILDER(Name("HumanAgeConvolve3x3Gradient").Device(tensorflow::DEVICE_CPU), Convolve3x3Gradient);

}  // namespace
