#pragma once

#include <retrograph/ops/operand.hpp>

namespace retrograph {

/// The learning rate of the parameters that a pattern matches: those whose own name, or a scope they are in,
/// is the pattern, where '*' stands for any letters. "output" and "output/*" both match output/weight and
/// output/bias; "*/bias" matches every bias that is in a scope.
struct ParameterRate {
  std::string pattern;
  Operand rate;
};

/// The learning rate of each parameter, as a scalar of its dtype: that of the last pattern that matches it,
/// or `otherwise`. A number becomes one constant, however many parameters share it.
///
/// Throws GraphError for a pattern that matches no parameter, naming the scopes there are, or a rate that is
/// negative or not finite; ShapeError or TypeError for a tensor that is no scalar of the parameter's dtype.
std::vector<Tensor> rates_of(std::span<const Parameter> parameters, const Operand& otherwise,
                             std::span<const ParameterRate> rates);

}  // namespace retrograph
