// The processors that hot functions are compiled for. Whichever version runs, the bits are the same: what is compiled
// here never fuses a multiplication and an addition (`-ffp-contract=off`), but where add_product() of vectors.h says so,
// and no sum depends on how many numbers are handled at once.
#pragma once

#include <cstdlib>
#include <string_view>

/** Marks a function to be compiled several times. The best version is chosen when the library is loaded. */
#if defined(__x86_64__) && defined(__linux__) && defined(__GNUC__) && __GNUC__ >= 12 && !defined(__clang__)
#define FOR_EACH_PROCESSOR __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#elif defined(__x86_64__) && defined(__linux__)
#define FOR_EACH_PROCESSOR __attribute__((target_clones("avx2", "default")))
#else
#define FOR_EACH_PROCESSOR
#endif

/** Mark a function that calls add_product(), which not all processors have an instruction for. */
#if defined(__x86_64__)
#define AVX512 __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma")))
#define AVX2 __attribute__((target("avx2,fma")))
#endif

/**
 * The functions of a kind of processor: those for AVX-512 or for AVX2; null if this one has neither. A test sets
 * HUMAN_AGE_VECTORS to `avx2` or `none`: to see that a processor with AVX-512 gives the same bits with either, and what
 * one with neither comes to.
 */
template <typename Functions>
Functions *for_this_processor(Functions *avx512, Functions *avx2) {
#if defined(__x86_64__)
  const char *set = std::getenv("HUMAN_AGE_VECTORS");
  const std::string_view vectors = set ? set : "";
  const bool has_avx512 = __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
  if (vectors == "none") return nullptr;
  if (has_avx512 && vectors != "avx2") return avx512;
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return avx2;
#endif
  return nullptr;
}
