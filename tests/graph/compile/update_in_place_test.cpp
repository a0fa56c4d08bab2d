#include <retrograph/graph/compile/place.hpp>
#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/reshape.hpp>
#include <retrograph/ops/sum.hpp>

#include "support/catch.hpp"
#include "support/programs.hpp"

#include <algorithm>

using namespace retrograph;
using namespace retrograph::test;

namespace {

/// The operand, from a kernel that does not promise anything.
struct Risky {
  static constexpr std::string_view name = "risky";
  static constexpr bool differentiable = false;
  Types infer(const Types& operands) const { return operands; }
  void compute(const Call&) const {}
};

Tensor risky(const Tensor& x) {
  return apply(Risky{}, {x}, std::source_location::current());
}

/// Two parameters and an input of `size` numbers: of 100'000, each step is a task of its own.
struct Model {
  explicit Model(std::int64_t size = 4) : size_{size} {}

  Program program(const std::vector<Tensor>& outputs, const Updates& updates) {
    auto program = prune(graph, outputs, updates, {});
    update_in_place(program);
    return program;
  }
  Parameter parameter(const std::string& name) {
    return graph.parameter(name, {size_},
                           [](const ArrayType& type, const RandomStream&) { return Array{type.extents}; });
  }

 private:
  std::int64_t size_;

 public:
  Graph graph;
  Input x = graph.input("x", {size_});
  Parameter a = parameter("a"), b = parameter("b");
};

/// The nodes that are updated in place.
std::vector<std::string> names_in_place(Model& model, const Program& program) {
  std::vector<std::string> names;
  for (const auto& update : program.in_place)
    names.push_back(model.graph.node(program.parameters[update.parameter].node).full_name());
  return names;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("an update is made in place after all who read the old numbers") {
  for (const std::int64_t size : {4, 100'000}) {
    Model m{size};
    const auto next = m.a - m.x;
    const auto other_reader = sum(m.a * m.x);
    const auto program = m.program({other_reader}, {{m.a, next}});
    CHECK(names_in_place(m, program) == Names{"a"});
    CHECK(op_names(program) == Names{"multiply", "subtract", "sum"});
    Schedule schedule{program};
    CHECK(Precedence{schedule}(0, 1));
    const auto placement = place(program, schedule);
    CHECK(placement.places[program.in_place[0].value].kind == Place::Kind::parameter);
  }
}

TEST_CASE("an update is made in place after all that may fail, in whatever task") {
  for (const std::int64_t size : {4, 100'000}) {
    Model m{size};
    const auto next_a = m.a - m.x, next_b = m.b - m.x;
    const auto late = risky(risky(m.x)), beside = risky(m.x * m.x);
    const auto program = m.program({late, beside}, {{m.a, next_a}, {m.b, next_b}});
    CHECK(names_in_place(m, program) == Names{"a", "b"});
    Schedule schedule{program};
    place(program, schedule);
    const Precedence precedes{schedule};
    for (std::uint32_t step = 0; step < program.steps.size(); ++step)
      if (program.steps[step].op.name() == "risky")
        for (const auto& update : program.in_place) CHECK(precedes(step, update.step));
  }
}

TEST_CASE("an update waits for what may fail also where nothing else connects them") {
  Model m{100'000};
  const auto refused = risky(m.x);
  const auto step = neg(neg(m.x));
  const auto program = m.program({refused}, {{m.a, m.a - step}});
  REQUIRE(program.in_place.size() == 1);
  Schedule schedule{program};
  REQUIRE(schedule.task_of(0) != schedule.task_of(program.in_place[0].step));
  CHECK(Precedence{schedule}(0, program.in_place[0].step));
}

TEST_CASE("an update that what may fail depends on is not made in place") {
  Model m;
  const auto next = m.a - m.x;
  CHECK(m.program({risky(next)}, {{m.a, next}}).in_place.empty());
  CHECK(m.program({risky(m.x)}, {{m.a, next}}).in_place.size() == 1);
}

TEST_CASE("an update whose step may fail is not made in place") {
  Model m;
  const auto i = m.graph.parameter("i", {4}, {[](const ArrayType& type, const RandomStream&) {
                                     return Array{type.extents, type.dtype};
                                   }},
                                   DType::int32);
  CHECK(m.program({}, {{i, i / 2}}).in_place.empty());
  CHECK(m.program({}, {{i, i + 2}}).in_place.size() == 1);
}

TEST_CASE("of two parameters that read each other one is updated in place") {
  Model m;
  const auto program = m.program({}, {{m.a, m.a + m.b}, {m.b, m.b - m.a}});
  CHECK(program.in_place.size() == 1);
  CHECK(program.steps.size() == 2);
}

TEST_CASE("a parameter whose old numbers are wanted after the run is not updated in place") {
  Model m;
  const auto next = m.a - m.x;
  CHECK(m.program({m.a}, {{m.a, next}}).in_place.empty());
  CHECK(m.program({reshape(m.a, {2, 2})}, {{m.a, next}}).in_place.empty());
  CHECK(m.program({}, {{m.a, next}, {m.b, m.a}}).in_place.empty());
  CHECK(m.program({next}, {{m.a, next}}).in_place.size() == 1);
}

TEST_CASE("a parameter that is read after its update by what depends on it is not updated in place") {
  Model m;
  const auto next = m.a - m.x;
  CHECK(m.program({sum(next * m.a)}, {{m.a, next}}).in_place.empty());
  CHECK(m.program({sum(next * m.x)}, {{m.a, next}}).in_place.size() == 1);
}

TEST_CASE("a value that two parameters take on is made in place of one of them") {
  Model m;
  const auto next = m.a - m.b;
  CHECK(names_in_place(m, m.program({}, {{m.a, next}, {m.b, next}})) == Names{"a"});
}

TEST_CASE("a reader through another shape counts as one") {
  Model m;
  const auto program = m.program({sum(reshape(m.a, {2, 2}))}, {{m.a, m.a - m.x}});
  REQUIRE(program.in_place.size() == 1);
  CHECK(op_names(program) == Names{"reshape", "sum", "subtract"});
}
