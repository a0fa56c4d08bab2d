#include <retrograph/autograd/check_gradient.hpp>
#include <retrograph/autograd/gradient.hpp>
#include <retrograph/graph/execute/executable.hpp>
#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/sum.hpp>

#include "support/matchers.hpp"

#include <cmath>

using namespace retrograph;
using namespace retrograph::test;

namespace {

// Ops as a user would write them, in a program of their own: nothing is registered anywhere.

Tensor swish(const Tensor& x, double beta, std::source_location where = std::source_location::current());
Tensor logistic(const Tensor& x, std::source_location where = std::source_location::current());

struct Logistic {
  static constexpr std::string_view name = "logistic";
  Types infer(const Types& operands) const { return operands; }
  template <std::floating_point T>
  void compute(const Call& call) const {
    for (std::int64_t i = 0; i < call.output(0).size; ++i)
      call.output(0).values<T>()[i] = 1 / (1 + std::exp(-call.input(0).values<T>()[i]));
  }
  Gradients gradient(const Applied& node, const Tensor& upstream) const {
    const auto y = node.result(0);
    return {upstream * y * (1 - y)};
  }
};

/// x * logistic(beta * x). Ramachandran, Zoph, Le: "Searching for activation functions", 2017, section 3.
struct Swish {
  static constexpr std::string_view name = "swish";
  double beta;

  std::string attributes() const { return "beta=" + std::to_string(beta); }
  Types infer(const Types& operands) const {
    if (operands[0].shape.rank() == 0) throw ShapeError{"takes no scalar", "reshape it to [1]"};
    return operands;
  }
  template <std::floating_point T>
  void compute(const Call& call) const {
    for (std::int64_t i = 0; i < call.output(0).size; ++i) {
      const auto x = call.input(0).values<T>()[i];
      call.output(0).values<T>()[i] = x / (1 + std::exp(-static_cast<T>(beta) * x));
    }
  }
  Gradients gradient(const Applied& node, const Tensor& upstream) const {
    const auto x = node.input(0), s = logistic(beta * x);
    return {upstream * (s + beta * node.result(0) * (1 - s))};
  }
  friend bool operator==(const Swish&, const Swish&) = default;
};

Tensor swish(const Tensor& x, double beta, std::source_location where) {
  return apply(Swish{beta}, {x}, where);
}
Tensor logistic(const Tensor& x, std::source_location where) {
  return apply(Logistic{}, {x}, where);
}

/// Sum and difference: two results, one gradient rule for both.
struct SumAndDifference {
  static constexpr std::string_view name = "sum_and_difference";
  Types infer(const Types& operands) const { return {operands[0], operands[0]}; }
  template <std::floating_point T>
  void compute(const Call& call) const {
    for (std::int64_t i = 0; i < call.output(0).size; ++i) {
      const auto a = call.input(0).values<T>()[i], b = call.input(1).values<T>()[i];
      call.output(0).values<T>()[i] = a + b;
      call.output(1).values<T>()[i] = a - b;
    }
  }
  Gradients gradient(const Applied&, const Upstreams& upstreams) const {
    const auto &s = upstreams[0], &d = upstreams[1];
    if (s && d) return {*s + *d, *s - *d};
    if (s) return {*s, *s};
    return {*d, neg(*d)};
  }
};

}  // namespace

TEST_CASE("a user's op works like any other: value, gradient, gradient of the gradient") {
  const std::vector<Array> x{Array::of<double>({4}, {-2, -0.5, 0.3, 3})};
  const auto f = [](std::span<const Tensor> operands) { return swish(operands[0], 1.5); };
  CHECK_NOTHROW(check_gradient(f, x, {.order = 1}));
  CHECK_NOTHROW(check_gradient(f, x, {.order = 2}));
  Graph graph;
  const auto y = swish(graph.constant(Array::of<double>({1}, {2})), 1);
  CHECK(evaluate(y).at(0) == Approx(2 / (1 + std::exp(-2.0))));
}

TEST_CASE("a user's op has several results, each with a gradient") {
  const std::vector<Array> operands{Array::of<double>({2}, {1, 2}), Array::of<double>({2}, {3, 5})};
  for (const int used : {1, 2, 3}) {
    const auto f = [used](std::span<const Tensor> x) {
      const auto total = apply(SumAndDifference{}, {x[0], x[1]}, std::source_location::current());
      const auto difference = total.result(1);
      return used == 1 ? total * total : used == 2 ? difference * difference : total * difference;
    };
    CHECK_NOTHROW(check_gradient(f, operands, {.order = 1}));
    CHECK_NOTHROW(check_gradient(f, operands, {.order = 2}));
  }
}

TEST_CASE("a user's op gets operands and line added to its errors, and its dtypes from its kernel") {
  Graph graph;
  const auto scalar = graph.input("scalar", {}), count = graph.input("count", {2}, DType::int32);
  CHECK_REFUSED(ShapeError, swish(scalar, 1), "swish: takes no scalar\n  scalar [] float32\n  at user_op_test.cpp:");
  CHECK_REFUSED(ShapeError, swish(scalar, 1), "user_op_test.cpp:" + std::to_string(__LINE__));
  CHECK_REFUSED(TypeError, swish(count, 1), "swish: is not defined for int32");
}
