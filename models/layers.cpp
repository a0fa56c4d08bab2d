#include <retrograph/models/layers.hpp>
#include <retrograph/ops/linear.hpp>
#include <retrograph/ops/matmul.hpp>

#include <fmt/format.h>

namespace retrograph {
namespace {

/// The extent of the last axis of what a layer is given.
Dim inputs_of(const Tensor& x) {
  if (!is_floating(x.dtype()))
    throw TypeError{fmt::format("the layer takes floats, not {}", to_string(x.dtype()))};
  if (x.rank() == 0) throw ShapeError{"the layer takes rows, not a scalar"};
  const auto& inputs = x.shape()[x.rank() - 1];
  if (!inputs.is_number())
    throw ShapeError{fmt::format("the last extent is '{}', and weights need a number", to_string(inputs)),
                     "give the input a number there, or reshape it"};
  return inputs;
}

Tensor linear_in_scope(const Tensor& x, std::int64_t outputs, const LinearOptions& options,
                       std::source_location where) {
  auto& graph = x.graph();
  const auto weight = graph.parameter("weight", {inputs_of(x), outputs}, options.weight, x.dtype(), where);
  if (!options.bias) return matmul(x, weight, {}, where);
  const auto bias = graph.parameter("bias", {outputs}, *options.bias, x.dtype(), where);
  return linear(x, weight, bias, where);
}

}  // namespace

Tensor linear(const Tensor& x, std::int64_t outputs, std::string_view name, const LinearOptions& options,
              std::source_location where) {
  try {
    const auto scope = x.graph().scope(name);
    return linear_in_scope(x, outputs, options, where);
  } catch (Error& error) {
    error.add_context(fmt::format("layer '{}'", name), {describe(x)}, where);
    throw;
  }
}

}  // namespace retrograph
