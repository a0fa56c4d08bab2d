#include <retrograph/graph/execute/executable.hpp>
#include <retrograph/models/mlp.hpp>
#include <retrograph/models/optimizers/sgd.hpp>

#include "../../bench/numbers.hpp"
#include "workload.hpp"

#include <cmath>

namespace retrograph::program {
namespace {

/// The parameters at the numbers that all programs of the comparison start from.
State first_state(Graph& graph, bool before_relu) {
  auto state = initial_state(graph, 1);
  std::uint64_t stream = 0;
  for (const auto& parameter : graph.parameters()) {
    if (parameter.rank() != 2) continue;  // biases are at 0 already
    const auto inputs = static_cast<int>(parameter.shape()[0].number());
    const auto units = static_cast<int>(parameter.shape()[1].number());
    const auto bound = units == bench::classes ? bench::last_bound
                       : before_relu           ? bench::he_bound(inputs)
                                               : bench::glorot_bound(inputs, units);
    bench::fill(state[parameter].values<float>(), ++stream, bound);
  }
  return state;
}

/// Multiplications of x by all weights: of every layer for each row.
double weights_of(Graph& graph) {
  double weights = 0;
  for (const auto& parameter : graph.parameters())
    if (parameter.rank() == 2)
      weights += static_cast<double>(parameter.shape()[0].number() * parameter.shape()[1].number());
  return weights;
}

class Training final : public Workload {
 public:
  Training(const MlpOptions& options, std::int64_t batch, double rate, const Dataset& data, int threads)
      : batch_{batch},
        data_{data},
        model_{mlp(graph_, options)},
        executable_{graph_,
                    {.inputs = {model_.images, model_.labels},
                     .outputs = {model_.loss},
                     .updates = sgd(model_.loss, graph_.parameters(), {.learning_rate = rate}),
                     .threads = threads}},
        first_{first_state(graph_, options.activation == Activation{relu})},
        state_{first_} {}

  void reset() override { state_ = first_; }

  void run() override {
    loss_ = 0;
    for (const auto& [images, labels] : data_.batches(batch_)) {
      const auto results = executable_.run(state_, model_.images.feed(images), model_.labels.feed(labels));
      loss_ += results[model_.loss].scalar() * static_cast<double>(images.extents()[0]);
    }
  }

  double result() const override { return loss_ / static_cast<double>(data_.size()); }

  double flop() const override {
    // Forward, the gradient of the weights, and that of the layer's input but for the images.
    auto& graph = const_cast<Graph&>(graph_);
    const auto all = weights_of(graph);
    const auto first = static_cast<double>(graph.parameters().front().shape()[0].number() *
                                           graph.parameters().front().shape()[1].number());
    return 2 * (3 * all - first) * static_cast<double>(data_.size());
  }

  std::size_t nodes() const override { return graph_.node_count(); }
  PlanSize plan_size() const override { return executable_.plan_size(); }

 private:
  std::int64_t batch_;
  const Dataset& data_;
  Graph graph_;
  Classifier model_;
  Executable executable_;
  State first_, state_;
  double loss_ = 0;
};

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
    logits_ = std::move(executable_.run(state_, model_.images.feed(images_))).take().front();
  }

  double result() const override {
    double sum = 0;
    for (const auto logit : logits_.values<float>()) sum += std::abs(logit);
    return sum / static_cast<double>(rows_);
  }

  int runs_at_a_stretch() const override { return runs_; }
  double flop() const override {
    return 2 * weights_of(const_cast<Graph&>(graph_)) * static_cast<double>(rows_);
  }
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
  Array logits_{{0}};
};

}  // namespace

std::unique_ptr<Workload> make_mlp(const WorkloadSettings& settings) {
  return std::make_unique<Training>(MlpOptions{.hidden = {128}}, 64, bench::learning_rate,
                                    settings.data.standardized(), settings.threads);
}

std::unique_ptr<Workload> make_lesson(const WorkloadSettings& settings) {
  // Plain pixels: standardised ones drive some sigmoids so far that their derivatives are denormal numbers.
  return std::make_unique<Training>(MlpOptions{.hidden = {30}, .activation = sigmoid}, 1, bench::lesson_rate,
                                    settings.data.plain(), settings.threads);
}

std::unique_ptr<Workload> make_wide(const WorkloadSettings& settings) {
  return std::make_unique<Training>(MlpOptions{.hidden = {1024, 1024}}, 256, bench::learning_rate,
                                    settings.data.standardized(), settings.threads);
}

std::unique_ptr<Workload> make_latency(const WorkloadSettings& settings) {
  return std::make_unique<Inference>(1, 20'000, settings.data.standardized(), settings.threads);
}

std::unique_ptr<Workload> make_latency_10000(const WorkloadSettings& settings) {
  return std::make_unique<Inference>(10'000, 5, settings.data.standardized(), settings.threads);
}

}  // namespace retrograph::program
