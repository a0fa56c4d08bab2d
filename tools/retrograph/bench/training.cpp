#include "training.hpp"

#include <retrograph/graph/execute/executable.hpp>
#include <retrograph/models/lenet.hpp>
#include <retrograph/models/mlp.hpp>
#include <retrograph/models/optimizers/adam.hpp>
#include <retrograph/models/optimizers/sgd.hpp>

#include "../../bench/numbers.hpp"
#include "workload.hpp"

namespace retrograph::program {
namespace {

struct Recipe {
  std::function<Classifier(Graph&)> model;
  std::function<Updates(const Tensor& loss, std::span<const Parameter>)> updates;
  std::int64_t batch;
  bool before_relu;
  double flop;
  std::int64_t judged = bench::samples;  // at first, whose mean loss is the result
};

class Training final : public Workload {
 public:
  Training(const Recipe& recipe, const Dataset& data, int threads)
      : recipe_{recipe},
        data_{data},
        model_{recipe.model(graph_)},
        executable_{graph_,
                    {.inputs = {model_.images, model_.labels},
                     .outputs = {model_.loss},
                     .updates = recipe.updates(model_.loss, graph_.parameters()),
                     .threads = threads}},
        first_{first_state(graph_, recipe.before_relu)},
        state_{first_} {}

  void reset() override { state_ = first_; }

  void run() override {
    loss_ = 0;
    judged_ = 0;
    for (const auto& [images, labels] : data_.batches(recipe_.batch)) {
      const auto results = executable_.run(state_, model_.images.feed(images), model_.labels.feed(labels));
      const auto rows = images.extents()[0];
      if (judged_ < recipe_.judged) {
        loss_ += results[model_.loss].scalar() * static_cast<double>(rows);
        judged_ += rows;
      }
    }
  }

  double result() const override { return loss_ / static_cast<double>(judged_); }
  double flop() const override { return recipe_.flop; }
  std::size_t nodes() const override { return graph_.node_count(); }
  PlanSize plan_size() const override { return executable_.plan_size(); }

 private:
  Recipe recipe_;
  const Dataset& data_;
  Graph graph_;
  Classifier model_;
  Executable executable_;
  State first_, state_;
  double loss_ = 0;
  std::int64_t judged_ = 0;
};

Recipe perceptron(MlpOptions options, std::int64_t batch, float rate, double flop) {
  const bool before_relu = options.activation == Activation{relu};
  return {[options](Graph& graph) { return mlp(graph, options); },
          [rate](const Tensor& loss, std::span<const Parameter> parameters) {
            return sgd(loss, parameters, {.learning_rate = rate});
          },
          batch, before_relu, flop};
}

}  // namespace

State first_state(Graph& graph, bool before_relu) {
  auto state = initial_state(graph, 1);
  std::uint64_t stream = 0;
  for (const auto& parameter : graph.parameters()) {
    const auto& shape = parameter.shape();
    if (parameter.rank() < 2) continue;  // biases are at 0 already
    const auto extent = [&](std::size_t axis) { return static_cast<int>(shape[axis].number()); };
    const bool slides = parameter.rank() == 4;
    const auto inputs = slides ? extent(1) * extent(2) * extent(3) : extent(0);
    const auto units = slides ? extent(0) : extent(1);
    const auto bound = units == bench::classes ? bench::last_bound
                       : before_relu           ? bench::he_bound(inputs)
                                               : bench::glorot_bound(inputs, units);
    bench::fill(state[parameter].values<float>(), ++stream, bound);
  }
  return state;
}

std::unique_ptr<Workload> make_mlp(const WorkloadSettings& settings) {
  return std::make_unique<Training>(perceptron({.hidden = {128}}, 64, bench::learning_rate, bench::mlp_flop),
                                    settings.data.standardized(), settings.threads);
}

std::unique_ptr<Workload> make_lesson(const WorkloadSettings& settings) {
  // Plain pixels: standardised ones drive some sigmoids so far that their derivatives are denormal numbers.
  return std::make_unique<Training>(
      perceptron({.hidden = {30}, .activation = sigmoid}, 1, bench::lesson_rate, bench::lesson_flop),
      settings.data.plain(), settings.threads);
}

std::unique_ptr<Workload> make_wide(const WorkloadSettings& settings) {
  return std::make_unique<Training>(
      perceptron({.hidden = {1024, 1024}}, 256, bench::learning_rate, bench::wide_flop),
      settings.data.standardized(), settings.threads);
}

std::unique_ptr<Workload> make_lenet(const WorkloadSettings& settings) {
  const auto updates = [](const Tensor& loss, std::span<const Parameter> parameters) {
    return adam(loss, parameters,
                {.learning_rate = bench::lenet_rate,
                 .beta1 = bench::adam_beta1,
                 .beta2 = bench::adam_beta2,
                 .epsilon = bench::adam_epsilon});
  };
  return std::make_unique<Training>(Recipe{[](Graph& graph) { return lenet(graph); }, updates, 64, true,
                                           bench::lenet_flop, bench::lenet_judged},
                                    settings.data.standardized(), settings.threads);
}

}  // namespace retrograph::program
