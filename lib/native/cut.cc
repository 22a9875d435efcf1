// Squares cut out of photos, and photos of half the size: the arithmetic of lib/faces/cut_square.ts, step by step, so
// that both give the same bytes. Set-up compiles this file; cut_ffi.ts calls it.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <vector>

#include "processors.h"

namespace {

struct Photo {
  const uint8_t *data;
  int width, height;

  const uint8_t *at(int x, int y) const { return data + 3 * (int64_t(y) * width + x); }
};

/** The whole number below; `std::floor` is a call where processors have no instruction for it. */
inline int floor_of(double value) {
  const int whole = int(value);
  return whole - (value < whole);
}

/** How much each pixel of a line has of the pixels of a square's line: the first of them, and the weights from there on. */
struct Window {
  int first;
  std::vector<double> weights;
};

/** Places along a line of `side` pixels, `each` a pixel, evenly. */
std::vector<double> places_of(int side, int each) {
  std::vector<double> places;
  places.reserve(int64_t(side) * each);
  const double step = 1.0 / each;
  for (int line = 0; line < side; line++) {
    double place = line + step / 2;
    for (int i = 0; i < each; i++, place += step) places.push_back(place);
  }
  return places;
}

/** How many places a pixel of the square is the mean of, along each side. */
int places_each(double scale) { return std::max(1, int(std::ceil(scale - 1e-6))); }

std::vector<Window> windows_of(int side, double scale, double start, int length) {
  const int each = places_each(scale);
  const std::vector<double> places = places_of(side, each);
  const auto place_at = [&](int i) { return scale * places[i] + start - 0.5; };
  std::vector<Window> windows;
  windows.reserve(side);
  for (int k = 0; k < side; k++) {
    const int first = std::floor(place_at(k * each)), last = int(std::floor(place_at((k + 1) * each - 1))) + 1;
    std::vector<double> weights(last - first + 1);
    for (int i = k * each; i < (k + 1) * each; i++) {
      const double place = place_at(i), at = std::floor(place);
      weights[int(at) - first] += (1 - place + at) / each;
      weights[int(at) + 1 - first] += (place - at) / each;
    }
    const int from = std::max(first, 0), to = std::max(from, std::min(last + 1, length));
    const int size = weights.size(), begin = std::min(from - first, size), end = std::min(to - first, size);
    windows.push_back({from, {weights.begin() + begin, weights.begin() + end}});
  }
  return windows;
}

/** A row of a photo, its pixels averaged to those of a square. */
FOR_EACH_PROCESSOR
void weigh_row(const Photo &photo, int row, const std::vector<Window> &windows, double *line) {
  for (const Window &window : windows) {
    double red = 0, green = 0, blue = 0;
    const uint8_t *at = photo.at(window.first, row);
    for (const double weight : window.weights) {
      red += weight * at[0];
      green += weight * at[1];
      blue += weight * at[2];
      at += 3;
    }
    line[0] = red, line[1] = green, line[2] = blue;
    line += 3;
  }
}

FOR_EACH_PROCESSOR
void add_line(const double *line, double weight, int size, double *sums) {
  for (int k = 0; k < size; k++) sums[k] += weight * line[k];
}

/** A square that is not turned: first across, then down. */
void cut_upright(const Photo &photo, double scale, double x, double y, int side, uint8_t *out) {
  const auto across = windows_of(side, scale, x, photo.width), down = windows_of(side, scale, y, photo.height);
  const int size = 3 * side;
  std::size_t most = 1;
  for (const Window &window : down) most = std::max(most, window.weights.size());
  // a row has its place among as many lines as a window is high, and is weighed once
  std::vector<double> lines(most * size), sums(size);
  std::vector<int> held(most, -1);
  for (const Window &window : down) {
    std::fill(sums.begin(), sums.end(), 0.5);  // to be rounded
    int row = window.first;
    for (const double weight : window.weights) {
      double *line = &lines[row % most * size];
      if (held[row % most] != row) weigh_row(photo, row, across, line);
      held[row % most] = row++;
      add_line(line, weight, size, sums.data());
    }
    for (int k = 0; k < size; k++) *out++ = uint8_t(sums[k]);
  }
}

/** Adds the colours at a place at the rim, weighing those of the four pixels around it that there are. */
void add_at_rim(const Photo &photo, double x, double y, double *sum) {
  const double left = std::floor(x), top = std::floor(y), right = x - left, down = y - top;
  if (left < -1 || top < -1 || left >= photo.width || top >= photo.height) return;  // black
  for (int i = 0; i < 4; i++) {
    const int column = int(left) + (i & 1), row = int(top) + (i >> 1);
    if (column < 0 || row < 0 || column >= photo.width || row >= photo.height) continue;  // black
    const double weight = (i & 1 ? right : 1 - right) * (i >> 1 ? down : 1 - down);
    const uint8_t *at = photo.at(column, row);
    for (int c = 0; c < 3; c++) sum[c] += weight * at[c];
  }
}

/** A square that is turned: each pixel the mean of several places, each between four pixels of the photo. */
FOR_EACH_PROCESSOR
void cut_turned(const Photo &photo, double cos, double sin, double x, double y, int side, uint8_t *out) {
  const int each = places_each(std::hypot(cos, sin));
  const double step = 1.0 / each;
  const std::vector<double> places = places_of(side, each);
  for (int row = 0; row < side; row++) {
    for (int column = 0; column < side; column++) {
      double total[3] = {0, 0, 0}, rim[3] = {0, 0, 0};
      for (int i = row * each; i < (row + 1) * each; i++) {
        const double across = sin * places[i], below = cos * places[i];
        for (int j = column * each; j < (column + 1) * each; j++) {
          const double px = cos * places[j] - across + x - 0.5, py = sin * places[j] + below + y - 0.5;
          const int left = floor_of(px), top = floor_of(py);
          if (left < 0 || top < 0 || left >= photo.width - 1 || top >= photo.height - 1) {
            add_at_rim(photo, px, py, rim);
            continue;
          }
          const double r = px - left, d = py - top, l = 1 - r, t = 1 - d;
          const uint8_t *upper = photo.at(left, top), *lower = upper + 3 * photo.width;
          for (int c = 0; c < 3; c++) {
            total[c] += (upper[c] * l + upper[c + 3] * r) * t + (lower[c] * l + lower[c + 3] * r) * d;
          }
        }
      }
      for (int c = 0; c < 3; c++) *out++ = uint8_t((total[c] + rim[c]) * step * step + 0.5);
    }
  }
}

}  // namespace

/**
 * Means of two by two pixels; at an odd rim, of the pixels that are there.
 *
 * @param from `width * height * 3` bytes
 * @param to takes as many for half of each, rounded up
 */
extern "C" void halve(const uint8_t *from, int width, int height, uint8_t *to) {
  const int64_t size = 3 * int64_t(width);
  for (int y = 0; y < height; y += 2) {
    const uint8_t *above = from + y * size, *below = y + 1 < height ? above + size : above;
    for (int x = 0; x < width; x += 2, above += 6, below += 6, to += 3) {
      const int right = x + 1 < width ? 3 : 0;
      for (int c = 0; c < 3; c++) {
        to[c] = (above[c] + above[c + right] + below[c] + below[c + right] + 2) >> 2;
      }
    }
  }
}

/**
 * Cuts a square of `side` pixels out of a photo; black where the photo has no pixels.
 *
 * @param photo `width * height * 3` bytes
 * @param cos, sin, x, y the place (u, v) of the square lies at (cos u - sin v + x, sin u + cos v + y) of the photo
 * @param square takes `side * side * 3` bytes
 */
extern "C" void cut_square(const uint8_t *photo, int width, int height, double cos, double sin, double x, double y,
                           int side, uint8_t *square) {
  const Photo from{photo, width, height};
  if (sin == 0 && cos > 0) {
    cut_upright(from, cos, x, y, side, square);
  } else {
    cut_turned(from, cos, sin, x, y, side, square);
  }
}
