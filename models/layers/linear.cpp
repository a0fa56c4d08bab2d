#include <retrograph/models/layers/layer.hpp>
#include <retrograph/models/layers/linear.hpp>
#include <retrograph/ops/linear.hpp>
#include <retrograph/ops/matmul.hpp>

namespace retrograph {

Tensor linear(const Tensor& x, std::int64_t outputs, std::string_view name, const LinearOptions& options,
              std::source_location where) {
  return in_layer(x, name, where, [&] {
    auto& graph = x.graph();
    if (x.rank() == 0) throw ShapeError{"the layer takes rows, not a scalar"};
    const auto inputs = extent_of_layer(x, -1);
    const auto weight = graph.parameter("weight", {inputs, outputs}, options.weight, x.dtype(), where);
    if (!options.bias) return matmul(x, weight, {}, where);
    const auto bias = graph.parameter("bias", {outputs}, *options.bias, x.dtype(), where);
    return linear(x, weight, bias, where);
  });
}

}  // namespace retrograph
