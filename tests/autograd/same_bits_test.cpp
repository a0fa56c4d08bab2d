#include <retrograph/graph/execute/executable.hpp>
#include <retrograph/models/layers.hpp>
#include <retrograph/models/mlp.hpp>
#include <retrograph/models/optimizers/adam.hpp>
#include <retrograph/models/optimizers/lamb.hpp>
#include <retrograph/models/optimizers/lbfgs.hpp>
#include <retrograph/models/optimizers/schedules.hpp>
#include <retrograph/models/optimizers/sgd.hpp>
#include <retrograph/models/optimizers/weight_average.hpp>
#include <retrograph/ops/activation.hpp>
#include <retrograph/ops/dropout.hpp>

#include "support/matchers.hpp"

using namespace retrograph;
using namespace retrograph::test;

namespace {

constexpr std::int64_t inputs = 196, classes = 10;

/// Sizes that no partition divides: full batches, and a short one at the end of each pass.
constexpr std::int64_t batch_sizes[] = {67, 67, 67, 13};

struct Batch {
  Array images, labels;
};

Batch batch(std::uint64_t step) {
  const auto place_in_pass = step % std::size(batch_sizes);
  const auto rows = batch_sizes[place_in_pass];
  const RandomStream random{9, "batch", place_in_pass};
  Batch batch{uniform(0, 1)({DType::float32, {rows, inputs}}, random), Array{{rows}, DType::int32}};
  std::uint64_t place = 1'000'000;  // beyond the images'
  for (auto& label : batch.labels.values<std::int32_t>())
    label = static_cast<std::int32_t>(random.bits(place++) % classes);
  return batch;
}

/// Two layers with dropout between them: the random numbers must not depend on who draws them.
Classifier net_with_dropout(Graph& graph) {
  const auto rows = graph.dim("batch");
  const auto images = graph.input("images", {rows, inputs});
  const auto labels = graph.input("labels", {rows}, DType::int32);
  const auto hidden = dropout(relu(linear(images, 80, "hidden")), 0.3);
  return classifier(images, labels, linear(hidden, classes, "output"));
}

Classifier deep_net(Graph& graph) {
  return mlp(graph, {.inputs = inputs, .hidden = {80, 33}, .classes = classes});
}

using Net = Classifier (*)(Graph& graph);
using Optimizer = Updates (*)(const Tensor& loss, std::span<const Parameter> parameters);

/// Every number that training makes: the loss of each step, and the state at the end.
std::vector<Array> trained(Net net, Optimizer optimizer, int threads, std::uint64_t steps) {
  Graph graph;
  const auto model = net(graph);
  Executable train{
      graph,
      {.outputs = {model.loss}, .updates = optimizer(model.loss, graph.parameters()), .threads = threads}};
  auto state = initial_state(graph, 1);
  std::vector<Array> numbers;
  for (std::uint64_t step = 0; step < steps; ++step) {
    const auto [images, labels] = batch(step);
    numbers.push_back(train.run(state, model.images.feed(images), model.labels.feed(labels))[model.loss]);
  }
  for (std::size_t index = 0; index < state.size(); ++index) numbers.push_back(state.array(index));
  return numbers;
}

void check_same_bits(Net net, Optimizer optimizer) {
  constexpr std::uint64_t steps = 60;
  const auto alone = trained(net, optimizer, 1, steps);
  CHECK(alone[steps - 1].scalar() < alone[0].scalar());
  for (const int threads : {2, 3, 8}) {
    INFO(threads << " threads");
    const auto together = trained(net, optimizer, threads, steps);
    REQUIRE(together.size() == alone.size());
    for (std::size_t index = 0; index < alone.size(); ++index) {
      INFO("number " << index);
      REQUIRE(together[index] == alone[index]);
    }
  }
}

}  // namespace

TEST_CASE("training by sgd with momentum gives the same bits for any number of threads") {
  check_same_bits(deep_net, [](const Tensor& loss, std::span<const Parameter> parameters) {
    return sgd(loss, parameters, {.learning_rate = 0.05, .momentum = 0.9});
  });
}

TEST_CASE(
    "training by lamb, clipped, accumulated and on a schedule gives the same bits for any number of "
    "threads") {
  check_same_bits(deep_net, [](const Tensor& loss, std::span<const Parameter> parameters) {
    return average_weights(lamb(loss, parameters,
                                {.learning_rate = warm_up(5, cosine_decay(0.02, 50)),
                                 .gradients = {.accumulate = 2, .clip_norm = 1}}))
        .updates;
  });
}

TEST_CASE("training by lbfgs gives the same bits for any number of threads") {
  check_same_bits(deep_net, [](const Tensor& loss, std::span<const Parameter> parameters) {
    return lbfgs(loss, parameters, {.learning_rate = 0.1, .history = 4});
  });
}

TEST_CASE("training by adam gives the same bits for any number of threads") {
  check_same_bits(deep_net, [](const Tensor& loss, std::span<const Parameter> parameters) {
    return adam(loss, parameters, {.learning_rate = 0.01});
  });
}

TEST_CASE("training with dropout gives the same bits for any number of threads") {
  check_same_bits(net_with_dropout, [](const Tensor& loss, std::span<const Parameter> parameters) {
    return sgd(loss, parameters, {.learning_rate = 0.05, .momentum = 0.9});
  });
}
