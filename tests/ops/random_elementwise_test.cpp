#include "support/random_elementwise.hpp"

#include "support/matchers.hpp"
#include "support/passes.hpp"
#include "support/plain_evaluator.hpp"

using namespace retrograph;
using namespace retrograph::test;

namespace {

/// One executable and what a plain evaluator gives, run by run.
class Comparison {
 public:
  Comparison(RandomElementwise& random, int threads, const Passes& passes)
      : random_{random},
        executable_{
            random.graph,
            {.outputs = random.outputs, .updates = random.updates, .threads = threads, .passes = passes}},
        state_{initial_state(random.graph, 1)},
        plain_{state_} {}

  void run(std::int64_t rows, std::uint64_t seed) {
    const auto numbers = random_.numbers(rows, seed);
    auto wanted = random_.outputs;
    for (const auto& update : random_.updates) wanted.push_back(update.value);
    auto expected = evaluate_plainly(random_.graph, wanted, plain_, numbers, random_.binding(rows));
    std::vector<Feed> feeds;
    for (const auto& input : random_.inputs) feeds.push_back(input.feed(numbers.at(input.node())));
    const auto results = executable_.run(state_, feeds);
    for (std::size_t index = 0; index < results.size(); ++index)
      CHECK_THAT(results.at(index), equals(expected[index]));
    for (std::size_t index = 0; index < random_.updates.size(); ++index) {
      const auto& parameter = random_.updates[index].parameter;
      plain_[parameter] = std::move(expected[results.size() + index]);
      CHECK_THAT(state_[parameter], equals(plain_[parameter]));
    }
  }

 private:
  RandomElementwise& random_;
  Executable executable_;
  State state_, plain_;
};

}  // namespace

TEST_CASE(
    "200 random graphs of elementwise ops, sums and extrema in all dtypes are exact, however they are run") {
  const auto settings = pass_settings();
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    RandomElementwise random{seed};
    for (const auto& [label, passes] : {settings[0], settings[seed % settings.size()]}) {
      INFO("seed " << seed << ", " << label);
      Comparison comparison{random, static_cast<int>(1 + seed % 2), passes};
      // Another plan for other rows, and the first one again.
      for (const std::int64_t rows : {random.rows, std::int64_t{1}, random.rows + 3, random.rows})
        comparison.run(rows, seed + static_cast<std::uint64_t>(rows));
    }
  }
}
