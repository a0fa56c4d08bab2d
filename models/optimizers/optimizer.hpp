#pragma once

#include <retrograph/models/optimizers/parameter_rates.hpp>

namespace retrograph {

// What optimizers are made of; see sgd.cpp for one.

/// Nodes made while the guard lives have Role::update and are in the scope `name`, within the one that is
/// open.
Graph::ContextGuard update_scope(Graph& graph, std::string_view name, std::source_location where);

/// One parameter as an optimizer sees it.
struct Descent {
  Parameter parameter;
  Tensor gradient;  // of the loss
  Tensor rate;      // a scalar of the parameter's dtype

  /// Within the scope that is open, the parameter's own.
  Graph::ContextGuard scope() const;
  /// Made within that scope, a slot of the parameter's type that starts at 0: "sgd/hidden/weight/velocity".
  Parameter slot(std::string_view name) const;
};

struct DescentOptions {
  Operand learning_rate;
  std::vector<ParameterRate> rates = {};
};

/// The gradient of the loss and the learning rate of each parameter.
///
/// Throws GraphError for no parameters or rates that `rates_of` refuses; GradientError if a parameter does
/// not reach the loss.
std::vector<Descent> descents(const Tensor& loss, std::span<const Parameter> parameters,
                              const DescentOptions& options, std::source_location where);

}  // namespace retrograph
