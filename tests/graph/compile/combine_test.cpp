#include <retrograph/graph/compile/rewrite.hpp>
#include <retrograph/ops/arithmetic.hpp>

#include "support/catch.hpp"
#include "support/programs.hpp"

using namespace retrograph;
using namespace retrograph::test;

namespace {

/// Two results, or three where another step has joined.
struct Source {
  static constexpr std::string_view name = "source";
  static constexpr bool differentiable = false;
  bool joined = false;
  Types infer(const Types& operands) const { return {operands[0], operands[0]}; }
  void compute(const Call&) const {}
  friend bool operator==(const Source&, const Source&) = default;
};

struct TakesIn {
  static constexpr std::string_view name = "takes_in";
  static constexpr bool differentiable = false;
  Types infer(const Types& operands) const { return {operands[0]}; }
  void compute(const Call&) const {}

  /// The operands of a step that makes its own first operand, if nobody else reads that.
  std::optional<Combined> combine(const Match& match) const {
    const auto* producer = match.producer(0);
    if (!producer || !match.has_one_reader(match.input(0))) return std::nullopt;
    return Combined{TakesIn{}, producer->inputs};
  }
};

struct Joins {
  static constexpr std::string_view name = "joins";
  static constexpr bool differentiable = false;
  Types infer(const Types& operands) const { return {operands[0]}; }
  void compute(const Call&) const {}

  /// The step that makes its second operand, unless another has.
  std::optional<Combined> combine(const Match& match) const {
    const auto* producer = match.producer(1);
    const auto* source = producer ? producer->op.as<Source>() : nullptr;
    if (!source || source->joined) return std::nullopt;
    return Combined{Source{true}, {}, 1};
  }
};

Tensor made_by(Op op, std::initializer_list<Tensor> operands) {
  return apply(std::move(op), operands, std::source_location::current());
}

Program combined(const std::vector<Tensor>& outputs) {
  auto program = prune(outputs[0].graph(), outputs, {}, {});
  combine(program);
  return program;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("combine lets a step take in the one that feeds it alone, whose other work is then not done") {
  Graph graph;
  const auto x = graph.input("x", {2});
  const auto program = combined({made_by(TakesIn{}, {neg(neg(x))})});
  CHECK(op_names(program) == Names{"neg", "takes_in"});
  CHECK(program.steps[1].inputs == program.steps[0].outputs);
}

TEST_CASE("combine knows of other steps and of outputs that read a value") {
  Graph graph;
  const auto x = graph.input("x", {2});
  const auto shared = neg(x), output = neg(neg(x));
  CHECK(op_names(combined({made_by(TakesIn{}, {shared}) + shared})) == Names{"neg", "takes_in", "add"});
  CHECK(op_names(combined({made_by(TakesIn{}, {output}), output})) == Names{"neg", "neg", "takes_in"});
}

TEST_CASE("combine no longer counts readers that are gone") {
  Graph graph;
  const auto x = graph.input("x", {2});
  const auto shared = neg(neg(x)), source = made_by(Source{}, {x});
  const auto joined = made_by(Joins{}, {neg(shared), source});  // once it has joined, it reads nothing
  const auto last = made_by(TakesIn{}, {shared});
  const auto program = combined({joined + last});
  CHECK(op_names(program) == Names{"neg", "source", "takes_in", "add"});
}

TEST_CASE("combine moves the results of a step that joins another, which then reads nothing") {
  Graph graph;
  const auto x = graph.input("x", {2});
  const auto source = made_by(Source{}, {x});
  const auto joined = made_by(Joins{}, {neg(x), source});
  const auto program = combined({neg(joined), source.result(1)});
  CHECK(op_names(program) == Names{"source", "neg"});
  REQUIRE(program.steps[0].outputs.size() == 3);
  CHECK(program.steps[0].op == Op{Source{true}});
  CHECK(program.steps[1].inputs[0] == program.steps[0].outputs[2]);
}

TEST_CASE("combine lets one step join another once, if the rule says so") {
  Graph graph;
  const auto x = graph.input("x", {2});
  const auto source = made_by(Source{}, {x});
  const auto first = made_by(Joins{}, {x, source}), second = made_by(Joins{}, {neg(x), source});
  const auto program = combined({first + second});
  CHECK(op_names(program) == Names{"source", "neg", "joins", "add"});
}
