// Products of matrices, of which every number is one chain of fused multiplications and additions, step after step. How
// the work is cut into blocks, and how many numbers the processor handles at once, changes no bit.
//
// LANES is how many float32 the processor handles at once.
#pragma once

#include <algorithm>
#include <cstdint>

#include "vectors.h"

/** A factor of a product: where it starts, and how far its rows and its steps are apart. */
struct Factor {
  const float *values;
  int64_t row, step;
  /** How many times it takes all steps, each time from so much behind the last one on. */
  int64_t runs = 1, jump = 0;
};

/** A matrix `[steps, columns]`, or one that is turned, `[columns, steps]`. */
struct Matrix {
  const float *values;
  int64_t steps, columns;
  bool is_turned;
};

/**
 * Copies `count` columns of a matrix, as multiply() reads a factor fastest: `[count / LANES, steps, LANES]`, with zeros
 * for columns that there are not.
 */
template <int LANES>
ALWAYS void pack(const Matrix &m, int64_t column, int64_t count, float *packed) {
  for (int64_t first = column; first < column + count; first += LANES) {
    const int64_t own = std::clamp<int64_t>(m.columns - first, 0, LANES);
    for (int64_t step = 0; step < m.steps; step++, packed += LANES) {
      for (int64_t k = 0; k < own; k++) {
        packed[k] = m.is_turned ? m.values[(first + k) * m.steps + step] : m.values[step * m.columns + first + k];
      }
      std::fill_n(packed + own, LANES - own, 0.0f);
    }
  }
}

/** ROWS by COLUMNS vectors of a product of matrices, added to what is there or in place of it. */
template <int LANES, int ROWS, int COLUMNS, int ROW>
ALWAYS void multiply_block(Factor a, Factor b, int64_t steps, bool add, float *to, int64_t row) {
  using Floats = typename Many<LANES>::Floats;
  Floats sum[ROWS][COLUMNS];
#pragma GCC unroll 16
  for (int r = 0; r < ROWS; r++)
#pragma GCC unroll 4
    for (int c = 0; c < COLUMNS; c++) sum[r][c] = add ? *(const Floats *)(to + r * row + c * LANES) : Floats{};
  // every third row has a pointer, so that the processor finds the others without computing
  const int64_t a_row = ROW ? ROW : a.row;
  const float *rows[(ROWS + 2) / 3];
  for (int r = 0; r < ROWS; r += 3) rows[r / 3] = a.values + r * a_row;
  for (int64_t run = 0; run < a.runs; run++) {
    for (int64_t step = 0; step < steps; step++) {
      Floats values[COLUMNS];
#pragma GCC unroll 4
      for (int c = 0; c < COLUMNS; c++) values[c] = *(const Floats *)(b.values + c * b.row);
#pragma GCC unroll 16
      for (int r = 0; r < ROWS; r++) {
        Floats value;
        Many<LANES>::spread(rows[r / 3][r % 3 * a_row], value);
#pragma GCC unroll 4
        for (int c = 0; c < COLUMNS; c++) Many<LANES>::add_product(sum[r][c], value, values[c]);
      }
#pragma GCC unroll 8
      for (int r = 0; r < (ROWS + 2) / 3; r++) rows[r] += a.step;
      b.values += b.step;
    }
#pragma GCC unroll 8
    for (int r = 0; r < (ROWS + 2) / 3; r++) rows[r] += a.jump;
  }
#pragma GCC unroll 16
  for (int r = 0; r < ROWS; r++)
#pragma GCC unroll 4
    for (int c = 0; c < COLUMNS; c++) *(Floats *)(to + r * row + c * LANES) = sum[r][c];
}

template <int LANES, int COLUMNS, int ROW>
ALWAYS void multiply_rows(Factor a, Factor b, int64_t rows, int64_t steps, bool add, float *to, int64_t row) {
  constexpr int MOST = LANES == 16 ? 12 : 6;  // as many as the registers hold
  const int64_t a_row = ROW ? ROW : a.row;
  int64_t r = 0;
  const auto next = [&](int count) { r += count, a.values += count * a_row, to += count * row; };
  for (; r + MOST <= rows; next(MOST)) multiply_block<LANES, MOST, COLUMNS, ROW>(a, b, steps, add, to, row);
  if (LANES == 16) {
    for (; r + 9 <= rows; next(9)) multiply_block<LANES, 9, COLUMNS, ROW>(a, b, steps, add, to, row);
  }
  for (; r + 4 <= rows; next(4)) multiply_block<LANES, 4, COLUMNS, ROW>(a, b, steps, add, to, row);
  for (; r + 3 <= rows; next(3)) multiply_block<LANES, 3, COLUMNS, ROW>(a, b, steps, add, to, row);
  for (; r + 2 <= rows; next(2)) multiply_block<LANES, 2, COLUMNS, ROW>(a, b, steps, add, to, row);
  for (; r < rows; next(1)) multiply_block<LANES, 1, COLUMNS, ROW>(a, b, steps, add, to, row);
}

/** The product of matrices, `[rows, runs * steps]` by `[runs * steps, columns]`; `b.row` is from LANES columns to the next. */
template <int LANES, int ROW>
ALWAYS void multiply(Factor a, Factor b, int64_t rows, int64_t columns, int64_t steps, bool add, float *to,
                     int64_t row) {
  int64_t c = 0;
  for (; c + 2 * LANES <= columns; c += 2 * LANES, b.values += 2 * b.row) {
    multiply_rows<LANES, 2, ROW>(a, b, rows, steps, add, to + c, row);
  }
  for (; c < columns; c += LANES, b.values += b.row) {
    multiply_rows<LANES, 1, ROW>(a, b, rows, steps, add, to + c, row);
  }
}
