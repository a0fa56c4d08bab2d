#include <retrograph/graph/graph.hpp>
#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/comparison.hpp>
#include <retrograph/ops/gather.hpp>
#include <retrograph/ops/max.hpp>
#include <retrograph/ops/sum.hpp>

#include "support/catch.hpp"

using namespace retrograph;

namespace {

/// Promises nothing.
struct Plain {
  static constexpr std::string_view name = "plain";
  static constexpr bool differentiable = false;
  Types infer(const Types& operands) const { return operands; }
  void compute(const Call&) const {}
};

struct InPlace : Plain {
  static constexpr bool in_place = true;
  static constexpr bool never_fails = true;
};

/// Two results, each in place of an operand of its own; fails on no numbers.
struct Crossing : Plain {
  bool overwrites(std::size_t result, std::size_t operand) const { return result + operand == 1; }
  bool never_fails(const Signature& signature) const { return signature.inputs[0].extents[0] > 0; }
};

Signature of_equal_types(DType dtype, Extents extents) {
  return {{{dtype, extents}, {dtype, extents}}, {{dtype, extents}}};
}

const Op& op_of(const Tensor& tensor) {
  return *tensor.graph().node(tensor.node()).op();
}

}  // namespace

TEST_CASE("an op that does not say so overwrites nothing and may fail") {
  const Op op{Plain{}};
  CHECK_FALSE(op.may_overwrite(0, 0));
  CHECK_FALSE(op.never_fails(of_equal_types(DType::float32, {2})));
}

TEST_CASE("an op in place overwrites any operand with its first result alone") {
  const Op op{InPlace{}};
  CHECK(op.may_overwrite(0, 0));
  CHECK(op.may_overwrite(0, 3));
  CHECK_FALSE(op.may_overwrite(1, 0));
  CHECK(op.never_fails(of_equal_types(DType::float32, {2})));
}

TEST_CASE("an op may tell for each result which operands it overwrites, and for which types it never fails") {
  const Op op{Crossing{}};
  CHECK(op.may_overwrite(0, 1));
  CHECK(op.may_overwrite(1, 0));
  CHECK_FALSE(op.may_overwrite(0, 0));
  CHECK(op.never_fails(of_equal_types(DType::float32, {2})));
  CHECK_FALSE(op.never_fails(of_equal_types(DType::float32, {0})));
}

TEST_CASE("ops that check their numbers do not promise that they never fail") {
  Graph graph;
  const auto x = graph.input("x", {2}), y = graph.input("y", {2});
  const auto indices = graph.input("indices", {2}, DType::int32);
  const auto floats = of_equal_types(DType::float32, {2}), integers = of_equal_types(DType::int32, {2});
  CHECK(op_of(x / y).never_fails(floats));
  CHECK_FALSE(op_of(x / y).never_fails(integers));
  CHECK(op_of(x * y).never_fails(integers));
  CHECK(op_of(max(x)).never_fails(floats));
  CHECK_FALSE(op_of(max(x)).never_fails(of_equal_types(DType::float32, {0})));
  CHECK(op_of(sum(x)).never_fails(of_equal_types(DType::float32, {0})));
  CHECK_FALSE(op_of(gather(x, indices)).never_fails(floats));
}

TEST_CASE("a comparison overwrites no operand") {
  Graph graph;
  const auto x = graph.input("x", {2}), y = graph.input("y", {2});
  CHECK_FALSE(op_of(x < y).may_overwrite(0, 0));
  CHECK(op_of(x + y).may_overwrite(0, 1));
}
