#include <retrograph/graph/execute/executable.hpp>
#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/reshape.hpp>

#include "support/catch.hpp"

#include <thread>

using namespace retrograph;

namespace {

/// Twice what is fed.
struct Doubled {
  Graph graph;
  Input x = graph.input("x", {3});
  Tensor y = 2 * x;
  std::optional<Executable> executable{std::in_place, graph, ExecutableOptions{.outputs = {y}}};

  Results run(float number) { return executable->run(x.feed(Array::full({3}, number))); }
};

}  // namespace

TEST_CASE("Results keep their numbers while later runs are made") {
  Doubled doubled;
  const auto first = doubled.run(1), second = doubled.run(2), third = doubled.run(3);
  CHECK(first.at(0).at(0) == 2);
  CHECK(second.at(0).at(1) == 4);
  CHECK(third.at(0).at(2) == 6);
}

TEST_CASE("A run uses the memory of results that are gone") {
  Doubled doubled;
  const auto* memory = doubled.run(1).at(0).bytes();
  CHECK(doubled.run(2).at(0).bytes() == memory);
  auto kept = doubled.run(3);
  CHECK(kept.at(0).bytes() == memory);
  CHECK(doubled.run(4).at(0).bytes() != memory);
  kept = doubled.run(5);
  CHECK(kept.at(0).at(0) == 10);
}

TEST_CASE("Arrays that are taken out of results are the caller's for good") {
  Doubled doubled;
  const auto taken = doubled.run(1).take();
  CHECK(doubled.run(2).at(0).at(0) == 4);
  CHECK(taken.at(0).at(0) == 2);
}

TEST_CASE("Results may outlive their executable, and end on another thread") {
  Doubled doubled;
  auto results = std::make_unique<Results>(doubled.run(1));
  doubled.executable.reset();
  CHECK((*results)[doubled.y].at(0) == 2);
  std::thread{[&] { results.reset(); }}.join();
}

TEST_CASE("An output may be another one, a view of another one, an input or a parameter") {
  Graph graph;
  const auto x = graph.input("x", {2, 3});
  const auto w = graph.parameter("w", {2, 3}, [](const ArrayType& type, const RandomStream&) {
    return Array::full(type.extents, 1, type.dtype);
  });
  const auto y = x + w, flat = reshape(y, {6});
  Executable executable{graph, {.outputs = {y, flat, y, x, w}}};
  const auto results = executable.run(initial_state(graph, 1), x.feed(Array::full({2, 3}, 4)));
  CHECK(results.at(0) == Array::full({2, 3}, 5));
  CHECK(results.at(1) == Array::full({6}, 5));
  CHECK(results.at(2) == results.at(0));
  CHECK(results.at(3) == Array::full({2, 3}, 4));
  CHECK(results.at(4) == Array::full({2, 3}, 1));
}
