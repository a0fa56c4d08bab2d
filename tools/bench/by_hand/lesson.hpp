#pragma once

#include "../numbers.hpp"
#include "buffer.hpp"
#include "softmax.hpp"

namespace BY_HAND_NAMESPACE {

using by_hand::Buffer;

/// 784-30-10 with sigmoids, one sample a step, on one thread: products of a vector and a matrix, and rank-1
/// updates.
class Lesson {
 public:
  Lesson() { reset(); }

  void reset() {
    first_.clear();
    last_.clear();
    bench::Stream first{1}, last{2};
    const auto bound = bench::glorot_bound(bench::pixels, units);
    for (int i = 0; i < bench::pixels; ++i)
      for (int unit = 0; unit < units; ++unit) first_[place(i, unit, width)] = bound * first.uniform();
    for (int unit = 0; unit < units; ++unit)
      for (int c = 0; c < bench::classes; ++c)
        last_transposed_[place(c, unit, width)] = last_[place(unit, c, class_width)] =
            bench::last_bound * last.uniform();
    for (auto& bias : first_bias_) bias = 0;
    for (int c = 0; c < class_width; ++c) last_bias_[c] = c < bench::classes ? 0 : no_class;
  }

  /// One pass over the rows; the mean loss of all samples, each judged before its own step.
  double train(const float* images, const std::int32_t* labels, int rows) {
    double loss = 0;
    for (int row = 0; row < rows; ++row)
      loss += step(images + std::int64_t{row} * bench::pixels, labels + row);
    return loss / rows;
  }

 private:
  static constexpr int units = 30, width = 32, class_width = 16;
  static constexpr int vectors = width / lanes, class_vectors = class_width / lanes;
  static constexpr int interleaved = 16 / vectors;  // rows with sums of their own, so that additions overlap

  static std::size_t place(int row, int column, int columns) {
    return static_cast<std::size_t>(row) * static_cast<std::size_t>(columns) +
           static_cast<std::size_t>(column);
  }

  double step(const float* x, const std::int32_t* label) {
    alignas(64) float hidden[width], logits[class_width], logit_deltas[class_width], deltas[width];
    forward(x, hidden, logits);
    const auto loss =
        softmax_cross_entropy<class_width>(logits, label, 0, 1, -bench::lesson_rate, logit_deltas);
    backward(hidden, logit_deltas, deltas);
    for (int v = 0; v < vectors; ++v)
      store(load(first_bias_ + v * lanes) + load(deltas + v * lanes), first_bias_ + v * lanes);
    Vector d[vectors];
    for (int v = 0; v < vectors; ++v) d[v] = load(deltas + v * lanes);
    auto* weights = first_.data();
    for (int i = 0; i < bench::pixels; ++i, weights += width)
      for (int v = 0; v < vectors; ++v) store(load(weights + v * lanes) + x[i] * d[v], weights + v * lanes);
    return loss;
  }

  void forward(const float* x, float* hidden, float* logits) const {
    constexpr int parts = interleaved < 1 ? 1 : interleaved / 2;
    static_assert(bench::pixels % parts == 0);
    Vector sums[parts][vectors] = {};
    const auto* weights = first_.data();
    for (int i = 0; i < bench::pixels; i += parts, weights += parts * width)
#pragma GCC unroll 8
      for (int part = 0; part < parts; ++part)
#pragma GCC unroll 8
        for (int v = 0; v < vectors; ++v)
          sums[part][v] += x[i + part] * load(weights + part * width + v * lanes);
    for (int v = 0; v < vectors; ++v) {
      auto sum = load(first_bias_ + v * lanes);
      for (int part = 0; part < parts; ++part) sum += sums[part][v];
      store(logistic(sum), hidden + v * lanes);
    }
    for (int unit = units; unit < width; ++unit) hidden[unit] = 0;
    for (int v = 0; v < class_vectors; ++v) {
      Vector even = load(last_bias_ + v * lanes), odd{};
      for (int unit = 0; unit < units; unit += 2) {
        even += hidden[unit] * load(last_.data() + unit * class_width + v * lanes);
        odd += hidden[unit + 1] * load(last_.data() + (unit + 1) * class_width + v * lanes);
      }
      store(even + odd, logits + v * lanes);
    }
  }

  /// The deltas of the hidden units, and the update of the last layer and of its transpose.
  void backward(const float* hidden, const float* logit_deltas, float* deltas) {
    Vector sums[vectors] = {};
    for (int c = 0; c < bench::classes; ++c)
      for (int v = 0; v < vectors; ++v) {
        auto* weights = last_transposed_.data() + c * width + v * lanes;
        const auto old = load(weights);
        sums[v] += logit_deltas[c] * old;
        store(old + logit_deltas[c] * load(hidden + v * lanes), weights);
      }
    for (int v = 0; v < vectors; ++v) {
      const auto h = load(hidden + v * lanes);
      store(sums[v] * h * (1.0f - h), deltas + v * lanes);
    }
    for (int v = 0; v < class_vectors; ++v) {
      const auto d = load(logit_deltas + v * lanes);
      store(load(last_bias_ + v * lanes) + d, last_bias_ + v * lanes);
      for (int unit = 0; unit < units; ++unit) {
        auto* weights = last_.data() + unit * class_width + v * lanes;
        store(load(weights) + hidden[unit] * d, weights);
      }
    }
  }

  Buffer first_{static_cast<std::size_t>(bench::pixels * width)},
      last_{static_cast<std::size_t>(units * class_width)},
      last_transposed_{static_cast<std::size_t>(bench::classes * width)};
  alignas(64) float first_bias_[width] = {}, last_bias_[class_width] = {};
};

}  // namespace BY_HAND_NAMESPACE
