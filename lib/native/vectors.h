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

#if defined(__x86_64__)
  /** Reads bytes as numbers, which GCC 12 would do one by one. */
  static ALWAYS void read_bytes(const uint8_t *from, Ints &to) {
    asm("vpmovzxbd %1, %0" : "=v"(to) : "m"(*(const Bytes *)from));
  }

  /** Reads a number into all lanes. */
  static ALWAYS void spread(const float &value, Floats &to) { asm("vbroadcastss %1, %0" : "=v"(to) : "m"(value)); }

  /**
   * Adds products to sums, each rounded once. It is the instruction itself, because compilers are free to fuse a
   * multiplication and an addition or not to, and results would depend on which one has compiled this.
   */
  static ALWAYS void add_product(Floats &sum, const Floats &a, const Floats &b) {
    Floats own = sum;  // a variable of its own can stay in a register
    asm("vfmadd231ps %2, %1, %0" : "+v"(own) : "v"(a), "v"(b));
    sum = own;
  }
#else
  // for other architectures, code that calls these is compiled and left out
  static void read_bytes(const uint8_t *from, Ints &to);
  static void spread(const float &value, Floats &to);
  static void add_product(Floats &sum, const Floats &a, const Floats &b);
#endif
};

/** Adds numbers to others. */
ALWAYS void add_to(float *to, const float *numbers, int64_t count) {
  for (int64_t k = 0; k < count; k++) to[k] += numbers[k];
}
