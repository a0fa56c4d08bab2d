#include <retrograph/autograd/gradient.hpp>
#include <retrograph/graph/execute/executable.hpp>
#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/sum.hpp>

#include "support/matchers.hpp"

using namespace retrograph;
using namespace retrograph::test;

namespace {

/// An op that is not differentiable, for the messages.
struct Sign {
  static constexpr std::string_view name = "sign";
  static constexpr bool differentiable = false;
  Types infer(const Types& operands) const { return operands; }
  template <std::floating_point T>
  void compute(const Call& call) const {
    for (std::int64_t i = 0; i < call.output(0).size; ++i) {
      const auto x = call.input(0).values<T>()[i];
      call.output(0).values<T>()[i] = static_cast<T>((x > 0) - (x < 0));
    }
  }
};

Tensor sign_of(const Tensor& x, std::source_location where = std::source_location::current()) {
  return apply(Sign{}, {x}, where);
}

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

TEST_CASE("the fifth derivative of x^5 is 120") {
  Graph graph;
  const auto x = graph.input("x", {}, DType::float64);
  auto y = x * x * x * x * x;
  for (int order = 0; order < 5; ++order) y = gradient(y, x);
  CHECK(evaluate(y, x.feed(Array::scalar(0.7))).scalar() == Approx(120));
}

TEST_CASE("where ways meet, gradients are summed") {
  Graph graph;
  const auto x = graph.input("x", {}, DType::float64);
  const auto y = x + x + 3 * x;  // one tensor, four uses
  CHECK(evaluate(gradient(y, x), x.feed(Array::scalar(2.0))).scalar() == 5);
}

TEST_CASE("the gradient of a repeated operand is summed to its shape") {
  Graph graph;
  const auto row = graph.input("row", {3}, DType::float64);
  const auto column = graph.input("column", {2, 1}, DType::float64);
  const auto y = sum(row * column);
  const auto r = Array::of<double>({3}, {1, 2, 3});
  const auto c = Array::of<double>({2, 1}, {10, 20});
  CHECK_THAT(evaluate(gradient(y, row), row.feed(r), column.feed(c)),
             equals(Array::of<double>({3}, {30, 30, 30})));
  CHECK_THAT(evaluate(gradient(y, column), row.feed(r), column.feed(c)),
             equals(Array::of<double>({2, 1}, {6, 6})));
}

TEST_CASE("a gradient with symbolic extents runs at every batch") {
  Graph graph;
  const auto x = graph.input("x", {graph.dim("batch"), 2}, DType::float64);
  const auto dx = gradient(sum(x * x), x);
  CHECK(to_string(dx.shape()) == "[batch, 2]");
  CHECK_THAT(evaluate(dx, x.feed(Array::of<double>({1, 2}, {1, 2}))),
             equals(Array::of<double>({1, 2}, {2, 4})));
  CHECK(evaluate(dx, x.feed(Array{{0, 2}, DType::float64})).size() == 0);
}

TEST_CASE("a gradient may start from an upstream") {
  Graph graph;
  const auto x = graph.input("x", {2}, DType::float64);
  const auto upstream = graph.constant(Array::of<double>({2}, {1, 10}));
  const auto dx = gradient(x * x, x, {.upstream = upstream});
  CHECK_THAT(evaluate(dx, x.feed(Array::of<double>({2}, {3, 4}))), equals(Array::of<double>({2}, {6, 80})));
}

TEST_CASE("the gradient of y with respect to itself is one") {
  Graph graph;
  const auto x = graph.input("x", {}, DType::float64);
  CHECK(evaluate(gradient(x, x)).scalar() == 1);
}

TEST_CASE("gradient nodes remember the forward node, its line and its scope") {
  Graph graph;
  const auto x = graph.input("x", {3});
  const auto y = [&] {
    const auto scope = graph.scope("hidden");
    return neg(x);
  }();
  const auto dx = gradient(sum(y), x);
  const auto& node = graph.node(dx.node());
  CHECK(node.role == Role::gradient);
  CHECK(node.origin == y.node());
  CHECK(node.scope == "gradient/hidden");
  CHECK(node.where.line() == graph.node(y.node()).where.line());
}

TEST_CASE("nobody asks for the gradient of an operand: no nodes are made for it") {
  Graph graph;
  const auto images = graph.input("images", {4, 3});
  const auto weight = graph.input("weight", {4, 3});
  const auto y = sum(images * weight);
  const auto before = graph.node_count();
  gradient(y, weight);
  // one, reshape, broadcast_to, multiply
  CHECK(graph.node_count() - before == 4);
}

TEST_CASE("an x that does not reach y is an error that names it, or zeros if asked for") {
  Graph graph;
  const auto x = graph.input("x", {3}), other = graph.input("other", {graph.dim("n")});
  const auto y = sum(x);
  CHECK_REFUSED(GradientError, gradient(y, other), "gradient: not connected: 'other' does not reach 'sum'");
  CHECK_REFUSED(GradientError, gradient(y, other), "at gradient_test.cpp:" + std::to_string(__LINE__));
  const auto zeros = gradient(y, other, {.unconnected = GradientOptions::Unconnected::zeros});
  CHECK_THAT(evaluate(zeros, other.feed(Array{{2}})), equals(Array{{2}}));
}

TEST_CASE("an op that is not differentiable on every way is named with its line") {
  Graph graph;
  const auto x = graph.input("x", {3});
  const auto step = sign_of(x);
  const auto line = std::to_string(__LINE__ - 1);
  CHECK_REFUSED(GradientError, gradient(sum(step * 2), x),
                "not differentiable: every way from 'x' to 'sum' leads through 'sign' (sign), made at "
                "gradient_test.cpp:" +
                    line);
  // A differentiable way beside it is enough.
  const auto dx = gradient(sum(sign_of(x) * x), x);
  CHECK_THAT(evaluate(dx, x.feed(Array::of<float>({3}, {2, -3, 0}))),
             equals(Array::of<float>({3}, {1, -1, 0})));
}

TEST_CASE("integers have no gradient") {
  Graph graph;
  const auto count = graph.input("count", {3}, DType::int32);
  CHECK_REFUSED(GradientError, gradient(sum(count), count), "not differentiable: 'sum' is int32");
}

TEST_CASE("y must be a scalar unless an upstream of its type is given") {
  Graph graph;
  const auto x = graph.input("x", {3});
  CHECK_REFUSED(GradientError, gradient(x * x, x), "'multiply' is [3], not a scalar");
  CHECK_REFUSED(GradientError, gradient(x * x, x, {.upstream = sum(x)}),
                "the upstream is [] float32, not [3] float32");
}

TEST_CASE("tensors of another graph have no gradient here") {
  Graph graph, other;
  const auto x = graph.input("x", {}), z = other.input("z", {});
  CHECK_REFUSED(GraphError, gradient(x * x, z), "'z' belongs to another graph");
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
