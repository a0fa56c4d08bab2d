#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/comparison.hpp>
#include <retrograph/ops/where.hpp>

#include "support/elementwise.hpp"
#include "support/matchers.hpp"

using namespace retrograph;
using namespace retrograph::test;

TEST_CASE("where chooses, number by number") {
  Graph graph;
  const auto condition = graph.constant(Array::of<bool>({3}, {true, false, true}));
  const auto a = graph.constant(Array::of<float>({3}, {1, 2, 3}));
  const auto b = graph.constant(Array::of<float>({3}, {10, 20, 30}));
  CHECK_THAT(evaluate(where(condition, a, b)), equals(Array::of<float>({3}, {1, 20, 3})));
  CHECK_THAT(evaluate(where(condition, a, 0)), equals(Array::of<float>({3}, {1, 0, 3})));
  CHECK_THAT(evaluate(where(condition, 0.5, b)), equals(Array::of<float>({3}, {0.5, 20, 0.5})));
}

TEST_CASE("where chooses whichever of its operands are repeated, in every dtype") {
  constexpr std::int64_t rows = 2, columns = 37;  // no multiple of the width of a vector
  for (int repeated = 0; repeated < 8; ++repeated) {
    INFO("repeated: " << repeated);
    const auto zeros_and_ones = [&](int operand, std::int64_t period) {
      Array array{{rows, repeated >> operand & 1 ? 1 : columns}, DType::float64};
      for (std::int64_t i = 0; i < array.size(); ++i)
        array.values<double>()[static_cast<std::size_t>(i)] = static_cast<double>(i / period % 2);
      return array;
    };
    const auto condition = zeros_and_ones(0, 1), a = zeros_and_ones(1, 2), b = zeros_and_ones(2, 3);
    Array expected{{rows, repeated == 7 ? 1 : columns}, DType::float64};
    for (std::int64_t i = 0; i < expected.size(); ++i) {
      const auto width = expected.extents()[1], line = i / width, column = i % width;
      const auto at = [&](const Array& x) {
        return x.at(x.extents()[1] == 1 ? line : line * columns + column);
      };
      expected.values<double>()[static_cast<std::size_t>(i)] = at(condition) != 0 ? at(a) : at(b);
    }
    for (const auto dtype : all_dtypes) {
      Graph graph;
      const auto chosen = where(graph.constant(condition.cast(DType::boolean)), graph.constant(a.cast(dtype)),
                                graph.constant(b.cast(dtype)));
      CHECK_THAT(evaluate(chosen), equals(expected.cast(dtype)));
    }
  }
}

TEST_CASE("the gradient goes to the chosen number") {
  const auto f = [](const Tensor& a, const Tensor& b) { return where(a > 1, a, b) * 3; };
  const auto gradients = gradients_at(f, row({0, 1, 2}), row({5, 6, 7}));
  CHECK_THAT(gradients[0], equals(row({0, 0, 3})));
  CHECK_THAT(gradients[1], equals(row({3, 3, 0})));
}

TEST_CASE("what is not chosen may be infinite or NaN") {
  const auto f = [](const Tensor& a) { return where(a < 2, a, 7) * infinity; };
  CHECK_THAT(gradient_at(f, row({not_a_number, 1, 3})), equals(row({0, infinity, 0})));
  CHECK_THAT(value_at([](const Tensor& a) { return where(a == a, a, 0); }, row({not_a_number, 1, infinity})),
             equals(row({0, 1, infinity})));
}

TEST_CASE("where of nothing is nothing") {
  const Array nothing{{0, 2}};
  CHECK_THAT(value_at([](const Tensor& x) { return where(x > 0, x, 1); }, nothing), equals(nothing));
}

TEST_CASE("where refuses a condition that is not bool, choices of two dtypes, and two plain numbers") {
  Graph graph;
  const auto x = graph.input("x", {3});
  const auto n = graph.input("n", {3}, DType::int32);
  CHECK_REFUSED(TypeError, where(x, x, 0), "where: the condition is float32, not bool");
  CHECK_REFUSED(TypeError, where(x > 0, x, n), "where: dtypes differ: float32 and int32");
  CHECK_REFUSED(TypeError, where(x > 0, 1, 0), "where: one of the two choices must be a tensor");
  CHECK_REFUSED(ShapeError, where(x > 0, x, graph.input("y", {4})), "where: extents differ: 3 and 4");
}
