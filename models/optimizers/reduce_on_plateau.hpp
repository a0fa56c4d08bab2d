#pragma once

#include <retrograph/graph/state.hpp>

#include <string>

namespace retrograph {

struct PlateauOptions {
  double factor = 0.1;         // by which the rate is multiplied, below 1
  std::int64_t patience = 10;  // epochs without progress that pass before
  double threshold = 1e-4;     // progress is a loss below (1 - threshold) times the best
  std::int64_t cooldown = 0;   // epochs after a reduction in which none counts as without progress
  double least_rate = 0;
  std::string name = "plateau";
};

/// A learning rate that the loop lowers where the loss no longer falls.
///
///     ReduceOnPlateau plateau{graph, 0.1};
///     const auto updates = sgd(loss, graph.parameters(), {.learning_rate = plateau.learning_rate()});
///     ...
///     plateau.observe(state, report.test.loss);  // after each epoch
///
/// All it remembers is in slots, so that training goes on from a saved state as if it had never stopped:
/// `plateau/learning_rate` and `plateau/best`, float64, `plateau/stalled` and `plateau/cooldown`, int64.
///
/// Source: Krizhevsky, Sutskever, Hinton: "ImageNet classification with deep convolutional neural networks",
/// 2012, section 5, which by hand divides the rate by 10 when the validation error stops improving. Patience,
/// threshold and cooldown are as in PyTorch's ReduceLROnPlateau for losses, with a relative threshold.
class ReduceOnPlateau {
 public:
  /// Throws GraphError for a rate below 0, a factor outside [0, 1), other numbers below 0, or a name that is
  /// taken.
  ReduceOnPlateau(Graph& graph, double learning_rate, const PlateauOptions& options = {},
                  std::source_location where = std::source_location::current());

  /// [], float64: for an optimizer.
  const Parameter& learning_rate() const { return rate_; }

  /// Takes in the loss of an epoch. A loss that is no number is no progress. Returns whether the rate in the
  /// state has been lowered.
  bool observe(State& state, double loss) const;

 private:
  PlateauOptions options_;
  Parameter rate_, best_, stalled_, cooldown_;
};

}  // namespace retrograph
