#include <retrograph/ops/arithmetic.hpp>

#include "support/elementwise.hpp"
#include "support/matchers.hpp"

#include <limits>

using namespace retrograph;
using namespace retrograph::test;

TEST_CASE("add repeats a row over a matrix") {
  Graph graph;
  const auto a = graph.constant(Array::of<float>({2, 3}, {1, 2, 3, 4, 5, 6}));
  const auto b = graph.constant(Array::of<float>({3}, {10, 20, 30}));
  CHECK_THAT(evaluate(a + b), equals(Array::of<float>({2, 3}, {11, 22, 33, 14, 25, 36})));
  CHECK_THAT(evaluate(2 * a + 1), equals(Array::of<float>({2, 3}, {3, 5, 7, 9, 11, 13})));
}

TEST_CASE("the operators calculate, with plain numbers on either side") {
  Graph graph;
  const auto x = graph.constant(Array::of<float>({2}, {2, -4}));
  CHECK_THAT(evaluate(-x), equals(Array::of<float>({2}, {-2, 4})));
  CHECK_THAT(evaluate(1 - x), equals(Array::of<float>({2}, {-1, 5})));
  CHECK_THAT(evaluate(x - 0.5), equals(Array::of<float>({2}, {1.5, -4.5})));
  CHECK_THAT(evaluate(8 / x), equals(Array::of<float>({2}, {4, -2})));
  CHECK_THAT(evaluate(x * x), equals(Array::of<float>({2}, {4, 16})));
}

TEST_CASE("the gradients of + - * / are those of the formulas, summed to the shape of the operand") {
  const auto a = row({1, 2, 4}), b = row({2});
  const auto check = [&](Tensor (*op)(Operand, Operand), const Array& of_a, const Array& of_b) {
    const auto gradients = gradients_at([op](const Tensor& x, const Tensor& y) { return op(x, y); }, a, b);
    CHECK_THAT(gradients[0], equals(of_a));
    CHECK_THAT(gradients[1], equals(of_b));
  };
  check(add, row({1, 1, 1}), row({3}));
  check(subtract, row({1, 1, 1}), row({-3}));
  check(multiply, row({2, 2, 2}), row({7}));
  check(divide, row({0.5, 0.5, 0.5}), row({-1.75}));
}

TEST_CASE("a tensor may meet itself") {
  CHECK_THAT(gradient_at([](const Tensor& x) { return x * x + x - x / x; }, row({3, -2})),
             equals(row({7, -3})));
}

TEST_CASE("every shape of broadcasting has its innermost loop") {
  // Sizes around the width of a vector, and past the part that one thread takes.
  for (const std::int64_t columns : {1, 3, 15, 16, 17, 10000}) {
    INFO("columns: " << columns);
    Array matrix{{2, columns}, DType::float64}, line{{columns}, DType::float64};
    const auto column = Array::of<double>({2, 1}, {100, 200});
    Array with_line{matrix}, with_column{matrix}, of_both{matrix};
    for (std::size_t i = 0; i < 2; ++i)
      for (std::size_t j = 0; j < static_cast<std::size_t>(columns); ++j) {
        const auto place = i * static_cast<std::size_t>(columns) + j;
        line.values<double>()[j] = static_cast<double>(j);
        matrix.values<double>()[place] = static_cast<double>(3 * place);
        with_line.values<double>()[place] = static_cast<double>(3 * place) - static_cast<double>(j);
        with_column.values<double>()[place] = static_cast<double>(3 * place) - (i == 0 ? 100.0 : 200.0);
        of_both.values<double>()[place] = (i == 0 ? 100.0 : 200.0) - static_cast<double>(j);
      }
    const BinaryFunction difference = [](const Tensor& a, const Tensor& b) { return a - b; };
    CHECK_THAT(value_at(difference, matrix, line), equals(with_line));
    CHECK_THAT(value_at(difference, matrix, column), equals(with_column));
    CHECK_THAT(value_at(difference, column, line), equals(of_both));
  }
}

TEST_CASE("arithmetic of nothing is nothing") {
  const Array nothing{{0, 3}};
  CHECK_THAT(value_at([](const Tensor& x) { return -x * 2 + x / 3; }, nothing), equals(nothing));
  CHECK_THAT(gradient_at([](const Tensor& x) { return -x * 2 + x / 3; }, nothing), equals(nothing));
}

TEST_CASE("floats follow IEEE 754: a division by 0 is infinite, or NaN of 0") {
  const BinaryFunction quotient = [](const Tensor& a, const Tensor& b) { return a / b; };
  CHECK_THAT(value_at(quotient, row({1, -1, 0, not_a_number}), row({0, 0, 0, 1})),
             equals(row({infinity, -infinity, not_a_number, not_a_number})));
}

TEST_CASE("integers wrap, and divide towards 0") {
  const auto smallest = std::numeric_limits<std::int32_t>::min();
  const auto largest = std::numeric_limits<std::int32_t>::max();
  const auto x = Array::of<std::int32_t>({4}, {smallest, largest, -7, 7});
  const auto check = [&](const UnaryFunction& f, std::initializer_list<std::int32_t> expected) {
    CHECK_THAT(value_at(f, x), equals(Array::of<std::int32_t>({4}, expected)));
  };
  check([](const Tensor& t) { return -t; }, {smallest, -largest, 7, -7});
  check([](const Tensor& t) { return t + 1; }, {smallest + 1, smallest, -6, 8});
  check([](const Tensor& t) { return t - 1; }, {largest, largest - 1, -8, 6});
  check([](const Tensor& t) { return t * 2; }, {0, -2, -14, 14});
  check([](const Tensor& t) { return t / 2; }, {smallest / 2, largest / 2, -3, 3});
}

TEST_CASE("an integer divided by 0 is refused, with its place and line, and so is the smallest by -1") {
  const auto smallest = std::numeric_limits<std::int64_t>::min();
  Graph graph;
  const auto a = graph.input("a", {2, 2}, DType::int64);
  const auto b = graph.input("b", {2}, DType::int64);
  const auto y = (a / b).named("share");
  const auto line = std::to_string(__LINE__ - 1);
  const auto numbers = a.feed(Array::of<std::int64_t>({2, 2}, {1, 2, 3, smallest}));
  const auto run = [&](std::int64_t divisor) {
    return evaluate(y, numbers, b.feed(Array::of<std::int64_t>({2}, {1, divisor})));
  };
  CHECK_REFUSED(FeedError, run(0), "share: an integer is divided by zero at [0, 1]: 2 and 0");
  CHECK_REFUSED(FeedError, run(0), "a [2, 2] int64");
  CHECK_REFUSED(FeedError, run(0), "at arithmetic_test.cpp:" + line);
  CHECK_REFUSED(FeedError, run(-1),
                "share: the quotient is above the largest integer at [1, 1]: -9223372036854775808 and -1");
  CHECK_NOTHROW(run(2));
}

TEST_CASE("a constant integer divided by 0 is refused with its line too") {
  Graph graph;
  const auto one = graph.constant(Array::scalar(std::int32_t{1}));
  const auto y = one / 0;
  CHECK_REFUSED(FeedError, evaluate(y), "divide: an integer is divided by zero at []: 1 and 0");
  CHECK_REFUSED(FeedError, evaluate(y), "at arithmetic_test.cpp:" + std::to_string(__LINE__ - 2));
}

TEST_CASE("add refuses extents that differ, with names, shapes and line") {
  Graph graph;
  const auto a = graph.input("a", {graph.dim("batch"), 3});
  const auto b = graph.input("b", {graph.dim("batch"), 4});
  CHECK_REFUSED(ShapeError, a + b, "add: extents differ: 3 and 4");
  CHECK_REFUSED(ShapeError, a + b, "a [batch, 3] float32");
  CHECK_REFUSED(ShapeError, a + b, "at arithmetic_test.cpp:" + std::to_string(__LINE__));
}

TEST_CASE("arithmetic refuses mixed dtypes, bool, and numbers that the dtype does not have") {
  Graph graph;
  const auto x = graph.input("x", {3});
  const auto n = graph.input("n", {3}, DType::int32);
  const auto b = graph.input("b", {3}, DType::boolean);
  CHECK_REFUSED(TypeError, x + n, "add: dtypes differ: float32 and int32");
  CHECK_REFUSED(TypeError, b + b, "add: is not defined for bool");
  CHECK_REFUSED(TypeError, n * 0.5, "multiply: the number 0.5 is no int32");
  CHECK_REFUSED(TypeError, Operand{1} - Operand{2}, "subtract: one of the operands must be a tensor");
  CHECK_REFUSED(TypeError, -Operand{1}, "neg: one of the operands must be a tensor");
}
