#include <retrograph/graph/execute/executable.hpp>

#include "../../bench/numbers.hpp"
#include "../commands.hpp"
#include "../digits.hpp"
#include "analysis.hpp"
#include "trace.hpp"
#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace retrograph::program {
namespace {

constexpr int warm_up = 20;

/// A model that trains on one batch of random numbers, which its speed does not depend on.
class ProfiledTraining {
 public:
  explicit ProfiledTraining(const ProfileCommand& command)
      : model_{make_model(graph_, command.model)},
        updates_{make_training(model_.loss, command.optimizer).updates},
        images_{{command.batch, bench::pixels}},
        labels_{{command.batch}, DType::int32} {
    updates_.insert(updates_.end(), model_.running.begin(), model_.running.end());
    bench::fill_random_images(images_.values<float>(), true);
    bench::fill_random_labels(labels_.values<std::int32_t>());
  }

  /// Trains for some steps on so many threads; the median seconds of one, without a profile.
  double run(int threads, int steps, Profile& profile) {
    run(threads, steps, &profile, warm_up);
    return run(threads, steps, nullptr, warm_up);
  }

  const Graph& graph() const { return graph_; }

 private:
  double run(int threads, int steps, Profile* profile, int unmeasured) {
    auto state = initial_state(graph_, 1);
    Executable executable{graph_,
                          {.inputs = {model_.images, model_.labels},
                           .outputs = {model_.loss},
                           .updates = updates_,
                           .threads = threads,
                           .profile = profile}};
    const auto step = [&] {
      executable.run(state, model_.images.feed(images_), model_.labels.feed(labels_));
    };
    for (int i = 0; i < unmeasured; ++i) step();
    if (profile) profile->clear();
    std::vector<double> times;
    for (int i = 0; i < steps; ++i) {
      const auto start = std::chrono::steady_clock::now();
      step();
      times.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    }
    return median(std::move(times));
  }

  Graph graph_;
  Classifier model_;
  Updates updates_;
  Array images_, labels_;
};

void print_steps(const Profile& profile, const Graph& graph, std::vector<StepSummary> summaries,
                 double work) {
  std::stable_sort(summaries.begin(), summaries.end(),
                   [](const StepSummary& a, const StepSummary& b) { return a.seconds > b.seconds; });
  fmt::print("{:<40} {:<24} {:>6} {:>10} {:>7} {:>11} {:>11} {:>8}\n", "node", "op", "calls", "us", "share",
             "bytes read", "written", "GFLOP/s");
  for (const auto& summary : summaries) {
    const auto& step = profile.steps()[summary.step];
    fmt::print("{:<40} {:<24} {:>6} {:>10.2f} {:>5.1f} % {:>11} {:>11} {:>8.1f}\n",
               graph.node(step.node).full_name(), step.op.name(), summary.calls, 1e6 * summary.seconds,
               100 * summary.seconds / work, summary.bytes_read, summary.bytes_written,
               1e-9 * summary.operations / summary.seconds);
  }
}

}  // namespace

void run(const ProfileCommand& command) {
  ProfiledTraining training{command};
  Profile on_one, on_all;
  const auto alone = training.run(1, command.steps, on_one);
  const auto summaries = summarize(on_one);
  const auto bound = bound_of(on_one, summaries);

  fmt::print("{}, {}, batch {}: medians of {} steps of training on one thread\n", describe(command.model),
             command.optimizer.name, command.batch, command.steps);
  print_steps(on_one, training.graph(), summaries, bound.work);
  fmt::print("work {:.2f} us, critical path {:.2f} us: threads make it at most {:.2f} times faster\n",
             1e6 * bound.work, 1e6 * bound.critical_path, bound.speedup());

  const auto together = training.run(command.threads, command.steps, on_all);
  fmt::print("a step takes {:.2f} us on one thread and {:.2f} us on {}: {:.2f} times faster\n", 1e6 * alone,
             1e6 * together, command.threads == 0 ? std::string{"all"} : fmt::format("{}", command.threads),
             alone / together);
  if (!command.trace) return;
  write_trace(*command.trace, on_all, training.graph());
  fmt::print("wrote {}\n", command.trace->string());
}

}  // namespace retrograph::program
