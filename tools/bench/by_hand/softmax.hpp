#pragma once

#include "vectors.hpp"

#include <cmath>

namespace BY_HAND_NAMESPACE {

/// The bias of a column that is no class: its probability is 0.
inline constexpr float no_class = -1e30f;

/// Softmax and cross-entropy of logits [rows, columns], from row `begin` to `end`: the sum of their losses,
/// and deltas = scale * (softmax - one-hot label).
template <int columns>
double softmax_cross_entropy(const float* logits, const std::int32_t* labels, int begin, int end, float scale,
                             float* deltas) {
  constexpr int vectors = columns / lanes;
  double loss = 0;
  for (int row = begin; row < end; ++row) {
    const auto* x = logits + row * columns;
    auto* d = deltas + row * columns;
    float largest = x[0];
    for (int column = 1; column < columns; ++column) largest = x[column] > largest ? x[column] : largest;
    float total = 0;
    for (int v = 0; v < vectors; ++v) {
      Vector powers = exponential(load(x + v * lanes) - largest);
      powers = load(x + v * lanes) > 0.5f * no_class ? powers : Vector{};
      store(powers, d + v * lanes);
    }
    for (int column = 0; column < columns; ++column) total += d[column];
    for (int v = 0; v < vectors; ++v) store(load(d + v * lanes) * (scale / total), d + v * lanes);
    const auto label = labels[row];
    loss += static_cast<double>(largest - x[label] + std::log(total));
    d[label] -= scale;
  }
  return loss;
}

}  // namespace BY_HAND_NAMESPACE
