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

/// A number as a constant of `dtype`. Throws TypeError if the dtype cannot hold it.
Tensor constant(Graph& graph, double number, DType dtype,
                std::source_location where = std::source_location::current());

/// Throws TypeError unless the operands from `first` on have one dtype.
void require_same_dtype(const Types& operands, std::size_t first = 0);

}  // namespace retrograph
