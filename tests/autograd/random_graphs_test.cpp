#include "support/matchers.hpp"
#include "support/passes.hpp"
#include "support/plain_evaluator.hpp"
#include "support/random_graph.hpp"

using namespace retrograph;
using namespace retrograph::test;

namespace {

/// Two runs, so that the second works on what the first has committed; the outputs of the second and the
/// state.
std::vector<Array> run_twice(RandomGraph& random, int threads, const Passes& passes = {}) {
  auto state = initial_state(random.graph, 1);
  auto executable = random.executable(threads, passes);
  const auto feeds = random.feed_list();
  executable.run(state, feeds);
  auto arrays = executable.run(state, feeds).take();
  for (const auto& update : random.updates) arrays.push_back(state[update.parameter]);
  return arrays;
}

std::vector<Array> run_twice_plainly(RandomGraph& random) {
  auto state = initial_state(random.graph, 1);
  auto wanted = random.outputs;
  for (const auto& update : random.updates) wanted.push_back(update.value);
  std::vector<Array> arrays;
  for (int run = 0; run < 2; ++run) {
    arrays = evaluate_plainly(random.graph, wanted, state, random.feed_map(), random.binding);
    for (std::size_t index = 0; index < random.updates.size(); ++index)
      state[random.updates[index].parameter] = arrays[random.outputs.size() + index];
  }
  return arrays;
}

void compare_with_plain(std::uint64_t seed, std::int64_t rows, std::int64_t columns, int steps) {
  RandomGraph random{seed, rows, columns, steps};
  const auto expected = run_twice_plainly(random);
  const auto settings = pass_settings();
  const auto& [label, passes] = settings[seed % settings.size()];
  const auto actual = run_twice(random, 2, passes);
  REQUIRE(actual.size() == expected.size());
  for (std::size_t index = 0; index < actual.size(); ++index) {
    INFO("graph " << seed << ", result " << index << ", " << label);
    // Passes may reorder a product's operands (an absorbed transpose): some rounding errors of numbers near
    // 1, carried through up to 40 ops and their gradients.
    CHECK_THAT(actual[index], equals(expected[index]).within(absolute(1e-10)));
  }
}

void compare_threads(std::uint64_t seed, std::int64_t rows, std::int64_t columns, int steps) {
  RandomGraph random{seed, rows, columns, steps};
  const auto expected = run_twice(random, 1);
  for (const int threads : {2, 3, 8}) {
    const auto actual = run_twice(random, threads);
    for (std::size_t index = 0; index < actual.size(); ++index) {
      INFO("graph " << seed << ", result " << index << ", " << threads << " threads");
      CHECK(actual[index] == expected[index]);
    }
  }
}

}  // namespace

TEST_CASE("300 random graphs give what a plain evaluator gives, whichever passes of the compiler run") {
  for (std::uint64_t seed = 0; seed < 300; ++seed) compare_with_plain(seed, 6, 5, 20);
}

TEST_CASE("20 random graphs of large nodes give what a plain evaluator gives") {
  for (std::uint64_t seed = 1000; seed < 1020; ++seed) compare_with_plain(seed, 120, 90, 40);
}

TEST_CASE("random graphs give the same bits for 1, 2, 3 and 8 threads") {
  for (std::uint64_t seed = 2000; seed < 2050; ++seed) compare_threads(seed, 6, 5, 20);
  for (std::uint64_t seed = 3000; seed < 3020; ++seed) compare_threads(seed, 120, 90, 40);
}
