#include <retrograph/models/initializers.hpp>
#include <retrograph/models/layers/batch_norm.hpp>
#include <retrograph/models/layers/layer.hpp>
#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/batch_norm.hpp>
#include <retrograph/ops/maximum.hpp>
#include <retrograph/ops/mean.hpp>
#include <retrograph/ops/size.hpp>
#include <retrograph/ops/variance.hpp>

namespace retrograph {
namespace {

/// The running statistics after this batch.
Updates follow(const Parameter& running_mean, const Parameter& running_variance, const Tensor& x,
               double momentum, std::source_location where) {
  auto& graph = x.graph();
  auto context = graph.context();
  context.role = Role::update;
  context.where = where;
  const Graph::ContextGuard guard{graph, std::move(context)};
  const Axes axes{batch_norm_axes(x)};
  const auto n = size(x, axes, x.dtype());
  const auto of_sample = variance(x, axes) * (n / maximum(n - 1, 1));
  const auto toward = [&](const Tensor& running, const Tensor& of_batch) {
    return (1 - momentum) * running + momentum * of_batch;
  };
  return {graph.update(running_mean, toward(running_mean, mean(x, axes)), where),
          graph.update(running_variance, toward(running_variance, of_sample), where)};
}

}  // namespace

BatchNormLayer batch_norm(const Tensor& x, std::string_view name, const BatchNormLayerOptions& options,
                          std::source_location where) {
  Updates updates;
  const auto y = in_layer(x, name, where, [&] {
    if (!(options.momentum >= 0 && options.momentum <= 1))
      throw GraphError{fmt::format("the momentum is {}", options.momentum), "it must be in [0, 1]"};
    if (x.rank() < 2) throw ShapeError{"the layer takes [batch, channels, ...]"};
    auto& graph = x.graph();
    const Shape channels{extent_of_layer(x, 1)};
    const auto scale = graph.parameter("scale", channels, constant(1), x.dtype(), where);
    const auto shift = graph.parameter("shift", channels, zeros(), x.dtype(), where);
    const auto mean = graph.slot("running_mean", channels, zeros(), x.dtype(), where);
    const auto variance = graph.slot("running_variance", channels, constant(1), x.dtype(), where);
    const BatchNormOptions own{options.epsilon};
    if (options.statistics == Statistics::running)
      return batch_norm(x, scale, shift, mean, variance, own, where);
    updates = follow(mean, variance, x, options.momentum, where);
    return batch_norm(x, scale, shift, own, where);
  });
  return {y, std::move(updates)};
}

}  // namespace retrograph
