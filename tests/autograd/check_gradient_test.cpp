#include <retrograph/autograd/check_gradient.hpp>
#include <retrograph/ops/arithmetic.hpp>

#include "support/matchers.hpp"

using namespace retrograph;
using namespace retrograph::test;

namespace {

/// Forgets the factor 2 in its gradient.
struct WrongSquare {
  static constexpr std::string_view name = "wrong_square";
  Types infer(const Types& operands) const { return operands; }
  void compute(const Call& call) const {
    for (std::int64_t i = 0; i < call.output(0).size; ++i)
      call.output(0).values<double>()[i] =
          call.input(0).values<double>()[i] * call.input(0).values<double>()[i];
  }
  Gradients gradient(const Applied& node, const Tensor& upstream) const { return {upstream * node.input(0)}; }
};

/// x^2, whose gradient 2 x is made as wrong_square(x) * 2 / x: right in value, wrong when it is
/// differentiated.
struct SquareByWrongMeans {
  static constexpr std::string_view name = "square_by_wrong_means";
  Types infer(const Types& operands) const { return operands; }
  void compute(const Call& call) const { WrongSquare{}.compute(call); }
  Gradients gradient(const Applied& node, const Tensor& upstream) const {
    const auto x = node.input(0);
    return {upstream * (2 * apply(WrongSquare{}, {x}, std::source_location::current()) / x)};
  }
};

}  // namespace

TEST_CASE("check_gradient finds a wrong gradient and names argument, index and both values") {
  const auto f = [](std::span<const Tensor> x) {
    return apply(WrongSquare{}, {x[1]}, std::source_location::current()) + x[0];
  };
  const std::vector<Array> operands{Array::of<double>({2}, {1, 1}), Array::of<double>({2}, {0, 3})};
  CHECK_REFUSED(GradientError, check_gradient(f, operands), "with respect to argument 1 at [1] is ");
  CHECK_REFUSED(GradientError, check_gradient(f, operands), ", by differences ");
}

TEST_CASE("check_gradient finds a second derivative that is wrong where the first is right") {
  const auto f = [](std::span<const Tensor> x) {
    return apply(SquareByWrongMeans{}, {x[0]}, std::source_location::current());
  };
  const std::vector<Array> operands{Array::of<double>({2}, {0.5, 3})};
  CHECK_NOTHROW(check_gradient(f, operands, {.order = 1}));
  CHECK_REFUSED(GradientError, check_gradient(f, operands, {.order = 2}), "the derivative of order 2");
}
