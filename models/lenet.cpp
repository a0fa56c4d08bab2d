#include <retrograph/models/layers/conv2d.hpp>
#include <retrograph/models/layers/linear.hpp>
#include <retrograph/models/lenet.hpp>
#include <retrograph/ops/activation.hpp>
#include <retrograph/ops/dropout.hpp>
#include <retrograph/ops/max_pool2d.hpp>
#include <retrograph/ops/reshape.hpp>

#include <fmt/format.h>

namespace retrograph {
namespace {

constexpr std::int64_t side = 28;

/// Makes the layers that are the same but for their extents.
struct Layers {
  const LenetOptions& options;
  std::source_location where;
  Updates running = {};

  Tensor pooled(const Tensor& x, std::int64_t filters, std::int64_t padding, std::string_view name) {
    const auto y = conv2d(x, filters, 5, name, {.padding = padding, .bias = bias()}, where);
    const auto scope = x.graph().scope(name);
    return relu(max_pool2d(norm(y), 2, {}, where), where);
  }

  Tensor hidden(const Tensor& x, std::int64_t units, std::string_view name) {
    const auto y = linear(x, units, name, {.bias = bias()}, where);
    const auto scope = x.graph().scope(name);
    const auto z = relu(norm(y), where);
    return options.dropout == 0 || options.in_use ? z : dropout(z, options.dropout, where);
  }

 private:
  Tensor norm(const Tensor& x) {
    return normalized(x, options.normalization, options.in_use, running, where);
  }
  std::optional<Initializer> bias() const {
    return options.normalization == Normalization::none ? std::optional{zeros()} : no_bias;
  }
};

}  // namespace

Classifier lenet(Graph& graph, const LenetOptions& options, std::source_location where) {
  const auto batch = graph.dim("batch");
  const auto images = graph.input("images", {batch, side * side}, options.dtype, where);
  const auto labels = graph.input("labels", {batch}, DType::int32, where);
  Layers layers{options, where};
  auto x = layers.pooled(reshape(images, {batch, 1, side, side}, where), options.channels[0], 2, "conv");
  x = flatten(layers.pooled(x, options.channels[1], 0, "conv_2"), 1, where);
  for (std::size_t layer = 0; layer < options.hidden.size(); ++layer)
    x = layers.hidden(x, options.hidden[layer], layer == 0 ? "hidden" : fmt::format("hidden_{}", layer + 1));
  const auto logits = linear(x, options.classes, "output", {.weight = uniform(-0.01, 0.01)}, where);
  auto model = classifier(images, labels, logits, where);
  model.running = std::move(layers.running);
  return model;
}

}  // namespace retrograph
