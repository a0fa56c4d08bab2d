#include <retrograph/autograd/gradient.hpp>
#include <retrograph/graph/execute/executable.hpp>
#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/sum.hpp>

#include "support/matchers.hpp"

using namespace retrograph;
using namespace retrograph::test;

namespace {

/// Twice and thrice a number; only the first has a gradient.
struct TwiceAndThrice {
  static constexpr std::string_view name = "twice_and_thrice";
  Types infer(const Types& operands) const { return {operands[0], operands[0]}; }
  template <std::floating_point T>
  void compute(const Call& call) const {
    for (std::int64_t i = 0; i < call.input(0).size; ++i) {
      call.output(0).values<T>()[i] = 2 * call.input(0).values<T>()[i];
      call.output(1).values<T>()[i] = 3 * call.input(0).values<T>()[i];
    }
  }
  Gradients gradient(const Applied&, const Tensor& upstream) const { return {2 * upstream}; }
};

}  // namespace

TEST_CASE("gradient of x * x is 2 x, and its gradient is 2") {
  Graph graph;
  const auto x = graph.input("x", {3}, DType::float64);
  const auto first = gradient(sum(x * x), x);
  const auto second = gradient(sum(first), x);
  const auto numbers = Array::of<double>({3}, {1, 2, 3});
  CHECK_THAT(evaluate(first, x.feed(numbers)), equals(Array::of<double>({3}, {2, 4, 6})));
  CHECK_THAT(evaluate(second, x.feed(numbers)), equals(Array::of<double>({3}, {2, 2, 2})));
}

TEST_CASE("gradient takes a result that its op's rule does not cover for a constant") {
  Graph graph;
  const auto x = graph.input("x", {2}, DType::float64);
  const auto twice = apply(TwiceAndThrice{}, {x}, std::source_location::current());
  const auto thrice = twice.result(1);
  const auto numbers = Array::of<double>({2}, {1, 2});
  CHECK_THAT(evaluate(gradient(sum(twice * thrice), x), x.feed(numbers)),
             equals(Array::of<double>({2}, {6, 12})));
  CHECK_THAT(evaluate(gradient(sum(twice * thrice), thrice), x.feed(numbers)),
             equals(Array::of<double>({2}, {2, 4})));
  const auto both = std::vector<Tensor>{x, twice};
  CHECK_THAT(evaluate(gradient(sum(twice * thrice), both)[0], x.feed(numbers)),
             equals(Array::of<double>({2}, {6, 12})));
  CHECK_REFUSED(GradientError, gradient(sum(thrice), x), "leads through 'twice_and_thrice'");
  CHECK_REFUSED(GradientError, gradient(sum(thrice * thrice), x), "leads through 'twice_and_thrice'");
}
