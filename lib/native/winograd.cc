// A 3x3 convolution with "same" padding and strides of 1 as a TensorFlow op, and its gradients as another. Set-up
// compiles this file; convolution_3x3.ts calls it and says what it is for. The arithmetic is in winograd.h.

#include <vector>

#include "beside.h"
#include "ops.h"
#include "processors.h"
#include "room.h"
#include "share_out.h"
#include "winograd.h"

namespace {

/** The arithmetic as compiled for one kind of processor and one width of tiles. */
struct Arithmetic {
  int64_t width;
  int64_t (*plane)(const Sizes &, int64_t photos, int64_t channels);
  void (*kernels)(const float *kernels, int64_t row, int64_t inputs, int64_t outputs, float *to);
  void (*convolve)(const Sizes &, int64_t photos, const float *from, const float *kernels, const Epilogue &,
                   float *room, float *results);
  void (*gradients)(const Sizes &, int64_t photos, const Given &, const float *kernels, bool add, float *room,
                    float *sums, float *to);
  void (*transform)(const Sizes &, int64_t photos, const Given &, float *to_photos, float *to_gradients);
  void (*multiply)(const Sizes &, const Transformed &, const std::vector<int64_t> &starts, int64_t place, float *part,
                   float *sums);
  void (*write_photos)(const Sizes &, int64_t photos, const float *from, float *to);
  void (*write_kernels)(const Sizes &, const float *sums, int64_t parts, int64_t input, float *kernels);
  int64_t places() const { return (width + 2) * (width + 2); }
  int64_t tiles(const Sizes &sizes) const {
    return ((sizes.height + width - 1) / width) * ((sizes.width + width - 1) / width);
  }
  /** What the transformed photos and the products, or gradients, of some photos need. */
  int64_t room(const Sizes &sizes, int64_t photos) const {
    return places() * (plane(sizes, photos, sizes.channels) + plane(sizes, photos, sizes.filters));
  }
};

template <int M>
int64_t plane(const Sizes &sizes, int64_t photos, int64_t channels) {
  return Tiles<M>(sizes, photos, photos).plane(channels);
}

#define COMPILE_FOR(PROCESSOR, LANES, M)                                                                               \
  PROCESSOR void kernels_##LANES##_##M(const float *kernels, int64_t row, int64_t inputs, int64_t outputs,             \
                                       float *to) {                                                                    \
    for (int64_t k = 0; k < PLANE; k += LANES) {                                                                       \
      transform_kernels<LANES, M>(kernels + k, row, inputs, outputs, to + k * inputs);                                 \
    }                                                                                                                  \
  }                                                                                                                    \
  PROCESSOR void convolve_##LANES##_##M(const Sizes &sizes, int64_t photos, const float *from, const float *kernels,   \
                                        const Epilogue &epilogue, float *room, float *results) {                       \
    convolve_tiles<LANES, M>(sizes, photos, from, kernels, epilogue, room, results);                                   \
  }                                                                                                                    \
  PROCESSOR void gradients_##LANES##_##M(const Sizes &sizes, int64_t photos, const Given &given, const float *kernels, \
                                         bool add, float *room, float *sums, float *to) {                              \
    add_tile_gradients<LANES, M>(sizes, photos, given, kernels, add, room, sums, to);                                  \
  }                                                                                                                    \
  PROCESSOR void transform_##LANES##_##M(const Sizes &sizes, int64_t photos, const Given &given, float *to_photos,     \
                                         float *to_gradients) {                                                        \
    transform_given<LANES, M>(sizes, Tiles<M>(sizes, photos, sizes.photos), given, to_photos, to_gradients);           \
  }                                                                                                                    \
  PROCESSOR void multiply_##LANES##_##M(const Sizes &sizes, const Transformed &all,                                    \
                                        const std::vector<int64_t> &starts, int64_t place, float *part, float *sums) { \
    multiply_place<LANES, M>(sizes, all, starts, place, part, sums);                                                   \
  }                                                                                                                    \
  PROCESSOR void write_photos_##LANES##_##M(const Sizes &sizes, int64_t photos, const float *from, float *to) {        \
    write_photos<LANES, M>(sizes, Tiles<M>(sizes, photos, sizes.photos), from, to);                                    \
  }                                                                                                                    \
  PROCESSOR void write_kernels_##LANES##_##M(const Sizes &sizes, const float *sums, int64_t parts, int64_t input,      \
                                             float *kernels) {                                                         \
    write_kernels<LANES, M>(sizes, sums, parts, input, kernels);                                                       \
  }                                                                                                                    \
  constexpr Arithmetic ARITHMETIC_##LANES##_##M{M,                                                                     \
                                                plane<M>,                                                              \
                                                kernels_##LANES##_##M,                                                 \
                                                convolve_##LANES##_##M,                                                \
                                                gradients_##LANES##_##M,                                               \
                                                transform_##LANES##_##M,                                               \
                                                multiply_##LANES##_##M,                                                \
                                                write_photos_##LANES##_##M,                                            \
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
  const auto products = [&](const Arithmetic &one) { return one.tiles(sizes) * one.places(); };
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

Sizes sizes_of(const Shape &photos, const Shape &kernel) {
  const Sizes sizes{photos[0], photos[1], photos[2], photos[3], kernel[3]};
  require_arithmetic(choice);
  require(sizes.channels % PLANE == 0 && sizes.filters % PLANE == 0 && kernel[0] == 3 && kernel[1] == 3 &&
              kernel[2] == sizes.channels,
          "needs 3x3 kernels of multiples of 16");
  return sizes;
}

/** Kernels, `[3, 3, inputs, outputs]`, or with inputs and outputs exchanged. */
struct Kernels {
  const float *values;
  int64_t inputs, outputs;
  bool is_turned;
};

/** Copies PLANE outputs of turned kernels, `[3, 3, inputs, PLANE]`. */
void turn(const Kernels &kernels, int64_t output, float *to) {
  const int64_t inputs = kernels.inputs;
  for (int64_t tap = 0; tap < 9; tap++, to += inputs * PLANE) {
    const float *from = kernels.values + (tap * kernels.outputs + output) * inputs;
    for (int64_t k = 0; k < PLANE; k++, from += inputs)
      for (int64_t input = 0; input < inputs; input++) to[input * PLANE + k] = from[input];
  }
}

void transform_all(const Arithmetic &arithmetic, const Kernels &kernels, float *to) {
  const int64_t inputs = kernels.inputs, outputs = kernels.outputs;
  share_out(outputs / PLANE, inputs * arithmetic.places() * 4, [&](int64_t block, int64_t end) {
    Room turned(kernels.is_turned ? 9 * inputs * PLANE : 0);
    for (; block < end; block++) {
      const int64_t output = block * PLANE;
      if (kernels.is_turned) turn(kernels, output, turned.data());
      const float *from = kernels.is_turned ? turned.data() : kernels.values + output;
      arithmetic.kernels(from, kernels.is_turned ? PLANE : outputs, inputs, outputs, to + output * inputs);
    }
  });
}

/** About how many steps a photo takes. */
int64_t steps_of(const Sizes &sizes) { return sizes.height * sizes.width * sizes.weights() / 4; }

/** From photos, kernel, bias and shortcut (or nothing) to the results, `[n, height, width, filters]`. */
class Convolve3x3 {
 public:
  explicit Convolve3x3(const Attributes &attributes) : relu_(attributes.flag("relu")) {}

  void compute(const Call &call) const {
    const Tensor photos = call.input(0), kernel = call.input(1);
    const Sizes sizes = sizes_of(photos.shape, kernel.shape);
    float *to = call.output(0, {sizes.photos, sizes.height, sizes.width, sizes.filters});
    if (!to) return;
    const Arithmetic &arithmetic = arithmetic_for(sizes);
    Room kernels(arithmetic.places() * sizes.weights());
    transform_all(arithmetic, {kernel.data(), sizes.channels, sizes.filters, false}, kernels.data());
    const float *from = photos.data(), *bias = call.input(2).data(), *shortcut = call.input(3).data();
    const int64_t some = photos_at_once(arithmetic, sizes), groups = (sizes.photos + some - 1) / some;
    // as many groups for each thread; results are the same in whatever groups
    const int64_t count = std::min(sizes.photos, (groups + threads() - 1) / threads() * threads());
    share_out(count, steps_of(sizes) * some, [&](int64_t k, int64_t end) {
      float *room = own_room(arithmetic.room(sizes, some));
      for (; k < end; k++) {
        const int64_t first = sizes.photos * k / count, photos = sizes.photos * (k + 1) / count - first;
        const int64_t at = first * sizes.result();
        const Epilogue epilogue{bias, shortcut ? shortcut + at : nullptr, relu_};
        arithmetic.convolve(sizes, photos, from + first * sizes.photo(), kernels.data(), epilogue, room, to + at);
      }
    });
  }

 private:
  const bool relu_;
};

/**
 * From photos, kernel, the gradient of the results, what is added to that of photos (or nothing) and, if the gradient is
 * that of what results have been normalised to, the results and their shares (or nothing) to both gradients.
 */
class Convolve3x3Gradient {
 public:
  explicit Convolve3x3Gradient(const Attributes &attributes) : gated_(attributes.flag("gated")) {}

  void compute(const Call &call) const {
    const Tensor photos = call.input(0), kernel = call.input(1);
    const Sizes sizes = sizes_of(photos.shape, kernel.shape);
    float *to = call.output(0, photos.shape), *to_kernel = call.output(1, kernel.shape);
    if (!to) {
      std::fill_n(to_kernel, kernel.count(), 0.0f);
      return;
    }
    const Beside beside(call.input(3), photos.shape);
    const Arithmetic &arithmetic = arithmetic_for(sizes);
    Room kernels(arithmetic.places() * sizes.weights());
    transform_all(arithmetic, {kernel.data(), sizes.filters, sizes.channels, true}, kernels.data());
    const Given given{photos.data(), call.input(2).data(), call.input(4).data(), call.input(5).data(), gated_};
    const bool few = arithmetic.room(sizes, sizes.photos) <= FEW;
    (few ? by_places : by_photos)(sizes, arithmetic, given, beside, kernels.data(), to, to_kernel);
  }

 private:
  /** Up to so many transformed numbers, all photos are transformed before anything is multiplied. */
  static constexpr int64_t FEW = 1 << 21;

  /** The first photo of each part in which a batch is summed, and behind them the number of photos. */
  static std::vector<int64_t> starts_of(const Sizes &sizes, const Arithmetic &arithmetic) {
    const int64_t some = photos_at_once(arithmetic, sizes), groups = (sizes.photos + some - 1) / some;
    const int64_t parts = std::min(groups, parts_of(arithmetic.places() * sizes.weights()));
    std::vector<int64_t> starts;
    for (int64_t part = 0; part <= parts; part++) starts.push_back(std::min(sizes.photos, groups * part / parts * some));
    return starts;
  }

  static Given from(const Given &given, const Sizes &sizes, int64_t photo) {
    const int64_t result = photo * sizes.result();
    return {given.photos + photo * sizes.photo(),
            given.gradients + result,
            given.results ? given.results + result : nullptr,
            given.shares,
            given.gated};
  }

  /** Some photos at a time, in the nearer caches. */
  static void by_photos(const Sizes &sizes, const Arithmetic &arithmetic, const Given &given, const Beside &beside,
                        const float *kernels, float *to, float *to_kernel) {
    const std::vector<int64_t> starts = starts_of(sizes, arithmetic);
    const int64_t some = photos_at_once(arithmetic, sizes), values = arithmetic.places() * sizes.weights();
    const int64_t parts = starts.size() - 1;
    Room sums(values * parts);
    share_out(parts, steps_of(sizes) * 2 * sizes.photos / parts, [&](int64_t part, int64_t end) {
      float *room = own_room(arithmetic.room(sizes, some));
      for (; part < end; part++) {
        for (int64_t first = starts[part]; first < starts[part + 1]; first += some) {
          const int64_t photos = std::min(some, starts[part + 1] - first);
          arithmetic.gradients(sizes, photos, from(given, sizes, first), kernels, first > starts[part], room,
                               sums.data() + part * values, to + first * sizes.photo());
          beside.add(first, photos, to + first * sizes.photo());
        }
      }
    });
    write_kernels(sizes, arithmetic, sums.data(), parts, to_kernel);
  }

  /** One place of all tiles at a time: maps have few tiles, and kernels are large. */
  static void by_places(const Sizes &sizes, const Arithmetic &arithmetic, const Given &given, const Beside &beside,
                        const float *kernels, float *to, float *to_kernel) {
    const int64_t places = arithmetic.places(), photos = sizes.photos;
    Room all_photos(places * arithmetic.plane(sizes, photos, sizes.channels));
    Room all_gradients(places * arithmetic.plane(sizes, photos, sizes.filters)), sums(places * sizes.weights());
    const Transformed all{all_photos.data(), all_gradients.data(), kernels};
    const std::vector<int64_t> starts = starts_of(sizes, arithmetic);
    share_out(photos, steps_of(sizes), [&](int64_t k, int64_t end) {
      const int64_t at = k * arithmetic.tiles(sizes);
      arithmetic.transform(sizes, end - k, from(given, sizes, k), all_photos.data() + at * sizes.channels,
                           all_gradients.data() + at * sizes.filters);
    });
    share_out(places, steps_of(sizes) * photos / places, [&](int64_t place, int64_t end) {
      float *part = own_room(sizes.weights());
      for (; place < end; place++) arithmetic.multiply(sizes, all, starts, place, part, sums.data());
    });
    share_out(photos, steps_of(sizes), [&](int64_t k, int64_t end) {
      const float *from = all.photos + k * arithmetic.tiles(sizes) * sizes.channels;
      arithmetic.write_photos(sizes, end - k, from, to + k * sizes.photo());
      beside.add(k, end - k, to + k * sizes.photo());
    });
    write_kernels(sizes, arithmetic, sums.data(), 1, to_kernel);
  }

  static void write_kernels(const Sizes &sizes, const Arithmetic &arithmetic, const float *sums, int64_t parts,
                            float *to) {
    share_out(sizes.channels, sizes.filters * arithmetic.places() * parts, [&](int64_t k, int64_t end) {
      for (; k < end; k++) arithmetic.write_kernels(sizes, sums, parts, k, to);
    });
  }

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

  const bool gated_;
};

const Op<Convolve3x3> convolve_3x3(
    "HumanAgeConvolve3x3",
    {"photos: float", "kernel: float", "bias: float", "shortcut: float"},
    {"results: float"},
    {"relu: bool"});

const Op<Convolve3x3Gradient> convolve_3x3_gradient(
    "HumanAgeConvolve3x3Gradient",
    {"photos: float", "kernel: float", "gradient: float", "beside: float", "results: float", "shares: float"},
    {"grad_photos: float", "grad_kernel: float"},
    {"gated: bool"});

}  // namespace
