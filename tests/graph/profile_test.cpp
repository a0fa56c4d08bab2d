#include <retrograph/graph/execute/executable.hpp>
#include <retrograph/graph/execute/parallel.hpp>
#include <retrograph/graph/execute/profile.hpp>
#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/sum.hpp>

#include "support/matchers.hpp"

#include <algorithm>

using namespace retrograph;
using namespace retrograph::test;

namespace {

/// Doubles each number, every one a chunk of its own.
struct InChunks {
  static constexpr std::string_view name = "in_chunks";
  static constexpr bool differentiable = false;
  Types infer(const Types& operands) const { return operands; }
  template <std::floating_point T>
  void compute(const Call& call) const {
    parallel_for(call.output(0).size, 1, [&](std::int64_t begin, std::int64_t) {
      call.output(0).values<T>()[begin] = 2 * call.input(0).values<T>()[begin];
    });
  }
};

/// sum(2 x), of three numbers.
struct Doubled {
  Graph graph;
  Input x = graph.input("x", {3});
  Tensor twice = apply(InChunks{}, {x}, std::source_location::current()).named("twice");
  Tensor y = sum(twice).named("y");
  Profile profile;
  Executable executable{graph, {.outputs = {y}, .threads = 2, .profile = &profile}};
  double run() { return executable.run(x.feed(Array::of<float>({3}, {1, 2, 3})))[y].scalar(); }
};

}  // namespace

TEST_CASE("a profile has the steps of the plan with their nodes, types and operands") {
  Doubled doubled;
  CHECK(doubled.run() == 12);
  const auto& steps = doubled.profile.steps();
  REQUIRE(steps.size() == 2);
  CHECK(steps[0].node == doubled.twice.node());
  CHECK(steps[0].op.name() == "in_chunks");
  CHECK(steps[0].after.empty());
  CHECK(steps[1].node == doubled.y.node());
  CHECK(steps[1].after == std::vector<std::uint32_t>{0});
  CHECK(steps[1].signature.inputs.at(0).extents == Extents{3});
}

TEST_CASE("a profile has a span for every step and every chunk of every run, chunks within their step") {
  Doubled doubled;
  for (int run = 0; run < 10; ++run) doubled.run();
  CHECK(doubled.profile.runs() == 10);
  const auto& spans = doubled.profile.spans();
  REQUIRE(spans.size() == 10 * (1 + 3 + 1));
  for (std::size_t first = 0; first < spans.size(); first += 5) {
    std::vector<std::int64_t> chunks;
    const auto& whole = spans[first + 3];
    for (auto i = first; i < first + 3; ++i) {
      CHECK(spans[i].step == 0);
      CHECK(spans[i].begin >= whole.begin);
      CHECK(spans[i].end <= whole.end);
      chunks.push_back(spans[i].chunk);
    }
    std::sort(chunks.begin(), chunks.end());
    CHECK(chunks == std::vector<std::int64_t>{0, 1, 2});
    CHECK(whole.chunk == Profile::Span::whole);
    CHECK(whole.end >= whole.begin);
    CHECK(spans[first + 4].step == 1);
    CHECK(spans[first + 4].begin >= whole.end);
  }
}

TEST_CASE("a profile is of the shapes that ran last, and can be cleared") {
  Graph graph;
  const auto x = graph.input("x", {graph.dim("batch")});
  const auto y = sum(x);
  Profile profile;
  Executable executable{graph, {.outputs = {y}, .profile = &profile}};
  for (const std::int64_t batch : {2, 2, 5, 5, 5}) executable.run(x.feed(Array{{batch}}));
  CHECK(profile.runs() == 3);
  CHECK(profile.spans().size() == 3);
  CHECK(profile.steps().at(0).signature.inputs.at(0).extents == Extents{5});
  profile.clear();
  CHECK(profile.runs() == 0);
  CHECK(profile.spans().empty());
}

TEST_CASE("a profile is of the executable that ran last, wherever in memory its plan is") {
  Graph graph;
  const auto x = graph.input("x", {3});
  const auto once = apply(InChunks{}, {x}, std::source_location::current());
  const auto twice = apply(InChunks{}, {once}, std::source_location::current());
  Profile profile;
  for (int round = 0; round < 20; ++round) {  // in some, a plan is where the one before it was
    const bool is_long = round % 2 == 0;
    Executable executable{graph, {.outputs = {is_long ? twice : once}, .profile = &profile}};
    executable.run(x.feed(Array{{3}}));
    CHECK(profile.runs() == 1);
    CHECK(profile.steps().size() == (is_long ? 2 : 1));
  }
}

TEST_CASE("the size of a plan is known once it has run") {
  Doubled doubled;
  CHECK(doubled.executable.plan_size().steps == 0);
  doubled.run();
  const auto size = doubled.executable.plan_size();
  CHECK(size.steps == 2);
  CHECK(size.tasks >= 1);
  CHECK(size.bytes >= size.least_bytes);
  CHECK(size.least_bytes >= 3 * sizeof(float));
}
