#include <retrograph/models/layers.hpp>
#include <retrograph/models/mlp.hpp>
#include <retrograph/ops/dropout.hpp>

#include <fmt/format.h>

namespace retrograph {
namespace {

Initializer weight_for(const MlpOptions& options) {
  if (options.weight) return options.weight;
  return options.activation == Activation{relu} ? he_uniform() : xavier_uniform();
}

Tensor hidden_layer(const Tensor& x, std::size_t index, const MlpOptions& options, Updates& running,
                    std::source_location where) {
  const auto name = index == 0 ? "hidden" : fmt::format("hidden_{}", index + 1);
  LinearOptions layer{.weight = weight_for(options)};
  if (options.normalization != Normalization::none) layer.bias = no_bias;
  const auto sums = linear(x, options.hidden[index], name, layer, where);
  const auto scope = x.graph().scope(name);
  const auto units =
      options.activation(normalized(sums, options.normalization, options.in_use, running, where), where);
  return options.dropout == 0 || options.in_use ? units : dropout(units, options.dropout, where);
}

}  // namespace

Classifier mlp(Graph& graph, const MlpOptions& options, std::source_location where) {
  const auto batch = graph.dim("batch");
  const auto images = graph.input("images", {batch, options.inputs}, options.dtype, where);
  const auto labels = graph.input("labels", {batch}, DType::int32, where);
  Updates running;
  Tensor x = images;
  for (std::size_t index = 0; index < options.hidden.size(); ++index)
    x = hidden_layer(x, index, options, running, where);
  const auto logits = linear(x, options.classes, "output", {.weight = uniform(-0.01, 0.01)}, where);
  auto model = classifier(images, labels, logits, where);
  model.running = std::move(running);
  return model;
}

}  // namespace retrograph
