// What is added to the gradients of photos, as they are made: those of a shortcut beside a convolution.
#pragma once

#include "ops.h"
#include "vectors.h"

/** Numbers of every pixel of photos, or of every so-manieth of their rows and columns; null for nothing. */
struct Beside {
  const float *values;
  int64_t height, width, channels, step;

  Beside(const Tensor &beside, const Shape &photos)
      : values(beside.data()),
        height(photos[1]),
        width(photos[2]),
        channels(photos[3]),
        step(values ? (height + beside.shape[1] - 1) / beside.shape[1] : 1) {
    require(!values || beside.shape == Shape{photos[0], rows(), columns(), channels},
            "what is to be added has not the photos' shape");
  }

  int64_t rows() const { return (height + step - 1) / step; }
  int64_t columns() const { return (width + step - 1) / step; }

  /** Adds those of some photos to what is there. @param to the first of these photos */
  void add(int64_t first, int64_t count, float *to) const {
    if (!values) return;
    const float *from = values + first * rows() * columns() * channels;
    if (step == 1) return add_to(to, from, count * height * width * channels);
    for (int64_t photo = 0; photo < count; photo++, to += height * width * channels)
      for (int64_t y = 0; y < height; y += step)
        for (int64_t x = 0; x < width; x += step, from += channels) add_to(to + (y * width + x) * channels, from, channels);
  }
};
