#pragma once

#include <retrograph/models/optimizers/gradient_handling.hpp>
#include <retrograph/models/optimizers/parameter_groups.hpp>

namespace retrograph {

// What optimizers are made of; see sgd.cpp for one.

/// What every optimizer is told.
struct OptimizerOptions {
  LearningRate learning_rate;
  double weight_decay = 0;
  std::vector<ParameterGroup> groups = {};
  GradientHandling gradients = {};
  std::string name;  // the scope of its nodes and slots
};

/// Likewise, from the options of any of them.
template <class Options>
OptimizerOptions common_options(const Options& options) {
  return {options.learning_rate, options.weight_decay, options.groups, options.gradients, options.name};
}

/// For nodes that update, in the scope `name` within the one that is open.
Graph::Context update_context(const Graph& graph, std::string_view name, std::source_location where);
/// Likewise, in the parameter's own scope within that.
Graph::Context within(Graph::Context context, const Parameter& parameter);

/// A slot filled with `start`. Throws GraphError if the name is taken, asking for another `.name`.
Parameter new_slot(Graph& graph, std::string_view name, const Type& type, double start);
/// Likewise, made in the parameter's scope, of its type and named after it: "sgd/hidden/weight/velocity".
Parameter new_slot(const Parameter& parameter, std::string_view name, double start = 0);

class Optimizer;

/// One parameter as an optimizer sees it.
struct Descent {
  Optimizer* optimizer;
  Parameter parameter;
  Tensor gradient;  // of the loss, after clipping
  Tensor rate;      // a scalar of the parameter's dtype
  double weight_decay;

  /// The gradient of the loss + weight_decay / 2 * |parameter|^2: gradient + weight_decay * parameter.
  Tensor decayed_gradient() const;
  /// (1 - rate * weight_decay) * parameter: the decay that does not go through the gradient.
  Tensor decayed_parameter() const;

  /// Has nodes made in the parameter's scope, within the optimizer's, while it lives.
  Graph::ContextGuard scope() const;

  /// A slot of the parameter's type.
  Parameter slot(std::string_view name, double start = 0) const { return new_slot(parameter, name, start); }
  /// beta * slot + (1 - beta) * x, to which the slot of that name is updated; it starts at 0.
  Tensor running_mean(std::string_view name, double beta, const Tensor& x) const;
};

/// Gradients, rates and slots for the rule by which an optimizer moves one parameter.
class Optimizer {
 public:
  /// Throws GraphError for no parameters, or if all are frozen, what ParameterGroup, LearningRate and
  /// GradientHandling refuse, or a name whose slots are taken; GradientError if a parameter does not reach
  /// the loss.
  Optimizer(const Tensor& loss, std::span<const Parameter> parameters, OptimizerOptions options,
            std::source_location where);
  Optimizer(const Optimizer&) = delete;
  Optimizer& operator=(const Optimizer&) = delete;

  /// How often the parameters have moved, with the move that this run makes: [], float64, 1 at first.
  Tensor step();
  /// Of a running mean that started at 0, what makes it one of all numbers so far: 1 / (1 - beta^step), [],
  /// float64. (In float32, 1 - 0.999 has but four good digits.)
  Tensor correction(double beta);
  /// A slot of the optimizer's own: [], of that dtype.
  Parameter slot(std::string_view name, double start, DType dtype = DType::float64);

  /// Has a parameter or slot become `value` in the runs in which parameters move.
  void update(const Parameter& parameter, const Tensor& value);

  /// Has each parameter become `rule(descent)`. Returns the updates of it all.
  template <class Rule>
  Updates move_each(const Rule& rule) {
    for (const auto& descent : descents_) {
      const auto scope = descent.scope();
      update(descent.parameter, rule(descent));
    }
    return std::move(updates_);
  }

  /// Has the parameters become what `rule(descents)` has for each, which may depend on all of them. Returns
  /// the updates of it all.
  template <class Rule>
  Updates move_together(const Rule& rule) {
    const auto scope = own_scope();
    const std::vector<Tensor> moved = rule(std::span<const Descent>{descents_});
    for (std::size_t index = 0; index < moved.size(); ++index)
      update(descents_[index].parameter, moved[index]);
    return std::move(updates_);
  }

 private:
  friend Descent;

  std::vector<Tensor> accumulated(std::span<const Parameter> parameters, std::vector<Tensor> gradients);
  std::vector<Tensor> prepared(std::span<const Parameter> parameters, std::vector<Tensor> gradients);
  Tensor rate_of(const LearningRate& rate, DType dtype);
  Tensor first_rate(const LearningRate& rate, DType dtype);
  Tensor steps_before();
  Graph::ContextGuard own_scope() { return {graph_, context_}; }
  Graph::ContextGuard scope_of(const Parameter& parameter) { return {graph_, within(context_, parameter)}; }

  struct Rate {
    const LearningRate* rate;
    Tensor original, tensor;  // as made, and of the dtype of the parameters
  };

  Graph& graph_;
  OptimizerOptions options_;
  Graph::Context context_;
  std::vector<Descent> descents_;
  std::vector<Rate> rates_;
  std::optional<Tensor> moves_;         // whether this run does; if empty, all do
  std::optional<Tensor> steps_before_;  // int64
  Updates updates_;
};

/// Throws GraphError unless 0 <= value < 1: "adam: the beta 1 is outside [0, 1)".
void require_fraction(std::string_view optimizer, std::string_view what, double value);
/// Throws GraphError unless value >= 0 and is finite.
void require_not_negative(std::string_view optimizer, std::string_view what, double value);

}  // namespace retrograph
