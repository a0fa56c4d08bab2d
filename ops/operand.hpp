#pragma once

#include <retrograph/graph/graph.hpp>

#include <variant>

namespace retrograph {

/// What an op takes where a plain number may stand for a tensor: `2 * x + 1`. Remembers the caller's line.
class Operand {
 public:
  Operand(const Tensor& tensor, std::source_location where = std::source_location::current())
      : value_{tensor}, where_{where} {}
  template <class N>
  requires std::is_arithmetic_v<N> Operand(N number,
                                           std::source_location where = std::source_location::current())
      : where_{where} {
    if constexpr (std::integral<N>)
      value_ = static_cast<std::int64_t>(number);
    else
      value_ = static_cast<double>(number);
  }

  const Tensor* tensor() const { return std::get_if<Tensor>(&value_); }
  std::source_location where() const { return where_; }

  /// The tensor, or the number as a constant of the dtype of `like` in its graph.
  /// Throws TypeError if that dtype cannot hold the number.
  Tensor like(const Tensor& like) const;

 private:
  std::variant<std::int64_t, double, Tensor> value_;
  std::source_location where_;
};

/// A new node on operands of one dtype; plain numbers take the dtype of the first tensor, and one must be
/// there.
Tensor apply(Op op, std::initializer_list<Operand> operands);

/// A number as an array without axes. Throws TypeError if the dtype cannot hold it.
Array scalar_of(double number, DType dtype);

/// A number as a constant of `dtype`. Throws TypeError if the dtype cannot hold it.
Tensor constant(Graph& graph, double number, DType dtype,
                std::source_location where = std::source_location::current());

/// Adds to an error what `apply` adds to that of a shape rule: the op's name, the operands and the line.
void add_context(Error& error, std::string_view op, std::span<const Tensor> operands,
                 std::source_location where);

/// Runs `body`, which prepares an application of `op`; what it throws gets that context.
template <class F>
auto with_context(std::string_view op, std::span<const Tensor> operands, std::source_location where,
                  F&& body) {
  try {
    return body();
  } catch (Error& error) {
    add_context(error, op, operands, where);
    throw;
  }
}
template <class F>
auto with_context(std::string_view op, const Tensor& operand, std::source_location where, F&& body) {
  return with_context(op, std::span{&operand, 1}, where, std::forward<F>(body));
}

/// Throws TypeError unless the operands from `first` on have one dtype.
void require_same_dtype(const Types& operands, std::size_t first = 0);

}  // namespace retrograph
