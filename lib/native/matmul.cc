// A product of matrices, with its bias and ReLU, as a TensorFlow op. Set-up compiles this file; matmul.ts calls it and says
// what it is for. Each number is one chain of fused multiplications and additions, step after step (multiply.h).

#include <vector>

#include "multiply.h"
#include "ops.h"
#include "processors.h"
#include "share_out.h"

namespace {

/** Rows and columns of a product that are worked on at a time. */
constexpr int64_t ROWS = 96, COLUMNS = 32;

struct Product {
  int64_t rows, columns, steps;
  /** `[rows, steps]`, or turned. */
  const float *a;
  /** `[steps, columns]`, or turned. */
  const float *b;
  bool turn_a, turn_b;
  /** Null for none. */
  const float *bias;
  bool relu;
  float *out;
};

/** Makes a tile of the product. */
template <int LANES>
ALWAYS void make_tile(const Product &p, int64_t row, int64_t column, float *packed) {
  const int64_t rows = std::min(ROWS, p.rows - row), columns = std::min(COLUMNS, p.columns - column);
  const Factor a{p.turn_a ? p.a + row : p.a + row * p.steps, p.turn_a ? 1 : p.steps, p.turn_a ? p.rows : 1};
  const bool is_packed = p.turn_b || columns < COLUMNS;
  if (is_packed) pack<LANES>({p.b, p.steps, p.columns, p.turn_b}, column, COLUMNS, packed);
  const Factor b{is_packed ? packed : p.b + column, is_packed ? p.steps * LANES : LANES, is_packed ? LANES : p.columns};
  float sums[ROWS * COLUMNS];
  multiply<LANES, 0>(a, b, rows, COLUMNS, p.steps, false, sums, COLUMNS);
  for (int64_t y = 0; y < rows; y++) {
    float *to = p.out + (row + y) * p.columns + column;
    for (int64_t x = 0; x < columns; x++) {
      const float sum = p.bias ? sums[y * COLUMNS + x] + p.bias[column + x] : sums[y * COLUMNS + x];
      to[x] = p.relu && !(sum > 0) ? 0 : sum;
    }
  }
}

using MakeTile = void(const Product &, int64_t row, int64_t column, float *packed);

#if defined(__x86_64__)
AVX512 void make_tile_16(const Product &p, int64_t row, int64_t column, float *packed) {
  make_tile<16>(p, row, column, packed);
}
AVX2 void make_tile_8(const Product &p, int64_t row, int64_t column, float *packed) {
  make_tile<8>(p, row, column, packed);
}
MakeTile *const make = for_this_processor(&make_tile_16, &make_tile_8);
#else
MakeTile *const make = nullptr;
#endif

/** From `[rows, steps]` and `[steps, columns]`, either perhaps turned, and a bias or nothing, to `[rows, columns]`. */
class MatMul {
 public:
  explicit MatMul(const Attributes &attributes)
      : turn_a_(attributes.flag("turn_a")), turn_b_(attributes.flag("turn_b")), relu_(attributes.flag("relu")) {}

  void compute(const Call &call) const {
    const Tensor a = call.input(0), b = call.input(1), bias = call.input(2);
    require_arithmetic(make);
    require(a.shape.axes() == 2 && b.shape.axes() == 2 && a.shape[turn_a_ ? 0 : 1] == b.shape[turn_b_ ? 1 : 0],
            "the matrices' sizes do not fit together");
    Product p{a.shape[turn_a_ ? 1 : 0], b.shape[turn_b_ ? 0 : 1], a.shape[turn_a_ ? 0 : 1]};
    require(!bias.data() || bias.count() == p.columns, "a bias is to have a number for each column");
    p.a = a.data(), p.b = b.data(), p.turn_a = turn_a_, p.turn_b = turn_b_;
    p.bias = bias.data(), p.relu = relu_, p.out = call.output(0, {p.rows, p.columns});
    const int64_t down = (p.rows + ROWS - 1) / ROWS, across = (p.columns + COLUMNS - 1) / COLUMNS;
    share_out(down * across, p.steps * ROWS * COLUMNS / 8, [&](int64_t tile, int64_t end) {
      std::vector<float> packed(p.steps * COLUMNS);
      for (; tile < end; tile++) make(p, tile / across * ROWS, tile % across * COLUMNS, packed.data());
    });
  }

 private:
  const bool turn_a_, turn_b_, relu_;
};

const Op<MatMul> matmul(
    "HumanAgeMatMul",
    {"a: float", "b: float", "bias: float"},
    {"product: float"},
    {"turn_a: bool", "turn_b: bool", "relu: bool"});

}  // namespace
