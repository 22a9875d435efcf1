// Vectors of numbers, an extension of GCC and Clang.
#pragma once

#include <cstdint>

#define ALWAYS inline __attribute__((always_inline))

/** Vectors of LANES numbers. */
template <int LANES>
struct Many {
  typedef float Floats __attribute__((vector_size(4 * LANES), aligned(4), may_alias));
  typedef int32_t Ints __attribute__((vector_size(4 * LANES), aligned(4), may_alias));
  typedef uint8_t Bytes __attribute__((vector_size(LANES), aligned(1), may_alias));
};
