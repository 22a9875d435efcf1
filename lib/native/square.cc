// Squares as Pillow makes them, to the last bit: Resample.c of Pillow 12.3, filter BICUBIC, 8 bits a value.
// Set-up compiles this file; resize_ffi.ts calls it and says what it is for.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <memory>
#include <vector>

#include "processors.h"
#include "tensorflow/core/lib/jpeg/jpeg_mem.h"

namespace {

struct Pixel {
  uint8_t red, green, blue;
};

using Pixels = std::unique_ptr<Pixel[]>;

/** Weights are whole numbers, 1 being 2^22: a sum of bytes by weights stays within 32 bits. */
constexpr int BITS = 22;

/** Which lines of a photo a new line is the weighted sum of: the first, and the weights from there on. */
struct Window {
  int first;
  std::vector<int32_t> weights;
};

/** Where a photo lies in the black square of `before` lines: `length` lines from `start` on. */
struct Placement {
  int before, start, length;
};

/** In the middle, as `placeInSquare()` in padding.ts has it. */
Placement in_the_middle(int length, int before) { return {before, (before - length) / 2, length}; }

/** Keys' cubic with a = -0.5. R. Keys, Cubic convolution interpolation, 1981, equation 15. */
double cubic(double x) {
  constexpr double a = -0.5;
  x = std::fabs(x);
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * a;
  return 0;
}

/**
 * The window of one new line. Shrinking widens the cubic, lest lines be left out. The lines of the bars
 * are black: they have their share of the weights, and add nothing.
 */
Window window(int line, double scale, const Placement &photo) {
  const double width = std::max(scale, 1.0), reach = 2 * width, centre = (line + 0.5) * scale;
  const auto weight = [&](int k) { return cubic((k - centre + 0.5) * (1 / width)); };
  const int first = std::max(0, int(centre - reach + 0.5));
  const int end = std::min(photo.before, int(centre + reach + 0.5));
  double sum = 0;
  for (int k = first; k < end; k++) sum += weight(k);
  const int from = std::max(first, photo.start), to = std::min(end, photo.start + photo.length);
  Window found{from - photo.start, {}};
  found.weights.reserve(end - first);
  for (int k = from; k < to; k++) {
    found.weights.push_back(std::lround(weight(k) / sum * (1 << BITS)));
  }
  return found;
}

std::vector<Window> windows(const Placement &photo, int side) {
  std::vector<Window> all;
  all.reserve(side);
  for (int line = 0; line < side; line++) {
    all.push_back(window(line, double(photo.before) / side, photo));
  }
  return all;
}

/** Makes the new lines, of `size` bytes as the old ones, rounded and cut off below 0 and above 255. */
FOR_EACH_PROCESSOR
void weigh(const uint8_t *lines, int size, const std::vector<Window> &windows, uint8_t *out) {
  std::vector<int32_t> memory(size);
  int32_t *sums = memory.data();
  for (const Window &window : windows) {
    std::fill_n(sums, size, 1 << (BITS - 1));
    const uint8_t *line = lines + int64_t(window.first) * size;
    for (const int32_t weight : window.weights) {
      for (int k = 0; k < size; k++) sums[k] += line[k] * weight;
      line += size;
    }
    for (int k = 0; k < size; k++) out[k] = std::min(std::max(sums[k] >> BITS, 0), 255);
    out += size;
  }
}

Pixels weigh(const Pixels &lines, int length, const std::vector<Window> &windows) {
  Pixels out(new Pixel[windows.size() * length]);
  weigh(&lines[0].red, length * 3, windows, &out[0].red);
  return out;
}

/**
 * Exchanges rows and columns, some rows at a time: they stay in the cache. A pixel is copied with the byte
 * that follows, which the next pixel takes the place of: one copy of four bytes instead of two of three.
 */
Pixels turn(const Pixel *picture, int width, int height) {
  constexpr int SOME = 32;
  Pixels out(new Pixel[int64_t(width) * height]);
  for (int top = 0; top < height; top += SOME) {
    const int last = std::min(top + SOME, height) - 1;
    for (int x = 0; x < width; x++) {
      const Pixel *from = picture + int64_t(top) * width + x;
      Pixel *to = &out[int64_t(x) * height + top];
      for (int y = top; y < last; y++, from += width, to++) std::memcpy(to, from, 4);
      *to = *from;
    }
  }
  return out;
}

}  // namespace

/**
 * Centres a photo in a black square and resizes that to `side` pixels.
 *
 * Both directions are resized as rows, since whole rows are summed up fastest: the photo is turned, its
 * columns are resized, and it is turned back.
 *
 * @param photo `width * height * 3` bytes
 * @param square takes `side * side * 3` bytes
 */
extern "C" void resize_to_square(const uint8_t *photo, int width, int height, int side, uint8_t *square) {
  const int before = std::max(width, height);
  const auto across = windows(in_the_middle(width, before), side);
  const auto down = windows(in_the_middle(height, before), side);
  const Pixels turned = turn(reinterpret_cast<const Pixel *>(photo), width, height);
  const Pixels narrow = weigh(turned, height, across);
  const Pixels upright = turn(narrow.get(), height, side);
  weigh(&upright[0].red, side * 3, down, square);
}

/**
 * The same from a JPEG file, decoded by what the op DecodeJpeg calls, too; its orientation is not heeded.
 *
 * @return whether the file could be decoded
 */
extern "C" bool jpeg_to_square(const uint8_t *file, int size, int side, uint8_t *square) {
  tensorflow::jpeg::UncompressFlags flags;
  flags.components = 3;
  flags.dct_method = JDCT_ISLOW;
  int width, height;
  const std::unique_ptr<uint8_t[]> photo(
      tensorflow::jpeg::Uncompress(file, size, flags, &width, &height, nullptr, nullptr));
  if (photo) resize_to_square(photo.get(), width, height, side, square);
  return photo != nullptr;
}
