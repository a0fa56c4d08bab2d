#include "small_steps.hpp"

#include <retrograph/graph/execute/executable.hpp>

#include <algorithm>
#include <cmath>

namespace retrograph::program {
namespace {

constexpr std::size_t most_epochs = 10;

std::int64_t count_small(const Array& steps) {
  std::int64_t count = 0;
  for (std::int64_t i = 0; i < steps.size(); ++i) {
    const auto size = std::abs(steps.at(i));
    count += size > 0 && size < HealthOptions{}.too_small;
  }
  return count;
}

}  // namespace

SmallSteps small_steps(const Dataset& digits, const LessonRuns& runs) {
  Graph graph;
  const auto model = lesson(graph);
  const auto updates = lesson_updates(model, runs.setting.rates);
  std::vector<Tensor> outputs{model.loss};
  for (const auto& update : updates)
    if (update.parameter.name().starts_with("output/"))
      outputs.push_back(graph.operand(update.value.node(), 1));  // of w - step
  Executable executable{
      graph, {.inputs = {model.images, model.labels}, .outputs = outputs, .updates = updates, .threads = 1}};

  SmallSteps counts;
  for (const auto& run : runs.runs) {
    auto state = initial_state(graph, run.seed);
    for (std::size_t epoch = 0; epoch < std::min(most_epochs, run.epochs.size()); ++epoch)
      for (const auto& batch : digits.batches(1, {.seed = run.seed, .epoch = epoch})) {
        const auto results =
            executable.run(state, model.images.feed(batch.images), model.labels.feed(batch.labels));
        const auto small = count_small(results.at(1)) + count_small(results.at(2));
        counts.count += small;
        if (results.at(0).scalar() <= -std::log(0.9)) counts.of_known += small;
      }
  }
  return counts;
}

}  // namespace retrograph::program
