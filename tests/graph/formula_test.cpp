#include <retrograph/graph/formula.hpp>

#include "support/formulas.hpp"

using namespace retrograph;
using namespace retrograph::test;

TEST_CASE("A formula appended to another computes what it does of that one's values") {
  using enum Formula::Operation;
  Formula half;  // (x - y) / 2
  half.apply(divide, {half.apply(subtract, {half.operand(0), half.operand(1)}), half.number(2)});

  Formula formula;
  const std::array operands{formula.operand(0), formula.operand(1)};
  const auto once = formula.append(half, operands);
  const auto twice = formula.append(half, std::array{once, operands[1]});
  CHECK(twice + 1 == formula.steps().size());
  const auto all = values<double>(formula, {7, 3});
  CHECK(all[once] == 2);
  CHECK(all[twice] == -0.5);
}

TEST_CASE("A number is one value of a formula, however often it is used, and 0 another than -0") {
  Formula half;
  half.apply(Formula::Operation::divide, {half.operand(0), half.number(2)});
  Formula formula;
  auto x = formula.operand(0);
  for (int i = 0; i < 3; ++i) x = formula.append(half, std::array{x});
  CHECK(formula.steps().size() == 1 + 1 + 3);
  CHECK(formula.number(2) == 1);
  CHECK(formula.number(0) != formula.number(-0.0));
}
