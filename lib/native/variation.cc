// A TensorFlow op that varies photos: moves their pixels, changes brightness and contrast, and paints a rectangle over
// them, in one pass. Set-up compiles this file; variation.ts calls it and says what it is for.

#include <algorithm>
#include <cmath>

#include "ops.h"
#include "processors.h"
#include "share_out.h"

namespace {

constexpr int64_t COLOURS = 3;

/** The numbers that say how a photo is varied, in their order. */
struct Plan {
  /** Where a pixel comes from: its x is a[0] x + a[1] y + a[2], its y the same of b. */
  float a[3], b[3];
  float gain, offset;
  float left, top, right, bottom, grey;
};

constexpr int64_t NUMBERS = sizeof(Plan) / sizeof(float);

/** The colours of a pixel, and one number more, so that they fill a vector. */
typedef float Four __attribute__((vector_size(16), aligned(4), may_alias));

/** Where a coordinate lies in a photo that goes on beyond its rim as its mirror image, `dcba|abcd|dcba`. */
inline float reflected(float at, int64_t length) {
  const int64_t twice = 2 * length;
  if (at < 0) {
    at += twice * int64_t(-at / twice);
    at = at < -length ? at + twice : -at - 1;
  } else if (at > length - 1) {
    at -= twice * int64_t(at / twice);
    if (at >= length) at = twice - at - 1;
  }
  return std::clamp<float>(at, 0, length - 1);
}

inline Four load(const float *pixel, bool all) {
  return all ? *(const Four *)pixel : Four{pixel[0], pixel[1], pixel[2], 0};
}

FOR_EACH_PROCESSOR
void vary(const float *photo, const Plan &plan, int64_t height, int64_t width, float *to) {
  const int64_t last = height * width - 1;
  const Four zero{}, one = zero + 1, gain = zero + plan.gain, offset = zero + plan.offset, grey = zero + plan.grey;
  for (int64_t y = 0, k = 0; y < height; y++) {
    const bool in_rows = y >= plan.top && y < plan.bottom;
    for (int64_t x = 0; x < width; x++, k++, to += COLOURS) {
      Four value = grey;
      if (!(in_rows && x >= plan.left && x < plan.right)) {
        const float from_x = reflected(plan.a[0] * x + plan.a[1] * y + plan.a[2], width);
        const float from_y = reflected(plan.b[0] * x + plan.b[1] * y + plan.b[2], height);
        const int64_t column = int64_t(from_x), row = int64_t(from_y), at = row * width + column;
        const float right = from_x - column, below = from_y - row;
        // beyond the last column or row the share is 0
        const int64_t next = column + 1 < width ? 1 : 0, under = row + 1 < height ? width : 0;
        const bool inside = at + under + next < last;
        const float *pixel = photo + at * COLOURS;
        const Four upper = load(pixel, inside) * (1 - right) + load(pixel + next * COLOURS, inside) * right;
        const float *lower_pixel = pixel + under * COLOURS;
        const Four lower = load(lower_pixel, inside) * (1 - right) + load(lower_pixel + next * COLOURS, inside) * right;
        value = (upper * (1 - below) + lower * below) * gain + offset;
      }
      value = value > zero ? value : zero;
      value = value < one ? value : one;
      if (k < last) *(Four *)to = value;  // the fourth number is overwritten by the next pixel
      else for (int64_t colour = 0; colour < COLOURS; colour++) to[colour] = value[colour];
    }
  }
}

/** From photos `[n, height, width, 3]` and plans `[n, 13]` to photos. */
class Vary {
 public:
  explicit Vary(const Attributes &) {}

  void compute(const Call &call) const {
    const Tensor photos = call.input(0), plans = call.input(1);
    const Shape &shape = photos.shape;
    const bool fits = shape.axes() == 4 && shape[3] == COLOURS && plans.count() == shape[0] * NUMBERS;
    require(fits, "needs photos of three colours, and 13 numbers for each");
    const int64_t height = shape[1], width = shape[2], photo = height * width * COLOURS;
    const float *from = photos.data();
    const Plan *own = reinterpret_cast<const Plan *>(plans.data());
    float *to = call.output(0, shape);
    share_out(shape[0], photo * 8, [&](int64_t k, int64_t end) {
      for (; k < end; k++) vary(from + k * photo, own[k], height, width, to + k * photo);
    });
  }
};

const Op<Vary> vary_photos(
    "HumanAgeVary",
    {"photos: float", "plans: float"},
    {"varied: float"},
    {});

}  // namespace
