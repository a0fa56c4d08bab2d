#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/cast.hpp>
#include <retrograph/ops/comparison.hpp>

#include "support/elementwise.hpp"
#include "support/matchers.hpp"

using namespace retrograph;
using namespace retrograph::test;

namespace {

Array bools(std::initializer_list<bool> values) {
  return Array::of<bool>({static_cast<std::int64_t>(values.size())}, values);
}

}  // namespace

TEST_CASE("comparisons are operators, of tensors and of plain numbers on either side") {
  Graph graph;
  const auto a = graph.constant(Array::of<float>({3}, {1, 2, 3}));
  const auto b = graph.constant(Array::of<float>({3}, {3, 2, 1}));
  CHECK_THAT(evaluate(a == b), equals(bools({false, true, false})));
  CHECK_THAT(evaluate(a != b), equals(bools({true, false, true})));
  CHECK_THAT(evaluate(a < b), equals(bools({true, false, false})));
  CHECK_THAT(evaluate(a <= b), equals(bools({true, true, false})));
  CHECK_THAT(evaluate(a > b), equals(bools({false, false, true})));
  CHECK_THAT(evaluate(a >= b), equals(bools({false, true, true})));
  CHECK_THAT(evaluate(a == 2), equals(bools({false, true, false})));
  CHECK_THAT(evaluate(2 == a), equals(bools({false, true, false})));
  CHECK_THAT(evaluate(2 != a), equals(bools({true, false, true})));
  CHECK_THAT(evaluate(1.5 < a), equals(bools({false, true, true})));
}

TEST_CASE("comparisons do not overwrite a repeated operand of as many bytes as the result") {
  // Two floats have the bytes of eight bools: in their place those would be written while these are read.
  Graph graph;
  const auto x = graph.input("x", {2});
  const auto matrix = graph.input("matrix", {4, 2});
  const auto same = matrix == -x;
  CHECK_THAT(evaluate(same, x.feed(Array::of<float>({2}, {-1, -2})),
                      matrix.feed(Array::of<float>({4, 2}, {1, 0, 0, 2, 1, 2, 0, 0}))),
             equals(Array::of<bool>({4, 2}, {true, false, false, true, true, true, false, false})));
}

TEST_CASE("with a NaN, not_equal alone holds") {
  const auto check = [&](Tensor (*op)(Operand, Operand), bool holds) {
    const auto f = [op](const Tensor& a, const Tensor& b) { return op(a, b); };
    CHECK_THAT(value_at(f, row({not_a_number, 1, not_a_number}), row({1, not_a_number, not_a_number})),
               equals(bools({holds, holds, holds})));
  };
  check(equal, false);
  check(not_equal, true);
  check(less, false);
  check(less_equal, false);
  check(greater, false);
  check(greater_equal, false);
}

TEST_CASE("integers are compared exactly") {
  // As doubles they would be equal.
  const auto a = Array::scalar((std::int64_t{1} << 53) + 1), b = Array::scalar(std::int64_t{1} << 53);
  CHECK_THAT(value_at([](const Tensor& x, const Tensor& y) { return x > y; }, a, b),
             equals(Array::scalar(true)));
}

TEST_CASE("comparisons of nothing are nothing") {
  const Array nothing{{2, 0}};
  CHECK_THAT(value_at([](const Tensor& x) { return x < 1; }, nothing), equals(Array{{2, 0}, DType::boolean}));
}

TEST_CASE("comparisons refuse different dtypes, and numbers that the dtype does not have") {
  Graph graph;
  const auto a = graph.input("a", {3});
  const auto b = graph.input("b", {3}, DType::int32);
  CHECK_REFUSED(TypeError, a < b, "less: dtypes differ: float32 and int32");
  CHECK_REFUSED(TypeError, b < 0.5, "less: the number 0.5 is no int32");
}

TEST_CASE("a gradient through a comparison is refused, by name") {
  Graph graph;
  const auto x = graph.input("x", {3});
  const auto count = sum(cast(x > 0, DType::float32));
  CHECK_REFUSED(GradientError, gradient(count, x), "not differentiable");
  CHECK_REFUSED(GradientError, gradient(count, x), "(greater)");
}
