// A convolution of any size, with its bias, a sum and ReLU, as one TensorFlow op, and all its gradients as another.
// Set-up compiles this file; convolution_2d.ts calls it and says what it is for. The arithmetic is in convolution_2d.h.

#include "convolution_2d.h"

#include "beside.h"
#include "ops.h"
#include "processors.h"
#include "room.h"
#include "share_out.h"

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
class Convolution2D {
 public:
  explicit Convolution2D(const Attributes &attributes)
      : stride_(attributes.whole("stride")), same_(attributes.flag("same")) {}

 protected:
  Sizes sizes_of(const Shape &photos, const Shape &kernel) const {
    require_arithmetic(arithmetic);
    require(photos.axes() == 4 && kernel.axes() == 4 && kernel[2] == photos[3],
            "the kernel's channels are not the photos'");
    return {photos[0], photos[1], photos[2], photos[3], kernel[0], kernel[1], kernel[3], stride_, same_};
  }

 private:
  const int64_t stride_;
  const bool same_;
};

/** Packs a matrix, whose columns fill `lines` cache lines. */
void pack_all(const Matrix &matrix, int64_t lines, float *packed) {
  share_out(lines, 4 * matrix.steps * LINE, [&](int64_t from, int64_t to) {
    arithmetic->pack(matrix, from * LINE, (to - from) * LINE, packed + from * LINE * matrix.steps);
  });
}

/** About how many steps a pixel takes. */
int64_t steps_of(const Sizes &sizes) { return sizes.window() * (sizes.filters + 8) / 8; }

/** From photos, kernel, bias and shortcut (or nothing) to the results, `[n, rows, columns, filters]`. */
class Convolve2D : public Convolution2D {
 public:
  explicit Convolve2D(const Attributes &attributes) : Convolution2D(attributes), relu_(attributes.flag("relu")) {}

  void compute(const Call &call) const {
    const Tensor photos = call.input(0), kernel = call.input(1);
    const Sizes sizes = sizes_of(photos.shape, kernel.shape);
    float *to = call.output(0, {sizes.photos, sizes.rows(), sizes.columns(), sizes.filters});
    if (!to) return;
    Room packed(sizes.window() * sizes.lined_filters());
    pack_all({kernel.data(), sizes.window(), sizes.filters, false}, sizes.lined_filters() / LINE, packed.data());
    const float *from = photos.data();
    const Epilogue epilogue{call.input(2).data(), call.input(3).data(), relu_};
    const int64_t all = sizes.photos * sizes.pixels(), some = sizes.panel(), panels = (all + some - 1) / some;
    share_out(panels, steps_of(sizes) * some, [&](int64_t k, int64_t end) {
      Room room(sizes.rows_of_panel() + some * sizes.lined_filters());
      for (; k < end; k++) {
        const Panel panel{k * some, std::min(some, all - k * some)};
        arithmetic->convolve(sizes, panel, from, packed.data(), epilogue, room.data(), to);
      }
    });
  }

 private:
  const bool relu_;
};

/**
 * From photos, kernel, gradient, results (or nothing) and what is added to the photos' gradient (or nothing) to the
 * gradients of photos, kernel and bias. NORMALIZED: the gradient is that of what results have been normalised to; from
 * the shares of results and, if they have been pooled, the argmax, too.
 */
template <bool NORMALIZED>
class Convolve2DGradient : public Convolution2D {
 public:
  explicit Convolve2DGradient(const Attributes &attributes)
      : Convolution2D(attributes),
        first_(attributes.flag("first")),
        rectified_(NORMALIZED && attributes.flag("rectified")),
        gated_(NORMALIZED && attributes.flag("gated")),
        compact_(NORMALIZED && attributes.flag("compact")) {}

  void compute(const Call &call) const {
    const Tensor photos = call.input(0), kernel = call.input(1);
    const Sizes sizes = sizes_of(photos.shape, kernel.shape);
    require(!NORMALIZED || sizes.filters % LINE == 0, "filters that are normalised are to be a multiple of 16");
    const Beside beside(call.input(4), photos.shape);
    const bool is_compact = sizes.window() == sizes.channels && sizes.channels % LINE == 0 && !beside.values;
    require(!compact_ || is_compact, "only 1x1 kernels read single pixels");
    const Shape compact{sizes.photos, sizes.rows(), sizes.columns(), sizes.channels};
    float *to_photos = call.output(0, first_ ? Shape{0} : compact_ ? compact : photos.shape);
    float *to_kernel = call.output(1, kernel.shape), *to_bias = call.output(2, {sizes.filters});
    Room packed(first_ ? 0 : fill_lines(sizes.window()) * sizes.filters);
    if (!first_) {
      pack_all({kernel.data(), sizes.filters, sizes.window(), true}, fill_lines(sizes.window()) / LINE, packed.data());
    }
    const Given given{photos.data(),
                      call.input(2).data(),
                      call.input(3).data(),
                      first_ ? nullptr : packed.data(),
                      NORMALIZED ? call.input(5).data() : nullptr,
                      NORMALIZED ? call.input(6).data<uint8_t>() : nullptr,
                      rectified_,
                      gated_,
                      compact_};
    const int64_t values = (sizes.window() + 1) * sizes.lined_filters(), count = parts_of(sizes.photos, sizes.window() * sizes.filters);
    Room sums(count * values);
    share_out(count, steps_of(sizes) * sizes.pixels() * 2, [&](int64_t part, int64_t end) {
      Room room(sizes.rows_of_panel() + sizes.panel() * sizes.lined_filters());
      for (; part < end; part++) {
        float *const own = sums.data() + part * values;
        std::fill_n(own, values, 0.0f);
        add_photos(sizes, given, beside, sizes.photos * part / count, sizes.photos * (part + 1) / count, room.data(),
                   own, to_photos);
      }
    });
    add_up(sizes, sums.data(), count, to_kernel, to_bias);
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
  static void add_up(const Sizes &sizes, const float *sums, int64_t parts, float *kernel, float *bias) {
    const int64_t lined = sizes.lined_filters(), window = sizes.window(), values = (window + 1) * lined;
    share_out(window + 1, lined * parts, [&](int64_t row, int64_t end) {
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

  const bool first_, rectified_, gated_, compact_;
};

const Op<Convolve2D> convolve_2d(
    "HumanAgeConvolve2D",
    {"photos: float", "kernel: float", "bias: float", "shortcut: float"},
    {"results: float"},
    {"stride: int >= 1", "same: bool", "relu: bool"});

const Op<Convolve2DGradient<false>> convolve_2d_gradient(
    "HumanAgeConvolve2DGradient",
    {"photos: float", "kernel: float", "gradient: float", "results: float", "beside: float"},
    {"grad_photos: float", "grad_kernel: float", "grad_bias: float"},
    {"stride: int >= 1", "same: bool", "first: bool"});

const Op<Convolve2DGradient<true>> convolve_2d_normalized_gradient(
    "HumanAgeConvolve2DNormalizedGradient",
    {"photos: float", "kernel: float", "gradient: float", "results: float", "beside: float", "shares: float",
     "argmax: uint8"},
    {"grad_photos: float", "grad_kernel: float", "grad_bias: float"},
    {"stride: int >= 1", "same: bool", "first: bool", "rectified: bool", "gated: bool", "compact: bool"});

}  // namespace
