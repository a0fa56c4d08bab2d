#include <retrograph/graph/graph.hpp>

#include <fmt/format.h>

namespace retrograph {

const Type& Tensor::type() const {
  return graph_->node(node_).results[result_];
}

Tensor Tensor::result(std::size_t index) const {
  const auto count = graph_->node(node_).results.size();
  if (index >= count)
    throw GraphError{fmt::format("{}: there is no result {}, only {}", name(), index, count)};
  return {*graph_, node_, static_cast<std::uint32_t>(index)};
}

std::string Tensor::name() const {
  return graph_->node(node_).full_name();
}

Tensor Tensor::named(std::string name) const {
  graph_->rename(node_, std::move(name));
  return *this;
}

Error::Operand describe(const Tensor& tensor) {
  return {tensor.name(), to_string(tensor.shape()), std::string{to_string(tensor.dtype())}};
}

}  // namespace retrograph
