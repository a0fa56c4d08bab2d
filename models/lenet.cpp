#include <retrograph/models/layers/conv2d.hpp>
#include <retrograph/models/layers/linear.hpp>
#include <retrograph/models/lenet.hpp>
#include <retrograph/ops/activation.hpp>
#include <retrograph/ops/max_pool2d.hpp>
#include <retrograph/ops/reshape.hpp>

#include <fmt/format.h>

namespace retrograph {
namespace {

constexpr std::int64_t side = 28;

Tensor pooled(const Tensor& x, std::int64_t filters, std::int64_t padding, std::string_view name,
              std::source_location where) {
  const auto y = conv2d(x, filters, 5, name, {.padding = padding}, where);
  const auto scope = x.graph().scope(name);
  return relu(max_pool2d(y, 2, {}, where), where);
}

Tensor hidden(const Tensor& x, std::int64_t units, std::string_view name, std::source_location where) {
  const auto y = linear(x, units, name, {}, where);
  const auto scope = x.graph().scope(name);
  return relu(y, where);
}

}  // namespace

Classifier lenet(Graph& graph, const LenetOptions& options, std::source_location where) {
  const auto batch = graph.dim("batch");
  const auto images = graph.input("images", {batch, side * side}, options.dtype, where);
  const auto labels = graph.input("labels", {batch}, DType::int32, where);
  auto x = pooled(reshape(images, {batch, 1, side, side}, where), options.channels[0], 2, "conv", where);
  x = flatten(pooled(x, options.channels[1], 0, "conv_2", where), 1, where);
  for (std::size_t layer = 0; layer < options.hidden.size(); ++layer)
    x = hidden(x, options.hidden[layer], layer == 0 ? "hidden" : fmt::format("hidden_{}", layer + 1), where);
  const auto logits = linear(x, options.classes, "output", {.weight = uniform(-0.01, 0.01)}, where);
  return classifier(images, labels, logits, where);
}

}  // namespace retrograph
