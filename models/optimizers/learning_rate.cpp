#include <retrograph/models/optimizers/learning_rate.hpp>

#include <fmt/format.h>

#include <cmath>

namespace retrograph {
namespace {

void require_rate(double rate) {
  if (!(rate >= 0 && std::isfinite(rate))) throw GraphError{fmt::format("{} is no learning rate", rate)};
}

void require_scalar(const Tensor& rate) {
  if (rate.rank() != 0)
    throw ShapeError{
        fmt::format("the learning rate '{}' is {}, not a scalar", rate.name(), to_string(rate.shape()))};
  if (!is_floating(rate.dtype()))
    throw TypeError{
        fmt::format("the learning rate '{}' is {}, not a float", rate.name(), to_string(rate.dtype())),
        "convert it with cast"};
  if (const auto* number = rate.graph().node(rate.node()).constant()) require_rate(number->scalar());
}

}  // namespace

Tensor LearningRate::tensor(Graph& graph, DType dtype, const std::function<Tensor()>& step) const {
  if (const auto* number = std::get_if<double>(&value_)) {
    require_rate(*number);
    return constant(graph, *number, dtype);
  }
  const auto* own = std::get_if<Tensor>(&value_);
  const auto rate = own ? *own : (*schedule())(step());
  require_scalar(rate);
  return rate;
}

}  // namespace retrograph
