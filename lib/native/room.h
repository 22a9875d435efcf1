// Memory that begins at a cache line, so that a vector never spans two.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>

/** The numbers of a cache line. */
constexpr int64_t LINE = 64 / sizeof(float);

/** The first number from here on that begins a cache line. */
inline float *at_line(float *numbers) {
  return numbers + (LINE - reinterpret_cast<uintptr_t>(numbers) / sizeof(float) % LINE) % LINE;
}

/** Numbers not set to anything. */
class Room {
 public:
  explicit Room(int64_t count) : memory_(new float[count + LINE]), start_(at_line(memory_.get())) {}
  float *data() { return start_; }

 private:
  std::unique_ptr<float[]> memory_;
  float *start_;
};

/** Numbers that are 0. */
class Zeros : public Room {
 public:
  explicit Zeros(int64_t count) : Room(count) { std::fill_n(data(), count, 0.0f); }
};
