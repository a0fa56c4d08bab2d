#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/sign.hpp>

#include "support/elementwise.hpp"
#include "support/matchers.hpp"

#include <limits>

using namespace retrograph;
using namespace retrograph::test;

namespace {

const UnaryFunction abs_of = [](const Tensor& x) { return abs(x); };
const UnaryFunction sign_of = [](const Tensor& x) { return sign(x); };

}  // namespace

TEST_CASE("abs and sign split a number") {
  const auto x = row({-2.5, -0.0, 0, 3, -infinity});
  CHECK_THAT(value_at(abs_of, x), equals(row({2.5, 0, 0, 3, infinity})));
  CHECK_THAT(value_at(sign_of, x), equals(row({-1, 0, 0, 1, -1})));
}

TEST_CASE("the gradient of abs is the sign, 0 at 0, and that of sign is 0") {
  const auto x = row({-2.5, 0, 3, infinity});
  CHECK_THAT(gradient_at(abs_of, x), equals(row({-1, 0, 1, 1})));
  CHECK_THAT(gradient_at(sign_of, x), equals(row({0, 0, 0, 0})));
  CHECK_THAT(gradient_at([](const Tensor& t) { return gradient(sum(abs(t)), t); }, x),
             equals(row({0, 0, 0, 0})));
}

TEST_CASE("abs and sign hand a NaN on") {
  CHECK_THAT(value_at(abs_of, row({not_a_number})), equals(row({not_a_number})));
  CHECK_THAT(value_at(sign_of, row({not_a_number})), equals(row({not_a_number})));
}

TEST_CASE("abs and sign take integers, of which the smallest has no counterpart") {
  constexpr auto smallest = std::numeric_limits<std::int32_t>::min();
  const auto x = Array::of<std::int32_t>({4}, {-7, 0, 7, smallest});
  CHECK_THAT(value_at(abs_of, x), equals(Array::of<std::int32_t>({4}, {7, 0, 7, smallest})));
  CHECK_THAT(value_at(sign_of, x), equals(Array::of<std::int32_t>({4}, {-1, 0, 1, -1})));
  CHECK_THAT(value_at(sign_of, Array::of<std::uint8_t>({2}, {0, 200})),
             equals(Array::of<std::uint8_t>({2}, {0, 1})));
}

TEST_CASE("abs refuses bool") {
  Graph graph;
  CHECK_REFUSED(TypeError, abs(graph.input("x", {3}, DType::boolean)), "abs: is not defined for bool");
}
