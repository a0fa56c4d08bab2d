#include <retrograph/graph/compile/program.hpp>
#include <retrograph/graph/execute/executable.hpp>
#include <retrograph/ops/activation.hpp>
#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/broadcast_to.hpp>
#include <retrograph/ops/cast.hpp>
#include <retrograph/ops/comparison.hpp>
#include <retrograph/ops/exponential.hpp>
#include <retrograph/ops/logical.hpp>
#include <retrograph/ops/max.hpp>
#include <retrograph/ops/mean.hpp>
#include <retrograph/ops/power.hpp>
#include <retrograph/ops/prod.hpp>
#include <retrograph/ops/reshape.hpp>
#include <retrograph/ops/sign.hpp>
#include <retrograph/ops/softmax.hpp>
#include <retrograph/ops/stop_gradient.hpp>
#include <retrograph/ops/sum.hpp>
#include <retrograph/ops/transpose.hpp>
#include <retrograph/ops/where.hpp>

#include "support/elementwise.hpp"
#include "support/matchers.hpp"

using namespace retrograph;
using namespace retrograph::test;

namespace {

using Names = std::vector<std::string>;

/// What a rule may meet.
struct Operands {
  Tensor matrix, other;    // [3, 3]
  Tensor row, column;      // [3], [3, 1]
  Tensor flags, integers;  // [3, 3], bool and int32
  Tensor one;              // a constant
};

/// An expression and the ops that are left of it.
struct Case {
  std::string expression;
  std::function<Tensor(const Operands&)> build;
  Names left;
};

#define CASE(expression, ...)                                                        \
  {                                                                                  \
#expression, [](const Operands& o) -> Tensor { return expression; }, __VA_ARGS__ \
  }

Tensor filled(const Operands& o, Shape shape, double number) {
  return broadcast_to(constant(o.one.graph(), number, DType::float32), std::move(shape));
}
Tensor truth(const Operands& o, bool value) {
  return o.one.graph().constant(Array::scalar(value));
}
const Axes no_axes{std::vector<std::int64_t>{}};

const std::vector<Case> rules{
    CASE(o.matrix * 1, {}),
    CASE(1 * o.matrix, {}),
    CASE(o.integers * 1, {}),
    CASE(exp(o.matrix) + 0, {"exp"}),
    CASE(0 + relu(o.matrix), {"relu"}),
    CASE(sigmoid(o.matrix) + 0, {"sigmoid"}),
    CASE(softplus(o.matrix) + 0, {"softplus"}),
    CASE(square(o.matrix) + 0, {"square"}),
    CASE(abs(o.matrix) + 0, {"abs"}),
    CASE(softmax(o.matrix) + 0, {"softmax"}),
    CASE(o.matrix* filled(o, {3, 3}, 1), {}),
    CASE(o.matrix* filled(o, {1, 1, 1}, 1), {"reshape"}),
    CASE(o.row* filled(o, {3, 3}, 1), {"broadcast_to"}),
    CASE(o.row* filled(o, {200, 200, 3}, 1), {"broadcast_to"}),  // too large to be folded
    CASE(o.matrix + -0.0, {}),
    CASE(-0.0 + o.matrix, {}),
    CASE(o.integers + 0, {}),
    CASE(0 + o.integers, {}),
    CASE(o.matrix - 0, {}),
    CASE(o.integers - 0, {}),
    CASE(o.matrix / 1, {}),
    CASE(pow(o.matrix, 1), {}),
    CASE(pow(o.matrix, 2), {"square"}),
    CASE(pow(o.integers, 2), {"square"}),
    CASE(-(-o.matrix), {}),
    CASE(-(-(-o.matrix)), {"neg"}),
    CASE(!(!o.flags), {}),
    CASE(o.flags&& truth(o, true), {}),
    CASE(truth(o, false) || o.flags, {}),
    CASE(where(o.flags&& truth(o, false), o.matrix, o.other), {}),
    CASE(where(truth(o, true) || o.flags, o.row, o.column), {"broadcast_to"}),
    CASE(where(o.flags, o.matrix, o.matrix), {}),
    CASE(where(o.flags, o.matrix* o.row, o.matrix* o.row), {"multiply"}),  // once merged
    CASE(transpose(transpose(o.matrix)), {}),
    CASE(transpose(o.matrix, {0, 1}), {}),
    CASE(transpose(o.column), {"reshape"}),
    CASE(transpose(transpose(reshape(o.matrix, {3, 1, 3}))), {"reshape"}),
    CASE(reshape(o.matrix, {3, -1}), {}),
    CASE(reshape(reshape(o.matrix, {9}), {3, 3}), {}),
    CASE(reshape(reshape(o.matrix, {9}), {1, 9}), {"reshape"}),
    CASE(reshape(broadcast_to(o.matrix, {1, 3, 3}), {9}), {"reshape"}),
    CASE(reshape(broadcast_to(sum(o.row), {9}), {3, 3}), {"sum", "broadcast_to"}),
    CASE(squeeze(expand_dims(o.matrix, 1), 1), {}),
    CASE(broadcast_to(o.matrix, {3, 3}), {}),
    CASE(broadcast_to(o.matrix, {1, 3, 3}), {"reshape"}),
    CASE(broadcast_to(broadcast_to(o.row, {3, 3}), {2, 3, 3}), {"broadcast_to"}),
    CASE(sum(o.matrix, no_axes), {}),
    CASE(sum(o.column, 1, Keep::yes), {}),
    CASE(sum(o.column, 1), {"reshape"}),
    CASE(mean(o.column, 1, Keep::yes), {}),
    CASE(prod(o.column, 1, Keep::yes), {}),
    CASE(max(o.column, 1, Keep::yes), {}),
    CASE(min(o.column, 1), {"reshape"}),
    CASE(cast(o.matrix, DType::float32), {}),
    CASE(stop_gradient(o.matrix), {}),
    CASE(broadcast_to(o.row, {3, 3}) * o.matrix, {"multiply"}),
    CASE(o.matrix < broadcast_to(o.column, {3, 3}), {"less"}),
    CASE(broadcast_to(o.row, {3, 3}) + broadcast_to(o.column, {3, 3}), {"add"}),
    CASE(where(o.flags, broadcast_to(o.row, {3, 3}), o.column), {"where"}),
};

const std::vector<Case> no_rules{
    CASE(o.matrix + 0, {"add"}),  // makes 0 of -0
    CASE(0 + o.matrix, {"add"}),
    CASE(o.matrix - -0.0, {"subtract"}),
    CASE(0 - o.matrix, {"subtract"}),  // is 0 where -x is -0
    CASE(o.matrix * 0, {"multiply"}),  // NaN and infinity stay
    CASE(o.matrix * 2, {"multiply"}),
    CASE(o.matrix - o.matrix, {"subtract"}),
    CASE(o.matrix / o.matrix, {"divide"}),
    CASE(1 / o.matrix, {"divide"}),
    CASE(pow(o.matrix, 3), {"pow"}),
    CASE(pow(1, o.matrix), {"pow"}),
    CASE(pow(o.row, filled(o, {2, 3}, 2)), {"pow"}),
    CASE(exp(-o.matrix), {"neg", "exp"}),
    CASE(o.flags&& o.flags, {"logical_and"}),
    CASE(transpose(o.matrix), {"transpose"}),
    CASE(transpose(transpose(reshape(o.matrix, {1, 3, 3}), {1, 2, 0})), {"reshape", "transpose"}),
    CASE(broadcast_to(o.row, {3, 3}), {"broadcast_to"}),
    CASE(reshape(broadcast_to(o.row, {3, 3}), {9}), {"broadcast_to", "reshape"}),
    CASE(exp(broadcast_to(o.row, {3, 3})), {"broadcast_to", "exp"}),
    CASE(broadcast_to(o.row, {3, 3}) * o.row, {"broadcast_to", "multiply"}),
    CASE(broadcast_to(o.row, {3, 3}) * broadcast_to(o.row, {3, 3}), {"broadcast_to", "multiply"}),
    CASE(sum(o.matrix, 1), {"sum"}),
    CASE(sum(o.column, {0, 1}), {"sum"}),
    CASE(cast(o.matrix, DType::float64), {"cast"}),
    CASE(where(o.flags, o.matrix, o.other), {"where"}),
    CASE(where(o.flags, o.matrix, o.matrix + 0), {"add", "where"}),
};

/// The numbers that arithmetic treats in ways of their own.
Array extremes() {
  using Limits = std::numeric_limits<float>;
  return Array::of<float>({3, 3}, {0.0f, -0.0f, Limits::infinity(), -Limits::infinity(), Limits::quiet_NaN(),
                                   Limits::denorm_min(), -Limits::min(), Limits::max(), 1.5f});
}

/// One expression in a graph of its own.
struct Built {
  explicit Built(const Case& expression)
      : operands{matrix, other, row, column, flags, integers, graph.constant(Array::scalar(1.0f))},
        result{expression.build(operands)} {}

  Program compiled() { return compile(graph, std::vector{result}, {}, {}, {.fuse = false}); }

  Array run(const Passes& passes) {
    Executable executable{graph, {.outputs = {result}, .threads = 1, .passes = passes}};
    return std::move(executable.run(matrix.feed(extremes()), other.feed(Array::full({3, 3}, 0.5)),
                                    row.feed(Array::of<float>({3}, {-0.0f, 0.5f, -3.0f})),
                                    column.feed(Array::of<float>({3, 1}, {-0.0f, 2.0f, -5.0f})),
                                    flags.feed(Array::full({3, 3}, 1, DType::boolean)),
                                    integers.feed(Array::full({3, 3}, -7, DType::int32))))
        .take()
        .front();
  }

  Graph graph;
  Input matrix = graph.input("matrix", {3, 3}), other = graph.input("other", {3, 3});
  Input row = graph.input("row", {3}), column = graph.input("column", {3, 1});
  Input flags = graph.input("flags", {3, 3}, DType::boolean);
  Input integers = graph.input("integers", {3, 3}, DType::int32);
  Operands operands;
  Tensor result;
};

void check(const Case& expression) {
  INFO(expression.expression);
  Built built{expression};
  const auto program = built.compiled();
  Names names;
  for (const auto& step : program.steps) names.emplace_back(step.op.name());
  CHECK(names == expression.left);
}

/// What the shape rules of a program's ops say of its values.
void check_types(const Program& program) {
  for (const auto& step : program.steps) {
    Types operands;
    for (const auto value : step.inputs)
      operands.push_back({program.values[value].dtype, Shape{program.values[value].extents}});
    const auto types = step.op.infer(operands);
    REQUIRE(types.size() == step.outputs.size());
    for (std::size_t result = 0; result < types.size(); ++result) {
      CHECK(types[result].dtype == program.values[step.outputs[result]].dtype);
      CHECK(types[result].shape == Shape{program.values[step.outputs[result]].extents});
    }
  }
}

}  // namespace

TEST_CASE("each rewrite rule leaves what it should of its expression") {
  for (const auto& expression : rules) check(expression);
}

TEST_CASE("no rewrite rule applies where a number or a type would change") {
  for (const auto& expression : no_rules) check(expression);
}

TEST_CASE("rewrite rules keep every bit of extreme numbers, and every type") {
  for (const auto* cases : {&rules, &no_rules})
    for (const auto& expression : *cases) {
      INFO(expression.expression);
      Built built{expression};
      CHECK(built.run({}) == built.run({.simplify = false}));
      check_types(built.compiled());
    }
}

TEST_CASE("parameters that take on each other's numbers by way of ops that do nothing are exchanged") {
  Graph graph;
  const auto constant = [](double number) {
    return [=](const ArrayType& type, const RandomStream&) { return Array::full(type.extents, number); };
  };
  const auto a = graph.parameter("a", {2}, constant(1));
  const auto b = graph.parameter("b", {2}, constant(2));
  const auto x = graph.input("x", {2});
  const auto c = graph.parameter("c", {2}, constant(3));
  auto state = initial_state(graph, 1);
  const auto same = b * 1;
  Executable exchange{graph, {.outputs = {same, x / 1}, .updates = {{a, same}, {b, -(-a)}, {c, x * 1}}}};
  for (int run = 0; run < 3; ++run) {
    const auto fed = Array::full({2}, 10 + run);
    const auto results = exchange.run(state, x.feed(fed));
    CHECK_THAT(results[same], equals(Array::full({2}, run % 2 == 0 ? 2 : 1)));
    CHECK_THAT(results.at(1), equals(fed));
    CHECK_THAT(state[a], equals(Array::full({2}, run % 2 == 0 ? 2 : 1)));
    CHECK_THAT(state[b], equals(Array::full({2}, run % 2 == 0 ? 1 : 2)));
    CHECK_THAT(state[c], equals(fed));
  }
}
