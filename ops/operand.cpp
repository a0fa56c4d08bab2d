#include <retrograph/ops/operand.hpp>

#include <fmt/format.h>

#include <cmath>
#include <limits>

namespace retrograph {
namespace {

template <class T, class N>
bool can_hold(N number) {
  if constexpr (std::same_as<T, bool>)
    return number == N{0} || number == N{1};
  else if constexpr (std::floating_point<T>)
    return true;
  else
    return number >= static_cast<N>(std::numeric_limits<T>::min()) &&
           static_cast<long double>(number) <= static_cast<long double>(std::numeric_limits<T>::max()) &&
           number == static_cast<N>(std::trunc(static_cast<long double>(number)));
}

template <class N>
Array array_of(N number, DType dtype) {
  return visit(dtype, [&]<class T>(std::type_identity<T>) {
    if (!can_hold<T>(number))
      throw TypeError{fmt::format("the number {} is no {}", number, to_string(dtype)),
                      "convert the tensor with cast"};
    return Array::scalar(static_cast<T>(number));
  });
}

}  // namespace

Tensor Operand::like(const Tensor& like) const {
  if (const auto* own = tensor()) return *own;
  const auto* integer = std::get_if<std::int64_t>(&value_);
  auto array = integer ? array_of(*integer, like.dtype()) : array_of(std::get<double>(value_), like.dtype());
  return like.graph().constant(std::move(array), where_);
}

Tensor apply(Op op, std::initializer_list<Operand> operands) {
  const Tensor* model = nullptr;
  for (const auto& operand : operands)
    if (!model) model = operand.tensor();
  const auto where = operands.begin()->where();
  std::vector<Tensor> tensors;
  try {
    if (!model) throw TypeError{"one of the operands must be a tensor"};
    for (const auto& operand : operands) tensors.push_back(operand.like(*model));
  } catch (Error& error) {
    error.add_context(std::string{op.name()},
                      model ? std::vector{describe(*model)} : std::vector<Error::Operand>{}, where);
    throw;
  }
  return model->graph().apply(std::move(op), tensors, where);
}

Array scalar_of(double number, DType dtype) {
  return array_of(number, dtype);
}

Tensor constant(Graph& graph, double number, DType dtype, std::source_location where) {
  return graph.constant(scalar_of(number, dtype), where);
}

void add_context(Error& error, std::string_view op, std::span<const Tensor> operands,
                 std::source_location where) {
  std::vector<Error::Operand> described;
  for (const auto& operand : operands) described.push_back(describe(operand));
  if (!operands.empty()) where = operands.front().graph().context().where.value_or(where);
  error.add_context(std::string{op}, std::move(described), where);
}

void require_same_dtype(const Types& operands, std::size_t first) {
  for (std::size_t index = first + 1; index < operands.size(); ++index)
    if (operands[index].dtype != operands[first].dtype)
      throw TypeError{fmt::format("dtypes differ: {} and {}", to_string(operands[first].dtype),
                                  to_string(operands[index].dtype)),
                      "convert one of them with cast"};
}

}  // namespace retrograph
