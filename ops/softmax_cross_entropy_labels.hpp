#pragma once

#include <retrograph/graph/error.hpp>
#include <retrograph/graph/shape.hpp>
#include <retrograph/ops/kernels/softmax_row.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace retrograph {

// The two kinds of labels of softmax_cross_entropy, as its kernel sees them. Each says whether the label of a
// row is valid, refuses one that is not, and gives the loss of a row.

/// How far from 1 a row of probabilities may add up: some roundings of float32, no forgotten class.
inline constexpr double probability_tolerance = 1e-5;

/// "row 3", or "row [3, 5]" where rows are counted along several axes.
inline std::string row_text(std::int64_t row, const Extents& logits) {
  if (logits.size() <= 2) return fmt::format("row {}", row);
  return fmt::format("row {}", to_string(index_at(row, {logits.begin(), logits.end() - 1})));
}

/// Labels that are class indices, one a row.
template <class T, class Index>
struct IndexLabels {
  const Index* labels;
  std::int64_t classes;
  std::optional<std::int64_t> ignored;
  T smoothing;
  const T* weights;  // null if all are 1

  bool are_valid(std::int64_t row) const {
    const auto label = static_cast<std::int64_t>(labels[row]);
    return (label >= 0 && label < classes) || label == ignored;
  }

  [[noreturn]] void refuse(std::int64_t row, const Extents& logits) const {
    throw FeedError{fmt::format("{} has the label {}, and there are {} classes", row_text(row, logits),
                                labels[row], classes),
                    ignored
                        ? fmt::format("labels are in [0, {}), or {} for a row to ignore", classes, *ignored)
                        : fmt::format("labels are in [0, {})", classes)};
  }

  /// What is left of a row of shares: a - y.
  void subtract(std::int64_t row, const T* shares, T* difference) const {
    std::copy_n(shares, classes, difference);
    difference[labels[row]] -= 1;
  }

  /// The loss of a row, where surprise(k) is -log(a_k).
  template <class Surprise>
  T loss(std::int64_t row, Surprise surprise) const {
    const auto label = static_cast<std::int64_t>(labels[row]);
    if (label == ignored) return 0;
    const auto of_label = weights ? weights[label] * surprise(label) : surprise(label);
    if (smoothing == 0) return of_label;
    const auto of_all = weights ? lane_sum<T>(classes, [&](auto k) { return weights[k] * surprise(k); })
                                : lane_sum<T>(classes, surprise);
    return (1 - smoothing) * of_label + smoothing / static_cast<T>(classes) * of_all;
  }
};

/// Labels that are rows of probabilities.
template <class T>
struct ProbabilityLabels {
  const T* labels;
  std::int64_t classes;
  T smoothing;
  const T* weights;

  const T* row_of(std::int64_t row) const { return labels + row * classes; }

  bool are_valid(std::int64_t row) const {
    const auto* y = row_of(row);
    bool are_at_least_0 = true;
    for (std::int64_t k = 0; k < classes; ++k) are_at_least_0 &= y[k] >= 0;
    return are_at_least_0 && std::abs(total(y) - 1) <= probability_tolerance;
  }

  double total(const T* y) const {
    return lane_sum<double>(classes, [y](auto k) { return static_cast<double>(y[k]); });
  }

  [[noreturn]] void refuse(std::int64_t row, const Extents& logits) const {
    const auto* y = row_of(row);
    for (std::int64_t k = 0; k < classes; ++k)
      if (!(y[k] >= 0))
        throw FeedError{fmt::format("{} of the labels has the probability {} for class {}",
                                    row_text(row, logits), y[k], k)};
    throw FeedError{
        fmt::format("{} of the labels adds up to {:.6g}, not to 1", row_text(row, logits), total(y)),
        "labels are rows of probabilities, or class indices of int32 or int64"};
  }

  void subtract(std::int64_t row, const T* shares, T* difference) const {
    const auto* y = row_of(row);
    for (std::int64_t k = 0; k < classes; ++k) difference[k] = shares[k] - y[k];
  }

  template <class Surprise>
  T loss(std::int64_t row, Surprise surprise) const {
    const auto* y = row_of(row);
    const auto even_share = smoothing / static_cast<T>(classes);
    return lane_sum<T>(classes, [&](auto k) {
      const auto share = (1 - smoothing) * y[k] + even_share;
      // What is impossible does not surprise, though its logit be -infinity.
      return share == 0 ? T{0} : share * (weights ? weights[k] : T{1}) * surprise(k);
    });
  }
};

}  // namespace retrograph
