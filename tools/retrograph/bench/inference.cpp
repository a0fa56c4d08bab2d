#include <retrograph/graph/execute/executable.hpp>
#include <retrograph/models/mlp.hpp>

#include "../../bench/numbers.hpp"
#include "training.hpp"
#include "workload.hpp"

#include <cmath>

namespace retrograph::program {
namespace {

class Inference final : public Workload {
 public:
  Inference(std::int64_t rows, int runs, const Dataset& data, int threads)
      : rows_{rows},
        runs_{runs},
        model_{mlp(graph_)},
        executable_{graph_, {.inputs = {model_.images}, .outputs = {model_.logits}, .threads = threads}},
        state_{first_state(graph_, true)},
        images_{
            Array::view(Extents{rows, bench::pixels},
                        data.images.values<float>().first(static_cast<std::size_t>(rows * bench::pixels)))} {}

  void run() override {
    results_.emplace(executable_.run(state_, model_.images.feed(images_)));
  }

  double result() const override {
    double sum = 0;
    for (const auto logit : results_->at(0).values<float>()) sum += std::abs(logit);
    return sum / static_cast<double>(rows_);
  }

  int runs_at_a_stretch() const override { return runs_; }
  double flop() const override { return bench::flop_of_row * static_cast<double>(rows_); }
  std::size_t nodes() const override { return graph_.node_count(); }
  PlanSize plan_size() const override { return executable_.plan_size(); }

 private:
  std::int64_t rows_;
  int runs_;
  Graph graph_;
  Classifier model_;
  Executable executable_;
  const State state_;
  const Array images_;
  std::optional<Results> results_;
};

}  // namespace

std::unique_ptr<Workload> make_latency(const WorkloadSettings& settings) {
  return std::make_unique<Inference>(1, 20'000, settings.data.standardized(), settings.threads);
}

std::unique_ptr<Workload> make_latency_10000(const WorkloadSettings& settings) {
  return std::make_unique<Inference>(10'000, 5, settings.data.standardized(), settings.threads);
}

}  // namespace retrograph::program
