#include <retrograph/ops/broadcast.hpp>
#include <retrograph/ops/broadcast_to_op.hpp>
#include <retrograph/ops/reshape_op.hpp>
#include <retrograph/ops/rewrites.hpp>

namespace retrograph {
namespace {

/// Whether the operands, repeated as an elementwise op does it, still fill the result.
bool fill_the_result(const Match& match, const std::vector<ValueId>& operands) {
  Shape shape;
  for (const auto value : operands) shape = broadcast(shape, Shape{match.type_of(value).extents});
  return shape == Shape{match.result_type().extents};
}

}  // namespace

Rewritten as_result(const Match& match, std::size_t operand) {
  if (match.type(operand) == match.result_type()) return Rewritten::as(match.input(operand));
  return {BroadcastTo{Shape{match.result_type().extents}}, {match.input(operand)}};
}

Rewritten as_reshaped(const Match& match) {
  return {Reshape{Shape{match.result_type().extents}}, match.inputs()};
}

std::optional<Rewritten> without_neutral(const Match& match, std::size_t index, double neutral) {
  if (!match.is_filled_with(index, neutral)) return std::nullopt;
  return as_result(match, 1 - index);
}

std::optional<Rewritten> without_inverse(const Match& match) {
  const auto* producer = match.producer(0);
  if (!producer || producer->op != match.op()) return std::nullopt;
  return Rewritten::as(producer->inputs[0]);
}

std::optional<Rewritten> without_repetition(const Match& match) {
  auto inputs = match.inputs();
  for (std::size_t index = 0; index < inputs.size(); ++index) {
    if (!match.made_by<BroadcastTo>(index)) continue;
    const auto repeated = std::exchange(inputs[index], match.producer(index)->inputs[0]);
    if (!fill_the_result(match, inputs)) inputs[index] = repeated;
  }
  if (inputs == match.inputs()) return std::nullopt;
  return Rewritten{match.op(), std::move(inputs)};
}

}  // namespace retrograph
