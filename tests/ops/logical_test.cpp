#include <retrograph/ops/comparison.hpp>
#include <retrograph/ops/logical.hpp>

#include "support/elementwise.hpp"
#include "support/matchers.hpp"

using namespace retrograph;
using namespace retrograph::test;

TEST_CASE("logical ops have their tables of truth") {
  Graph graph;
  const auto a = graph.constant(Array::of<bool>({4}, {false, false, true, true}));
  const auto b = graph.constant(Array::of<bool>({4}, {false, true, false, true}));
  CHECK_THAT(evaluate(a && b), equals(Array::of<bool>({4}, {false, false, false, true})));
  CHECK_THAT(evaluate(a || b), equals(Array::of<bool>({4}, {false, true, true, true})));
  CHECK_THAT(evaluate(logical_xor(a, b)), equals(Array::of<bool>({4}, {false, true, true, false})));
  CHECK_THAT(evaluate(!a), equals(Array::of<bool>({4}, {true, true, false, false})));
  CHECK_THAT(evaluate(logical_not(a)), equals(Array::of<bool>({4}, {true, true, false, false})));
}

TEST_CASE("logical ops broadcast, and take true and false") {
  Graph graph;
  const auto column = graph.constant(Array::of<bool>({2, 1}, {false, true}));
  const auto line = graph.constant(Array::of<bool>({2}, {true, false}));
  CHECK_THAT(evaluate(column || line), equals(Array::of<bool>({2, 2}, {true, false, true, true})));
  CHECK_THAT(evaluate(line && true), equals(Array::of<bool>({2}, {true, false})));
  CHECK_THAT(evaluate(false || line), equals(Array::of<bool>({2}, {true, false})));
}

TEST_CASE("logical ops of nothing are nothing") {
  const Array nothing{{0}, DType::boolean};
  CHECK_THAT(value_at([](const Tensor& x) { return !x && x; }, nothing), equals(nothing));
}

TEST_CASE("logical ops refuse what is not bool") {
  Graph graph;
  const auto x = graph.input("x", {3});
  const auto b = graph.input("b", {3}, DType::boolean);
  CHECK_REFUSED(TypeError, x && x, "logical_and: is not defined for float32");
  CHECK_REFUSED(TypeError, b || x, "logical_or: dtypes differ: bool and float32");
  CHECK_REFUSED(TypeError, !x, "logical_not: is not defined for float32");
  CHECK_REFUSED(TypeError, b && 2, "logical_and: the number 2 is no bool");
  CHECK_REFUSED(TypeError, !Operand{true}, "logical_not: one of the operands must be a tensor");
}
