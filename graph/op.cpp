#include <retrograph/graph/compile/rewrite.hpp>
#include <retrograph/graph/graph.hpp>
#include <retrograph/graph/op.hpp>

namespace retrograph {

Tensor Applied::input(std::size_t index) const {
  return graph_->operand(node_, index);
}

std::optional<Rewritten> Op::rewrite(const Match& match) const {
  std::optional<Rewritten> result;
  if (model_->rewrites()) model_->rewrite(match, result);
  return result;
}

std::optional<Combined> Op::combine(const Match& match) const {
  std::optional<Combined> result;
  if (model_->combines()) model_->combine(match, result);
  return result;
}

double Op::default_cost(const Signature& signature) {
  double numbers = 0;
  for (const auto& type : signature.inputs) numbers += static_cast<double>(element_count(type.extents));
  for (const auto& type : signature.outputs) numbers += static_cast<double>(element_count(type.extents));
  return numbers;
}

const Tensor& Op::only_upstream(const Upstreams& upstreams) {
  invariant(upstreams.front().has_value(), "a rule for result 0 was asked about another result");
  return *upstreams.front();
}

}  // namespace retrograph
