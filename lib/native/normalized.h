// The gradients of values, made of those after their normalisation.
#pragma once

#include "vectors.h"

/**
 * What LANES channels' gradients are made of: the factors of the gradient after normalisation and of the value, a summand,
 * and the offset of normalisation, whose factor is the first.
 */
template <int LANES>
struct Shares {
  using Floats = typename Many<LANES>::Floats;
  using Ints = typename Many<LANES>::Ints;
  Floats of_gradient, of_value, of_all, offset;

  Shares() = default;
  /** @param shares `[4, channels]`, from a channel on */
  ALWAYS Shares(const float *shares, int64_t channels)
      : of_gradient(*(const Floats *)shares),
        of_value(*(const Floats *)(shares + channels)),
        of_all(*(const Floats *)(shares + 2 * channels)),
        offset(*(const Floats *)(shares + 3 * channels)) {}

  /** @param gated whether the gradient counts only where normalisation gives more than 0 */
  ALWAYS Floats gradient(const Floats &after, const Floats &value, bool gated) const {
    Floats own = after;
    if (gated) own = (Floats)((Ints)own & (value * of_gradient + offset > Floats{}));
    return own * of_gradient + (value * of_value + of_all);
  }
};
