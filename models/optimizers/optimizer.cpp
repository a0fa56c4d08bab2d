#include <retrograph/autograd/gradient.hpp>
#include <retrograph/models/initializers.hpp>
#include <retrograph/models/optimizers/optimizer.hpp>

#include <fmt/format.h>

namespace retrograph {

Graph::ContextGuard update_scope(Graph& graph, std::string_view name, std::source_location where) {
  const auto& open = graph.context().scope;
  auto scope = open.empty() ? std::string{name} : fmt::format("{}/{}", open, name);
  return {graph, {std::move(scope), Role::update, {}, where}};
}

Graph::ContextGuard Descent::scope() const {
  auto& graph = parameter.graph();
  auto context = graph.context();
  if (const auto& own = graph.node(parameter.node()).scope; !own.empty())
    context.scope = context.scope.empty() ? own : fmt::format("{}/{}", context.scope, own);
  return {graph, std::move(context)};
}

Parameter Descent::slot(std::string_view name) const {
  auto& graph = parameter.graph();
  return graph.slot(fmt::format("{}/{}", graph.node(parameter.node()).name, name), parameter.shape(), zeros(),
                    parameter.dtype());
}

std::vector<Descent> descents(const Tensor& loss, std::span<const Parameter> parameters,
                              const DescentOptions& options, std::source_location where) {
  try {
    if (parameters.empty()) throw GraphError{"there are no parameters to train"};
    const auto rates = rates_of(parameters, options.learning_rate, options.rates);
    const auto gradients = gradient(loss, parameters, {}, where);
    std::vector<Descent> descents;
    for (std::size_t index = 0; index < parameters.size(); ++index)
      descents.push_back({parameters[index], gradients[index], rates[index]});
    return descents;
  } catch (Error& error) {
    error.add_context("optimizer", {describe(loss)}, where);
    throw;
  }
}

}  // namespace retrograph
