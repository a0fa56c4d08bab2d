#pragma once

#include <retrograph/models/optimizers/learning_rate.hpp>

#include <optional>

namespace retrograph {

/// What is special about the parameters that a pattern matches: those whose own name, or a scope they are in,
/// is the pattern, where '*' stands for any letters. "output" and "output/*" both match output/weight and
/// output/bias; "*/bias" matches every bias that is in a scope.
///
/// What is left out is as without the group. Where groups disagree on a parameter, the last one counts, so
/// that {.pattern = "*", .frozen = true}, {.pattern = "output", .frozen = false} trains the last layer alone.
struct ParameterGroup {
  std::string pattern;
  std::optional<LearningRate> learning_rate = {};
  std::optional<double> weight_decay = {};
  std::optional<bool> frozen = {};  // neither changed nor differentiated to
};

/// What holds for one parameter.
struct ParameterSettings {
  const LearningRate* learning_rate;
  double weight_decay;
  bool frozen;
};

/// The settings of each parameter: those of the groups that match it, else the usual ones, all of which must
/// outlive the answer.
///
/// Throws GraphError for a pattern that matches no parameter, naming the scopes there are, or a weight decay
/// that is negative or not finite.
std::vector<ParameterSettings> settings_of(std::span<const Parameter> parameters,
                                           const ParameterSettings& usual,
                                           std::span<const ParameterGroup> groups);

}  // namespace retrograph
