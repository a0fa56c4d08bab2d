#include <retrograph/models/layers.hpp>
#include <retrograph/models/mlp.hpp>

#include <fmt/format.h>

namespace retrograph {
namespace {

Initializer weight_for(const MlpOptions& options) {
  if (options.weight) return options.weight;
  return options.activation == Activation{relu} ? he_uniform() : xavier_uniform();
}

Tensor hidden_layer(const Tensor& x, std::size_t index, const MlpOptions& options,
                    std::source_location where) {
  const auto name = index == 0 ? "hidden" : fmt::format("hidden_{}", index + 1);
  const auto sums = linear(x, options.hidden[index], name, {.weight = weight_for(options)}, where);
  const auto scope = x.graph().scope(name);
  return options.activation(sums, where);
}

}  // namespace

Classifier mlp(Graph& graph, const MlpOptions& options, std::source_location where) {
  const auto batch = graph.dim("batch");
  const auto images = graph.input("images", {batch, options.inputs}, options.dtype, where);
  const auto labels = graph.input("labels", {batch}, DType::int32, where);
  Tensor x = images;
  for (std::size_t index = 0; index < options.hidden.size(); ++index)
    x = hidden_layer(x, index, options, where);
  const auto logits = linear(x, options.classes, "output", {.weight = uniform(-0.01, 0.01)}, where);
  return classifier(images, labels, logits, where);
}

}  // namespace retrograph
