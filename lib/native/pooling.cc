// TensorFlow ops for max pooling, 2x2 with strides of 2, and its gradient, which includes the ReLU before it.
// Set-up compiles this file; kernels.ts calls it and says what it is for.

#include <algorithm>
#include <cstring>
#include <limits>
#include <vector>

#include "ops.h"
#include "pooling.h"
#include "share_out.h"

#if defined(__x86_64__)
#include <emmintrin.h>
#endif

namespace {

/** Does work for each photo, spread over the threads of an op. */
template <typename Work>
void for_each_photo(const Pooling &sizes, const Work &work) {
  share_out(sizes.photos, sizes.rows * sizes.line_before(), [&](int64_t from, int64_t to) {
    for (int64_t photo = from; photo < to; photo++) work(photo);
  });
}

/** Writes gradients where the values came from and zeros elsewhere, and adds them to the sums. */
inline void unpool(int channels, const float *gradient, const uint8_t *argmax, float *const to[4], float *sums) {
  for (int k = 0; k < channels; k++) {
    for (int index = 0; index < 4; index++) to[index][k] = argmax[k] == index ? gradient[k] : 0;
    if (argmax[k] != NOWHERE) sums[k] += gradient[k];
  }
}

#if defined(__x86_64__)
/**
 * The same for four channels at once, which halves the time: it writes past the cache, which could not hold so
 * much. The number of channels is a multiple of four, and the memory begins at a multiple of 16 bytes.
 */
inline void unpool_in_fours(int channels, const float *gradient, const uint8_t *argmax, float *const to[4],
                            float *sums) {
  const __m128i zero = _mm_setzero_si128(), nowhere = _mm_set1_epi32(NOWHERE);
  for (int k = 0; k < channels; k += 4) {
    int32_t four;
    std::memcpy(&four, argmax + k, sizeof four);
    const __m128i bytes = _mm_unpacklo_epi8(_mm_cvtsi32_si128(four), zero);
    const __m128i index = _mm_unpacklo_epi16(bytes, zero);
    const __m128 values = _mm_loadu_ps(gradient + k);
    for (int p = 0; p < 4; p++) {
      const __m128i here = _mm_cmpeq_epi32(index, _mm_set1_epi32(p));
      _mm_stream_ps(to[p] + k, _mm_and_ps(values, _mm_castsi128_ps(here)));
    }
    const __m128 cut = _mm_castsi128_ps(_mm_cmpeq_epi32(index, nowhere));
    _mm_storeu_ps(sums + k, _mm_add_ps(_mm_loadu_ps(sums + k), _mm_andnot_ps(cut, values)));
  }
}
#endif

/** Spreads the gradients of one pooled line over the two lines before it. */
void unpool_lines(const float *gradient, const uint8_t *argmax, const Pooling &sizes, float *above,
                  float *below, float *sums) {
  const int64_t channels = sizes.channels;
  auto *one = unpool;
#if defined(__x86_64__)
  if (channels % 4 == 0 && reinterpret_cast<uintptr_t>(above) % 16 == 0) one = unpool_in_fours;
#endif
  for (int64_t column = 0; column < sizes.width; column++) {
    float *const to[4] = {above, above + channels, below, below + channels};
    one(channels, gradient, argmax, to, sums);
    above += 2 * channels, below += 2 * channels, gradient += channels, argmax += channels;
  }
  if (sizes.columns % 2) {
    std::fill_n(above, channels, 0.0f);
    std::fill_n(below, channels, 0.0f);
  }
}

/** From values `[n, rows, columns, channels]` to the greatest of each four and its argmax, 0 to 4. */
class MaxPool {
 public:
  explicit MaxPool(const Attributes &attributes) : relu_(attributes.flag("relu")) {}

  void compute(const Call &call) const {
    const Tensor values = call.input(0);
    const Pooling sizes = pooling_of(values.shape);
    const Shape small{sizes.photos, sizes.height, sizes.width, sizes.channels};
    const float *from = values.data();
    float *to = call.output(0, small);
    uint8_t *to_argmax = call.output<uint8_t>(1, small);
    const float least = relu_ ? 0 : -std::numeric_limits<float>::infinity();
    for_each_photo(sizes, [&](int64_t photo) {
      for (int64_t y = 0; y < sizes.height; y++) {
        const float *above = from + (photo * sizes.rows + 2 * y) * sizes.line_before();
        const int64_t line = (photo * sizes.height + y) * sizes.line();
        pool_lines(above, above + sizes.line_before(), sizes, least, to + line, to_argmax + line);
      }
    });
  }

 private:
  const bool relu_;
};

/** From gradients and argmax to gradients `[n, rows, columns, channels]` and their sums, `[channels]`. */
class MaxPoolGradient {
 public:
  explicit MaxPoolGradient(const Attributes &attributes)
      : rows_(attributes.whole("rows")), columns_(attributes.whole("columns")) {}

  void compute(const Call &call) const {
    const Tensor gradient = call.input(0), argmax = call.input(1);
    const Shape &shape = gradient.shape;
    const Pooling sizes{shape[0], shape[1], shape[2], shape[3], rows_, columns_};
    float *values = call.output(0, {sizes.photos, sizes.rows, sizes.columns, sizes.channels});
    float *sums = call.output(1, {sizes.channels});
    // summed by photo, then in the order of the photos: the same bits with any number of threads
    std::vector<double> by_photo(sizes.photos * sizes.channels);
    for_each_photo(sizes, [&](int64_t photo) {
      back(gradient.data(), argmax.data<uint8_t>(), sizes, photo, values, &by_photo[photo * sizes.channels]);
    });
    for (int64_t channel = 0; channel < sizes.channels; channel++) {
      double sum = 0;
      for (int64_t photo = 0; photo < sizes.photos; photo++) sum += by_photo[photo * sizes.channels + channel];
      sums[channel] = float(sum);
    }
  }

 private:
  static void back(const float *gradient, const uint8_t *argmax, const Pooling &sizes, int64_t photo,
                   float *values, double *sums) {
    std::vector<float> line_sums(sizes.channels);
    values += photo * sizes.rows * sizes.line_before();
    for (int64_t y = 0; y < sizes.height; y++) {
      const int64_t line = (photo * sizes.height + y) * sizes.line();
      std::fill(line_sums.begin(), line_sums.end(), 0.0f);
      unpool_lines(gradient + line, argmax + line, sizes, values, values + sizes.line_before(),
                   line_sums.data());
      for (int64_t channel = 0; channel < sizes.channels; channel++) sums[channel] += line_sums[channel];
      values += 2 * sizes.line_before();
    }
    if (sizes.rows % 2) std::fill_n(values, sizes.line_before(), 0.0f);
#if defined(__x86_64__)
    _mm_sfence();  // what was written past the cache must have arrived before the op ends
#endif
  }

  const int64_t rows_, columns_;
};

const Op<MaxPool> max_pool(
    "HumanAgeMaxPool",
    {"values: float"},
    {"pooled: float", "argmax: uint8"},
    {"relu: bool"});

const Op<MaxPoolGradient> max_pool_gradient(
    "HumanAgeMaxPoolGradient",
    {"gradient: float", "argmax: uint8"},
    {"values: float", "sums: float"},
    {"rows: int", "columns: int"});

}  // namespace
