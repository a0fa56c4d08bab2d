#include <retrograph/graph/graph.hpp>
#include <retrograph/ops/arithmetic.hpp>

#include "support/matchers.hpp"

using namespace retrograph;
using namespace retrograph::test;

namespace {

Array zeros(const ArrayType& type, const RandomStream&) {
  return Array{type.extents, type.dtype};
}

}  // namespace

TEST_CASE("a node knows its name, scope, results, operands and the line that made it") {
  Graph graph;
  const auto x = graph.input("x", {graph.dim("batch"), 3});
  const auto y = [&] {
    const auto encoder = graph.scope("encoder");
    const auto hidden = graph.scope("hidden");
    return neg(x);
  }();
  const auto line = __LINE__ - 2;
  const auto& node = graph.node(y.node());
  CHECK(node.scope == "encoder/hidden");
  CHECK(y.name() == "encoder/hidden/neg");
  CHECK(node.op()->name() == "neg");
  CHECK(node.where.line() == static_cast<unsigned>(line));
  CHECK(to_string(y.shape()) == "[batch, 3]");
  CHECK(graph.operand(y.node(), 0).is(x));
}

TEST_CASE("an operator's node is on the line of the expression, also with a plain number") {
  Graph graph;
  const auto x = graph.input("x", {3});
  const auto y = 2 * x;
  CHECK(graph.node(y.node()).where.line() == __LINE__ - 1);
  CHECK(graph.operand(y.node(), 0).dtype() == DType::float32);
}

TEST_CASE("names are unique: automatic ones are counted, given ones are refused if taken") {
  Graph graph;
  const auto x = graph.input("x", {3});
  CHECK(neg(x).name() == "neg");
  CHECK(neg(x).name() == "neg_1");
  CHECK(neg(x).named("loss").name() == "loss");
  CHECK_REFUSED(GraphError, neg(x).named("loss"), "the name 'loss' is taken");
  CHECK_REFUSED(GraphError, graph.input("x", {3}), "input: the name 'x' is taken");
  CHECK_REFUSED(GraphError, graph.input("", {3}), "'' is no name for a node");
}

TEST_CASE("a name is free again when its node gives it up, and is one name however it is split") {
  Graph graph;
  const auto x = graph.input("x", {});
  const auto first = neg(x).named("a");
  CHECK_REFUSED(GraphError, neg(x).named("a"), "the name 'a' is taken");
  first.named("b");
  CHECK(neg(x).named("a").name() == "a");
  CHECK(first.named("b").name() == "b");  // its own name
  neg(x).named("outer/inner/loss");
  const auto outer = graph.scope("outer");
  CHECK_REFUSED(GraphError, neg(x).named("inner/loss"), "the name 'outer/inner/loss' is taken");
  const auto inner = graph.scope("inner");
  CHECK_REFUSED(GraphError, graph.input("loss", {}), "the name 'outer/inner/loss' is taken");
}

TEST_CASE("a graph refuses dims it does not know and parameters without numbers for extents") {
  Graph graph, other;
  const auto rows = other.dim("rows");
  CHECK_REFUSED(ShapeError, graph.input("x", {rows, 3}), "the graph has no dim 'rows'");
  CHECK_REFUSED(ShapeError, graph.input("x", {rows, 3}), "hint: make it with graph.dim(\"rows\")");
  CHECK_REFUSED(ShapeError, graph.parameter("w", {graph.dim("rows")}, zeros),
                "the extents of a parameter must be numbers");
  CHECK_REFUSED(ShapeError, graph.input("x", {-1}), "an extent is negative");
}

TEST_CASE("operands of two graphs are refused") {
  Graph graph, other;
  const auto x = graph.input("x", {3}), y = other.input("y", {3});
  CHECK_REFUSED(GraphError, x + y, "add: the operand 'y' belongs to another graph");
}

TEST_CASE("an update must keep dtype and shape") {
  Graph graph;
  const auto w = graph.parameter("w", {3}, zeros);
  const auto wide = graph.input("wide", {4});
  const auto fine = graph.input("fine", {3}, DType::float64);
  CHECK_REFUSED(ShapeError, graph.update(w, wide), "update: the value has another shape than the parameter");
  CHECK_REFUSED(TypeError, graph.update(w, fine), "fine [3] float64");
  graph.update(w, w + 1);
  CHECK(graph.updates().size() == 1);
}

TEST_CASE("numbers beside a tensor take its dtype, and are refused where it cannot hold them") {
  Graph graph;
  const auto count = graph.input("count", {3}, DType::int32);
  CHECK((count + 1).dtype() == DType::int32);
  CHECK((count + 1.0).dtype() == DType::int32);
  CHECK_REFUSED(TypeError, count * 0.5, "multiply: the number 0.5 is no int32");
  CHECK_REFUSED(TypeError, count + (std::int64_t{1} << 40), "is no int32");
}

TEST_CASE("mixed dtypes are refused with the words that help") {
  Graph graph;
  const auto a = graph.input("a", {3}), b = graph.input("b", {3}, DType::float64);
  CHECK_REFUSED(TypeError, a + b, "add: dtypes differ: float32 and float64");
  CHECK_REFUSED(TypeError, a + b, "hint: convert one of them with cast");
}
