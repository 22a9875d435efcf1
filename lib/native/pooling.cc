// Max pooling, 2x2 with strides of 2, as a pair of ops of TensorFlow that heeds the ReLU before it.
// Compiled by set-up; called by kernels.ts, which says what it is for.

#include <algorithm>
#include <cstring>
#include <limits>
#include <vector>

#include "for_each_processor.h"
#include "ops.h"

#if defined(__x86_64__)
#include <emmintrin.h>
#endif

namespace {

/** Sizes of pooled maps, and of the maps before, of which an odd last row or column is left out. */
struct Sizes {
  int64_t photos, height, width, maps, rows, columns;
  int64_t line() const { return width * maps; }
  int64_t line_before() const { return columns * maps; }
};

/** Does work for each photo, shared out among the threads of an op. */
template <typename Work>
void for_each_photo(OpKernelContext *context, const Sizes &sizes, const Work &work) {
  share_out(context, sizes.photos, sizes.rows * sizes.line_before(), [&](int64_t from, int64_t to) {
    for (int64_t photo = from; photo < to; photo++) work(photo);
  });
}

/**
 * Pools four values of each map into one; of equal values the first is taken. Such loops are written for the
 * compiler, which does 8 maps at once.
 */
template <int BLOCK>
inline void pool(const float *__restrict a, const float *__restrict b, const float *__restrict c,
                 const float *__restrict d, float least, float *__restrict pooled,
                 uint8_t *__restrict places) {
  for (int k = 0; k < BLOCK; k++) {
    const float upper = std::max(a[k], b[k]), lower = std::max(c[k], d[k]);
    const int32_t first = b[k] > a[k] ? 1 : 0, second = d[k] > c[k] ? 3 : 2;
    const float greatest = std::max(upper, lower);
    const int32_t place = lower > upper ? second : first;
    pooled[k] = greatest;
    places[k] = uint8_t(greatest > least ? place : NOWHERE);
  }
}

/** Puts gradients where the values came from, zeros elsewhere, and adds them to the sums. */
inline void unpool(int maps, const float *gradient, const uint8_t *places, float *const to[4], float *sums) {
  for (int k = 0; k < maps; k++) {
    for (int place = 0; place < 4; place++) to[place][k] = places[k] == place ? gradient[k] : 0;
    if (places[k] != NOWHERE) sums[k] += gradient[k];
  }
}

#if defined(__x86_64__)
/**
 * The same for four maps at once, past the cache, in which so much would not stay: half the time. The maps
 * are a multiple of four, and the memory begins at a multiple of 16 bytes.
 */
inline void unpool_in_fours(int maps, const float *gradient, const uint8_t *places, float *const to[4],
                            float *sums) {
  const __m128i zero = _mm_setzero_si128(), nowhere = _mm_set1_epi32(NOWHERE);
  for (int k = 0; k < maps; k += 4) {
    int32_t four;
    std::memcpy(&four, places + k, sizeof four);
    const __m128i bytes = _mm_unpacklo_epi8(_mm_cvtsi32_si128(four), zero);
    const __m128i place = _mm_unpacklo_epi16(bytes, zero);
    const __m128 values = _mm_loadu_ps(gradient + k);
    for (int p = 0; p < 4; p++) {
      const __m128i here = _mm_cmpeq_epi32(place, _mm_set1_epi32(p));
      _mm_stream_ps(to[p] + k, _mm_and_ps(values, _mm_castsi128_ps(here)));
    }
    const __m128 cut = _mm_castsi128_ps(_mm_cmpeq_epi32(place, nowhere));
    _mm_storeu_ps(sums + k, _mm_add_ps(_mm_loadu_ps(sums + k), _mm_andnot_ps(cut, values)));
  }
}
#endif

/** Two lines into one. */
template <int BLOCK>
inline void pool_lines(const float *above, const float *below, const Sizes &sizes, float least,
                       float *pooled, uint8_t *places) {
  const int64_t maps = sizes.maps;
  for (int64_t column = 0; column < sizes.width; column++) {
    for (int64_t k = 0; k < maps; k += BLOCK) {
      pool<BLOCK>(above + k, above + maps + k, below + k, below + maps + k, least, pooled + k, places + k);
    }
    above += 2 * maps, below += 2 * maps, pooled += maps, places += maps;
  }
}

FOR_EACH_PROCESSOR
void pool_lines(const float *above, const float *below, const Sizes &sizes, float least, float *pooled,
                uint8_t *places) {
  if (sizes.maps % 16 == 0) pool_lines<16>(above, below, sizes, least, pooled, places);
  else pool_lines<1>(above, below, sizes, least, pooled, places);
}

/** One line into two. */
void unpool_lines(const float *gradient, const uint8_t *places, const Sizes &sizes, float *above,
                  float *below, float *sums) {
  const int64_t maps = sizes.maps;
  auto *one = unpool;
#if defined(__x86_64__)
  if (maps % 4 == 0 && reinterpret_cast<uintptr_t>(above) % 16 == 0) one = unpool_in_fours;
#endif
  for (int64_t column = 0; column < sizes.width; column++) {
    float *const to[4] = {above, above + maps, below, below + maps};
    one(maps, gradient, places, to, sums);
    above += 2 * maps, below += 2 * maps, gradient += maps, places += maps;
  }
  if (sizes.columns % 2) {
    std::fill_n(above, maps, 0.0f);
    std::fill_n(below, maps, 0.0f);
  }
}

/** Values `[n, rows, columns, maps]` to the greatest of each four, and the places of these, 0 to 4. */
class MaxPool : public OpKernel {
 public:
  explicit MaxPool(OpKernelConstruction *context) : OpKernel(context) {
    OP_REQUIRES_OK(context, context->GetAttr("relu", &relu_));
  }

  void Compute(OpKernelContext *context) override {
    const Tensor &values = context->input(0);
    const TensorShape &shape = values.shape();
    const Sizes sizes{shape.dim_size(0), shape.dim_size(1) / 2, shape.dim_size(2) / 2,
                      shape.dim_size(3), shape.dim_size(1),     shape.dim_size(2)};
    Tensor *pooled, *places;
    const TensorShape small({sizes.photos, sizes.height, sizes.width, sizes.maps});
    OP_REQUIRES_OK(context, context->allocate_output(0, small, &pooled));
    OP_REQUIRES_OK(context, context->allocate_output(1, small, &places));
    const float *from = values.flat<float>().data();
    float *to = pooled->flat<float>().data();
    uint8_t *to_places = places->flat<uint8_t>().data();
    const float least = relu_ ? 0 : -std::numeric_limits<float>::infinity();
    for_each_photo(context, sizes, [&](int64_t photo) {
      for (int64_t y = 0; y < sizes.height; y++) {
        const float *above = from + (photo * sizes.rows + 2 * y) * sizes.line_before();
        const int64_t line = (photo * sizes.height + y) * sizes.line();
        pool_lines(above, above + sizes.line_before(), sizes, least, to + line, to_places + line);
      }
    });
  }

 private:
  bool relu_;
};

/** Gradients and places back to gradients `[n, rows, columns, maps]`, and their sums by map, `[maps]`. */
class MaxPoolGradient : public OpKernel {
 public:
  explicit MaxPoolGradient(OpKernelConstruction *context) : OpKernel(context) {
    OP_REQUIRES_OK(context, context->GetAttr("rows", &rows_));
    OP_REQUIRES_OK(context, context->GetAttr("columns", &columns_));
  }

  void Compute(OpKernelContext *context) override {
    const Tensor &gradient = context->input(0), &places = context->input(1);
    const TensorShape &shape = gradient.shape();
    const Sizes sizes{shape.dim_size(0), shape.dim_size(1), shape.dim_size(2),
                      shape.dim_size(3), rows_,             columns_};
    Tensor *values, *sums;
    const TensorShape large({sizes.photos, sizes.rows, sizes.columns, sizes.maps});
    OP_REQUIRES_OK(context, context->allocate_output(0, large, &values));
    OP_REQUIRES_OK(context, context->allocate_output(1, TensorShape({sizes.maps}), &sums));
    // by photo, and added up in their order: the same bits with any number of threads
    std::vector<double> by_photo(sizes.photos * sizes.maps);
    for_each_photo(context, sizes, [&](int64_t photo) {
      back(gradient.flat<float>().data(), places.flat<uint8_t>().data(), sizes, photo,
           values->flat<float>().data(), &by_photo[photo * sizes.maps]);
    });
    for (int64_t map = 0; map < sizes.maps; map++) {
      double sum = 0;
      for (int64_t photo = 0; photo < sizes.photos; photo++) sum += by_photo[photo * sizes.maps + map];
      sums->flat<float>()(map) = float(sum);
    }
  }

 private:
  static void back(const float *gradient, const uint8_t *places, const Sizes &sizes, int64_t photo,
                   float *values, double *sums) {
    std::vector<float> line_sums(sizes.maps);
    values += photo * sizes.rows * sizes.line_before();
    for (int64_t y = 0; y < sizes.height; y++) {
      const int64_t line = (photo * sizes.height + y) * sizes.line();
      std::fill(line_sums.begin(), line_sums.end(), 0.0f);
      unpool_lines(gradient + line, places + line, sizes, values, values + sizes.line_before(),
                   line_sums.data());
      for (int64_t map = 0; map < sizes.maps; map++) sums[map] += line_sums[map];
      values += 2 * sizes.line_before();
    }
    if (sizes.rows % 2) std::fill_n(values, sizes.line_before(), 0.0f);
#if defined(__x86_64__)
    _mm_sfence();  // what was written past the cache is there before anyone is told
#endif
  }

  int64_t rows_, columns_;
};

REGISTER_OP("HumanAgeMaxPool")
    .Input("values: float")
    .Output("pooled: float")
    .Output("places: uint8")
    .Attr("relu: bool")
    .SetShapeFn(tensorflow::shape_inference::UnknownShape);

REGISTER_OP("HumanAgeMaxPoolGradient")
    .Input("gradient: float")
    .Input("places: uint8")
    .Output("values: float")
    .Output("sums: float")
    .Attr("rows: int")
    .Attr("columns: int")
    .SetShapeFn(tensorflow::shape_inference::UnknownShape);

REGISTER_KERNEL_BUILDER(Name("HumanAgeMaxPool").Device(tensorflow::DEVICE_CPU), MaxPool);
REGISTER_KERNEL_BUILDER(Name("HumanAgeMaxPoolGradient").Device(tensorflow::DEVICE_CPU), MaxPoolGradient);

}  // namespace
