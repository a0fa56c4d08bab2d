#pragma once

#include <retrograph/autograd/gradient.hpp>
#include <retrograph/graph/execute/executable.hpp>
#include <retrograph/ops/sum.hpp>

#include <functional>
#include <limits>

namespace retrograph::test {

inline constexpr auto infinity = std::numeric_limits<double>::infinity();
inline constexpr auto not_a_number = std::numeric_limits<double>::quiet_NaN();

using UnaryFunction = std::function<Tensor(const Tensor&)>;
using BinaryFunction = std::function<Tensor(const Tensor&, const Tensor&)>;

inline Array value_at(const UnaryFunction& f, const Array& x) {
  Graph graph;
  const auto input = graph.input("x", Shape{x.extents()}, x.dtype());
  return evaluate(f(input), input.feed(x));
}
inline Array value_at(const BinaryFunction& f, const Array& a, const Array& b) {
  Graph graph;
  const auto first = graph.input("a", Shape{a.extents()}, a.dtype());
  const auto second = graph.input("b", Shape{b.extents()}, b.dtype());
  return evaluate(f(first, second), first.feed(a), second.feed(b));
}

/// The gradient of the sum of f: for an elementwise f its derivative, place by place.
inline Array gradient_at(const UnaryFunction& f, const Array& x) {
  Graph graph;
  const auto input = graph.input("x", Shape{x.extents()}, x.dtype());
  return evaluate(gradient(sum(f(input)), input), input.feed(x));
}
/// With respect to both operands.
inline std::vector<Array> gradients_at(const BinaryFunction& f, const Array& a, const Array& b) {
  Graph graph;
  const auto first = graph.input("a", Shape{a.extents()}, a.dtype());
  const auto second = graph.input("b", Shape{b.extents()}, b.dtype());
  const std::vector<Tensor> operands{first, second};
  Executable executable{graph, {.outputs = gradient(sum(f(first, second)), operands)}};
  return std::move(executable.run(first.feed(a), second.feed(b))).take();
}

/// A row of float64 or, converted, float32 numbers.
inline Array row(std::initializer_list<double> numbers, DType dtype = DType::float64) {
  return Array::of<double>({static_cast<std::int64_t>(numbers.size())}, numbers).cast(dtype);
}

}  // namespace retrograph::test
