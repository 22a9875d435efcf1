// Convolution, bias, ReLU and max pooling as one TensorFlow op, and all its gradients as another.
// Set-up compiles this file; kernels.ts calls it and says what it is for. The arithmetic is in convolution.h.

#include "convolution.h"

#include "ops.h"
#include "processors.h"
#include "room.h"
#include "share_out.h"

namespace {

/** The arithmetic as compiled for one kind of processor. */
struct Arithmetic {
  void (*pack)(const Sizes &, bool by_channels, const float *weights, float *packed);
  void (*convolve)(const Sizes &, const float *photo, const float *weights, const float *bias, bool relu,
                   float *pooled, uint8_t *argmax);
  void (*gradients)(const Sizes &, const float *photo, const float *weights, const float *gradient,
                const uint8_t *argmax, float *sums, float *grad_photo);
  void (*unpack)(const Sizes &, const std::vector<const float *> &sums, float *weights);
};

/** Puts weights into the order in which many filters, or many channels, lie side by side. */
template <int LANES>
void pack(const Sizes &sizes, bool channels, const float *weights, float *packed) {
  const auto copy = [&](int64_t theirs, int64_t ours) { packed[ours] = weights[theirs]; };
  if (channels) for_each_weight(sizes, by_channels<LANES>, copy);
  else for_each_weight(sizes, by_filters<LANES>, copy);
}

/** Adds up gradients of weights, always in the same order, and puts them back into TensorFlow's. */
template <int LANES>
void unpack(const Sizes &sizes, const std::vector<const float *> &sums, float *weights) {
  const auto add = [&](int64_t theirs, int64_t ours) {
    float sum = 0;
    for (const float *part : sums) sum += part[ours];
    weights[theirs] = sum;
  };
  if (sizes.channels == COLOURS) for_each_weight(sizes, by_filters<LANES>, add);
  else for_each_weight(sizes, by_channels<LANES>, add);
}

#define COMPILE_FOR(PROCESSOR, LANES)                                                                          \
  PROCESSOR void convolve_##LANES(const Sizes &sizes, const float *photo, const float *weights,                \
                                  const float *bias, bool relu, float *pooled, uint8_t *argmax) {              \
    convolve_photo<LANES>(sizes, photo, weights, bias, relu, pooled, argmax);                                  \
  }                                                                                                            \
  PROCESSOR void gradients_##LANES(const Sizes &sizes, const float *photo, const float *weights,                   \
                               const float *gradient, const uint8_t *argmax, float *sums, float *grad_photo) {  \
    add_gradients<LANES>(sizes, photo, weights, gradient, argmax, sums, grad_photo);                              \
  }                                                                                                            \
  constexpr Arithmetic ARITHMETIC_##LANES{pack<LANES>, convolve_##LANES, gradients_##LANES, unpack<LANES>};

#if defined(__x86_64__)
COMPILE_FOR(AVX512, 16)
COMPILE_FOR(AVX2, 8)
/** Null on processors for which TensorFlow's own ops are quicker. */
const Arithmetic *const arithmetic = for_this_processor(&ARITHMETIC_16, &ARITHMETIC_8);
#else
const Arithmetic *const arithmetic = nullptr;
#endif

/** Calls `visit(values in TensorFlow's order, the same in ours, count)` for each run that is contiguous in both. */
template <typename Theirs, typename Ours, typename Visit>
void for_each_run(const Sizes &sizes, Theirs *photo, Ours *planes, const Visit &visit) {
  const int64_t values = sizes.width * sizes.channels, before = sizes.margin() / 2;
  const int64_t count = sizes.planes(), pixels = count == 1 ? 1 : sizes.width;
  const int64_t run = values / pixels / count;
  for (int64_t y = 0; y < sizes.height; y++) {
    Ours *line = planes + (y + before) * sizes.line() + before * sizes.pixel();
    for (int64_t x = 0; x < pixels; x++, line += run) {
      for (int64_t k = 0; k < count; k++, photo += run) visit(photo, line + k * sizes.plane(), run);
    }
  }
}

void copy(const float *from, float *to, int64_t count) { std::memcpy(to, from, count * sizeof(float)); }

/** The photos of a batch, one at a time, in planes and with their padding. */
class Photos {
 public:
  Photos(const Sizes &sizes, const float *photos) : sizes_(sizes), photos_(photos), planes_(sizes.photo()) {}
  const float *operator[](int64_t k) {
    const float *photo = photos_ + k * sizes_.height * sizes_.width * sizes_.channels;
    for_each_run(sizes_, photo, planes_.data(), copy);
    return planes_.data();
  }

 private:
  const Sizes &sizes_;
  const float *photos_;
  Zeros planes_;
};

/** What both ops share: the sizes of photos and kernel. */
class Convolution {
 public:
  explicit Convolution(const Attributes &attributes) : same_(attributes.flag("same")) {}

 protected:
  /** Reads the sizes. @param colours whether channels may be the colours */
  Sizes sizes_of(const Shape &photos, const Shape &kernel, bool colours) const {
    const Sizes sizes{photos[0], photos[1], photos[2], photos[3], kernel[0], kernel[3], same_};
    const bool has_colours = colours && sizes.channels == COLOURS;
    require_arithmetic(arithmetic);
    require(sizes.filters % PLANE == 0 && (has_colours || sizes.channels % PLANE == 0),
            "filters and channels are to be multiples of 16");
    return sizes;
  }

 private:
  const bool same_;
};

/** From photos `[n, height, width, channels]` to pooled values `[n, rows, columns, filters]` and argmax, 0 to 4. */
class Convolve : public Convolution {
 public:
  explicit Convolve(const Attributes &attributes) : Convolution(attributes), relu_(attributes.flag("relu")) {}

  void compute(const Call &call) const {
    const Tensor photos = call.input(0), kernel = call.input(1), bias = call.input(2);
    const Sizes sizes = sizes_of(photos.shape, kernel.shape, true);
    const Shape pooled{sizes.photos, sizes.rows(), sizes.columns(), sizes.filters};
    float *to = call.output(0, pooled);
    uint8_t *to_argmax = call.output<uint8_t>(1, pooled);
    Zeros weights(sizes.weights());
    arithmetic->pack(sizes, false, kernel.data(), weights.data());
    const float *from = photos.data(), *biases = bias.data();
    share_out(sizes.photos, sizes.pooled() * sizes.taps() * sizes.channels, [&](int64_t k, int64_t end) {
      for (Photos photo(sizes, from); k < end; k++) {
        const int64_t at = k * sizes.pooled();
        arithmetic->convolve(sizes, photo[k], weights.data(), biases, relu_, to + at, to_argmax + at);
      }
    });
  }

 private:
  const bool relu_;
};

/** From photos, kernel, gradients of the pooled values and argmax to the gradients of photos, kernel and bias. */
class ConvolveGradient : public Convolution {
 public:
  explicit ConvolveGradient(const Attributes &attributes) : Convolution(attributes), first_(attributes.flag("first")) {}

  void compute(const Call &call) const {
    const Tensor photos = call.input(0), kernel = call.input(1), gradient = call.input(2), argmax = call.input(3);
    // colours have no gradient for the photos
    const Sizes sizes = sizes_of(photos.shape, kernel.shape, first_);
    float *grad_input = call.output(0, first_ ? Shape{0} : photos.shape);
    float *grad_kernel = call.output(1, kernel.shape), *grad_bias = call.output(2, {sizes.filters});
    Zeros weights(first_ ? 0 : sizes.weights());
    if (!first_) arithmetic->pack(sizes, true, kernel.data(), weights.data());
    const int64_t count = parts_of(sizes.photos, sizes.weights());
    std::vector<Zeros> sums;
    for (int64_t k = 0; k < count; k++) sums.emplace_back(sizes.weights() + sizes.filters);
    const Given given{photos.data(), weights.data(), gradient.data(), argmax.data<uint8_t>()};
    share_out(count, sizes.pooled() * sizes.taps() * sizes.channels * 4, [&](int64_t part, int64_t end) {
      for (; part < end; part++) {
        const int64_t first = sizes.photos * part / count, last = sizes.photos * (part + 1) / count;
        add_photos(sizes, given, first, last, sums[part].data(), grad_input);
      }
    });
    std::vector<const float *> parts;
    for (Zeros &part : sums) parts.push_back(part.data());
    arithmetic->unpack(sizes, parts, grad_kernel);
    std::fill_n(grad_bias, sizes.filters, 0.0f);
    for (const float *part : parts) {
      for (int64_t filter = 0; filter < sizes.filters; filter++) grad_bias[filter] += part[sizes.weights() + filter];
    }
  }

 private:
  struct Given {
    const float *photos, *weights, *gradient;
    const uint8_t *argmax;
  };

  /** Adds what some photos contribute to the gradients of the weights, and writes the photos' own. */
  static void add_photos(const Sizes &sizes, const Given &given, int64_t k, int64_t end, float *sums, float *to) {
    Photos photo(sizes, given.photos);
    Zeros planes(to ? sizes.photo() : 0);
    for (; k < end; k++) {
      if (to) std::fill_n(planes.data(), sizes.photo(), 0.0f);
      const int64_t at = k * sizes.pooled();
      arithmetic->gradients(sizes, photo[k], given.weights, given.gradient + at, given.argmax + at, sums,
                       to ? planes.data() : nullptr);
      if (!to) continue;
      float *own = to + k * sizes.height * sizes.width * sizes.channels;
      for_each_run(sizes, own, planes.data(), [](float *to, const float *from, int64_t n) { copy(from, to, n); });
    }
  }

  const bool first_;
};

const Op<Convolve> convolve(
    "HumanAgeConvolve",
    {"photos: float", "kernel: float", "bias: float"},
    {"pooled: float", "argmax: uint8"},
    {"same: bool", "relu: bool"});

const Op<ConvolveGradient> convolve_gradient(
    "HumanAgeConvolveGradient",
    {"photos: float", "kernel: float", "gradient: float", "argmax: uint8"},
    {"grad_input: float", "grad_kernel: float", "grad_bias: float"},
    {"same: bool", "first: bool"});

}  // namespace
