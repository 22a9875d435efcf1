// A convolution of any size, with its bias, a sum and ReLU, as one TensorFlow op, and all its gradients as another.
// Set-up compiles this file; convolution_2d.ts calls it and says what it is for. The arithmetic is in convolution_2d.h.

#include "convolution_2d.h"

#include "beside.h"
#include "ops.h"
#include "processors.h"
#include "room.h"

namespace {

/** The arithmetic as compiled for one kind of processor. */
struct Arithmetic {
  void (*pack)(const Matrix &, int64_t column, int64_t count, float *packed);
  void (*convolve)(const Sizes &, const Panel &, const float *photos, const float *kernel, const Epilogue &,
                   float *room, float *results);
  void (*gradients)(const Sizes &, const Panel &, const Given &, float *room, float *sums, float *to_photos);
};

#define COMPILE_FOR(PROCESSOR, LANES)                                                                                 \
  PROCESSOR void pack_##LANES(const Matrix &matrix, int64_t column, int64_t count, float *packed) {                   \
    pack<LANES>(matrix, column, count, packed);                                                                       \
  }                                                                                                                   \
  PROCESSOR void convolve_##LANES(const Sizes &sizes, const Panel &panel, const float *photos, const float *kernel,   \
                                  const Epilogue &epilogue, float *room, float *results) {                            \
    convolve_panel<LANES>(sizes, panel, photos, kernel, epilogue, room, results);                                     \
  }                                                                                                                   \
  PROCESSOR void gradients_##LANES(const Sizes &sizes, const Panel &panel, const Given &given, float *room,           \
                                   float *sums, float *to_photos) {                                                   \
    add_panel_gradients<LANES>(sizes, panel, given, room, sums, to_photos);                                           \
  }                                                                                                                   \
  constexpr Arithmetic ARITHMETIC_##LANES{pack_##LANES, convolve_##LANES, gradients_##LANES};

#if defined(__x86_64__)
COMPILE_FOR(AVX512, 16)
COMPILE_FOR(AVX2, 8)
const Arithmetic *const arithmetic = for_this_processor(&ARITHMETIC_16, &ARITHMETIC_8);
#else
const Arithmetic *const arithmetic = nullptr;
#endif

/** What both ops share. */
class Convolution2D : public OpKernel {
 public:
  explicit Convolution2D(OpKernelConstruction *context) : OpKernel(context) {
    OP_REQUIRES_OK(context, context->GetAttr("stride", &stride_));
    OP_REQUIRES_OK(context, context->GetAttr("same", &same_));
  }

 protected:
  Sizes sizes(const TensorShape &photos, const TensorShape &kernel) const {
    return {photos.dim_size(0), photos.dim_size(1), photos.dim_size(2), photos.dim_size(3), kernel.dim_size(0),
            kernel.dim_size(1), kernel.dim_size(3), stride_, same_};
  }

  static bool check(OpKernelContext *context) {
    const TensorShape &photos = context->input(0).shape(), &kernel = context->input(1).shape();
    const bool fits = photos.dims() == 4 && kernel.dims() == 4 && kernel.dim_size(2) == photos.dim_size(3);
    if (!arithmetic) context->CtxFailure(absl::UnimplementedError("needs a processor with AVX2"));
    else if (!fits) context->CtxFailure(absl::InvalidArgumentError("the kernel's channels are not the photos'"));
    return arithmetic && fits;
  }

  int64_t stride_;
  bool same_;
};

/** Packs a matrix, whose columns fill `lines` cache lines. */
void pack_all(OpKernelContext *context, const Matrix &matrix, int64_t lines, float *packed) {
  share_out(context, lines, 4 * matrix.steps * LINE, [&](int64_t from, int64_t to) {
    arithmetic->pack(matrix, from * LINE, (to - from) * LINE, packed + from * LINE * matrix.steps);
  });
}

/** About how many steps a pixel takes. */
int64_t steps_of(const Sizes &sizes) { return sizes.window() * (sizes.filters + 8) / 8; }

/** From photos, kernel, bias and shortcut (or nothing) to the results, `[n, rows, columns, filters]`. */
class Convolve2D : public Convolution2D {
 public:
  explicit Convolve2D(OpKernelConstruction *context) : Convolution2D(context) {
    OP_REQUIRES_OK(context, context->GetAttr("relu", &relu_));
  }

  void Compute(OpKernelContext *context) override {
    if (!check(context)) return;
    const Tensor &photos = context->input(0), &kernel = context->input(1);
    const Sizes sizes = this->sizes(photos.shape(), kernel.shape());
    Tensor *results;
    const TensorShape shape({sizes.photos, sizes.rows(), sizes.columns(), sizes.filters});
    OP_REQUIRES_OK(context, context->allocate_output(0, shape, &results));
    if (shape.num_elements() == 0) return;
    Room packed(sizes.window() * sizes.lined_filters());
    pack_all(context, {kernel.flat<float>().data(), sizes.window(), sizes.filters, false}, sizes.lined_filters() / LINE,
             packed.data());
    const float *from = photos.flat<float>().data();
    const Epilogue epilogue{data_or_null(context->input(2)), data_or_null(context->input(3)), relu_};
    float *to = results->flat<float>().data();
    const int64_t all = sizes.photos * sizes.pixels(), some = sizes.panel(), panels = (all + some - 1) / some;
    share_out(context, panels, steps_of(sizes) * some, [&](int64_t k, int64_t end) {
      Room room(sizes.rows_of_panel() + some * sizes.lined_filters());
      for (; k < end; k++) {
        const Panel panel{k * some, std::min(some, all - k * some)};
        arithmetic->convolve(sizes, panel, from, packed.data(), epilogue, room.data(), to);
      }
    });
  }

 private:
  bool relu_;
};

/**
 * From photos, kernel, gradient, results (or nothing) and what is added to the photos' gradient (or nothing) to the
 * gradients of photos, kernel and bias. NORMALIZED: the gradient is that of what results have been normalised to; from
 * the shares of results and, if they have been pooled, the argmax, too.
 */
template <bool NORMALIZED>
class Convolve2DGradient : public Convolution2D {
 public:
  explicit Convolve2DGradient(OpKernelConstruction *context) : Convolution2D(context) {
    OP_REQUIRES_OK(context, context->GetAttr("first", &first_));
    if (!NORMALIZED) return;
    OP_REQUIRES_OK(context, context->GetAttr("rectified", &rectified_));
    OP_REQUIRES_OK(context, context->GetAttr("gated", &gated_));
    OP_REQUIRES_OK(context, context->GetAttr("compact", &compact_));
  }

  void Compute(OpKernelContext *context) override {
    if (!check(context)) return;
    const Tensor &photos = context->input(0), &kernel = context->input(1);
    const Sizes sizes = this->sizes(photos.shape(), kernel.shape());
    Tensor *grad_photos, *grad_kernel, *grad_bias;
    const TensorShape compact({sizes.photos, sizes.rows(), sizes.columns(), sizes.channels});
    const TensorShape shape = first_ ? TensorShape({0}) : compact_ ? compact : photos.shape();
    OP_REQUIRES_OK(context, context->allocate_output(0, shape, &grad_photos));
    OP_REQUIRES_OK(context, context->allocate_output(1, kernel.shape(), &grad_kernel));
    OP_REQUIRES_OK(context, context->allocate_output(2, TensorShape({sizes.filters}), &grad_bias));
    Room packed(first_ ? 0 : fill_lines(sizes.window()) * sizes.filters);
    if (!first_) {
      pack_all(context, {kernel.flat<float>().data(), sizes.filters, sizes.window(), true},
               fill_lines(sizes.window()) / LINE, packed.data());
    }
    OP_REQUIRES(context, !NORMALIZED || sizes.filters % LINE == 0,
                absl::InvalidArgumentError("filters that are normalised are to be a multiple of 16"));
    const Beside beside(context->input(4), photos.shape());
    const bool is_compact = sizes.window() == sizes.channels && sizes.channels % LINE == 0 && !beside.values;
    OP_REQUIRES(context, !compact_ || is_compact, absl::InvalidArgumentError("only 1x1 kernels read single pixels"));
    OP_REQUIRES(context, beside.fits(context->input(4), photos.shape()),
                absl::InvalidArgumentError("what is to be added has not the photos' shape"));
    const bool is_pooled = NORMALIZED && context->input(6).NumElements() > 0;
    const Given given{photos.flat<float>().data(),
                      context->input(2).flat<float>().data(),
                      data_or_null(context->input(3)),
                      first_ ? nullptr : packed.data(),
                      NORMALIZED ? context->input(5).flat<float>().data() : nullptr,
                      is_pooled ? context->input(6).flat<uint8_t>().data() : nullptr,
                      rectified_,
                      gated_,
                      compact_};
    const int64_t values = (sizes.window() + 1) * sizes.lined_filters(), count = parts_of(sizes.photos, sizes.window() * sizes.filters);
    Room sums(count * values);
    float *to_photos = first_ ? nullptr : grad_photos->flat<float>().data();
    share_out(context, count, steps_of(sizes) * sizes.pixels() * 2, [&](int64_t part, int64_t end) {
      Room room(sizes.rows_of_panel() + sizes.panel() * sizes.lined_filters());
      for (; part < end; part++) {
        float *const own = sums.data() + part * values;
        std::fill_n(own, values, 0.0f);
        add_photos(sizes, given, beside, sizes.photos * part / count, sizes.photos * (part + 1) / count, room.data(),
                   own, to_photos);
      }
    });
    add_up(context, sizes, sums.data(), count, grad_kernel->flat<float>().data(), grad_bias->flat<float>().data());
  }

 private:
  /** Adds what some photos contribute to the gradients of kernel and bias, and writes their own. */
  static void add_photos(const Sizes &sizes, const Given &given, const Beside &beside, int64_t first, int64_t last,
                         float *room, float *sums, float *to) {
    if (to && !given.compact) std::fill_n(to + first * sizes.photo(), (last - first) * sizes.photo(), 0.0f);
    const int64_t end = last * sizes.pixels(), some = sizes.panel();
    for (int64_t k = first * sizes.pixels(), done = first; k < end; k += some) {
      arithmetic->gradients(sizes, {k, std::min(some, end - k)}, given, room, sums, to);
      if (!to) continue;
      // to photos that are done, as long as they lie in the nearer caches
      const int64_t next = std::min(k + some, end) / sizes.pixels();
      beside.add(done, next - done, to + done * sizes.photo());
      done = next;
    }
  }

  /** Adds up the parts' gradients of kernel and bias, the first part first. */
  static void add_up(OpKernelContext *context, const Sizes &sizes, const float *sums, int64_t parts, float *kernel,
                     float *bias) {
    const int64_t lined = sizes.lined_filters(), window = sizes.window(), values = (window + 1) * lined;
    share_out(context, window + 1, lined * parts, [&](int64_t row, int64_t end) {
      for (; row < end; row++) {
        float *to = row < window ? kernel + row * sizes.filters : bias;
        for (int64_t k = 0; k < sizes.filters; k++) {
          float sum = 0;
          for (int64_t part = 0; part < parts; part++) sum += sums[part * values + row * lined + k];
          to[k] = sum;
        }
      }
    });
  }

  bool first_, rectified_ = false, gated_ = false, compact_ = false;
};

REGISTER_OP("HumanAgeConvolve2D")
    .Input("photos: float")
    .Input("kernel: float")
    .Input("bias: float")
    .Input("shortcut: float")
    .Output("results: float")
    .Attr("stride: int")
    .Attr("same: bool")
    .Attr("relu: bool")
    .SetShapeFn(tensorflow::shape_inference::UnknownShape);

REGISTER_OP("HumanAgeConvolve2DGradient")
    .Input("photos: float")
    .Input("kernel: float")
    .Input("gradient: float")
    .Input("results: float")
    .Input("beside: float")
    .Output("grad_photos: float")
    .Output("grad_kernel: float")
    .Output("grad_bias: float")
    .Attr("stride: int")
    .Attr("same: bool")
    .Attr("first: bool")
    .SetShapeFn(tensorflow::shape_inference::UnknownShape);

REGISTER_OP("HumanAgeConvolve2DNormalizedGradient")
    .Input("photos: float")
    .Input("kernel: float")
    .Input("gradient: float")
    .Input("results: float")
    .Input("beside: float")
    .Input("shares: float")
    .Input("argmax: uint8")
    .Output("grad_photos: float")
    .Output("grad_kernel: float")
    .Output("grad_bias: float")
    .Attr("stride: int")
    .Attr("same: bool")
    .Attr("first: bool")
    .Attr("rectified: bool")
    .Attr("gated: bool")
    .Attr("compact: bool")
    .SetShapeFn(tensorflow::shape_inference::UnknownShape);

REGISTER_KERNEL_BUILDER(Name("HumanAgeConvolve2D").Device(tensorflow::DEVICE_CPU), Convolve2D);
REGISTER_KERNEL_BUILDER(Name("HumanAgeConvolve2DGradient").Device(tensorflow::DEVICE_CPU),
                        Convolve2DGradient<false>);
REGISTER_KERNEL_BUILDER(Name("HumanAgeConvolve2DNormalizedGradient").Device(tensorflow::DEVICE_CPU),
                        Convolve2DGradient<true>);

}  // namespace
