#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/maximum.hpp>

#include "support/elementwise.hpp"
#include "support/matchers.hpp"

using namespace retrograph;
using namespace retrograph::test;

namespace {

const BinaryFunction larger = [](const Tensor& a, const Tensor& b) { return maximum(a, b); };
const BinaryFunction smaller = [](const Tensor& a, const Tensor& b) { return minimum(a, b); };

}  // namespace

TEST_CASE("maximum and minimum choose, number by number") {
  const auto a = Array::of<float>({2, 1}, {1, 5});
  const auto b = Array::of<float>({3}, {-2, 3, 7});
  CHECK_THAT(value_at(larger, a, b), equals(Array::of<float>({2, 3}, {1, 3, 7, 5, 5, 7})));
  CHECK_THAT(value_at(smaller, a, b), equals(Array::of<float>({2, 3}, {-2, 1, 1, -2, 3, 5})));
  CHECK_THAT(value_at([](const Tensor& x) { return maximum(x, 0); }, row({-1, 1})), equals(row({0, 1})));
}

TEST_CASE("the gradient goes to the chosen number, and half to each of a tie") {
  const auto a = row({1, 5, 4}), b = row({3, 2, 4});
  const auto of_larger = gradients_at(larger, a, b), of_smaller = gradients_at(smaller, a, b);
  CHECK_THAT(of_larger[0], equals(row({0, 1, 0.5})));
  CHECK_THAT(of_larger[1], equals(row({1, 0, 0.5})));
  CHECK_THAT(of_smaller[0], equals(row({1, 0, 0.5})));
  CHECK_THAT(of_smaller[1], equals(row({0, 1, 0.5})));
}

TEST_CASE("the gradient of a repeated operand is the sum of what its repetitions get") {
  const auto gradients = gradients_at(larger, row({2}), row({1, 2, 3}));
  CHECK_THAT(gradients[0], equals(row({1.5})));
  CHECK_THAT(gradients[1], equals(row({0, 0.5, 1})));
}

TEST_CASE("an infinite upstream leaves the number that was not chosen at 0") {
  const auto steep = [](const Tensor& x) { return maximum(x, 1) * infinity; };
  CHECK_THAT(gradient_at(steep, row({0, 2})), equals(row({0, infinity})));
}

TEST_CASE("maximum and minimum hand a NaN of either operand on") {
  const auto a = row({not_a_number, 1, not_a_number, infinity}),
             b = row({1, not_a_number, not_a_number, -infinity});
  CHECK_THAT(value_at(larger, a, b), equals(row({not_a_number, not_a_number, not_a_number, infinity})));
  CHECK_THAT(value_at(smaller, a, b), equals(row({not_a_number, not_a_number, not_a_number, -infinity})));
}

TEST_CASE("maximum takes integers of all sizes, and refuses bool") {
  CHECK_THAT(value_at(larger, Array::scalar(std::uint8_t{200}), Array::scalar(std::uint8_t{100})),
             equals(Array::scalar(std::uint8_t{200})));
  Graph graph;
  const auto x = graph.input("x", {3}, DType::boolean);
  CHECK_REFUSED(TypeError, maximum(x, x), "maximum: is not defined for bool");
}
