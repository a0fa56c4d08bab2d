#include <retrograph/graph/execute/executable.hpp>
#include <retrograph/models/initializers.hpp>
#include <retrograph/models/lenet.hpp>
#include <retrograph/models/optimizers/adam.hpp>

#include "support/matchers.hpp"

#include <cmath>

using namespace retrograph;
using namespace retrograph::test;

namespace {

struct Digits {
  Array images, labels;
};

Digits digits(std::int64_t count) {
  Digits digits{uniform(-1, 1)({DType::float32, {count, 784}}, RandomStream{3, "digits"}),
                Array{{count}, DType::int32}};
  std::int32_t next = 0;
  for (auto& label : digits.labels.values<std::int32_t>()) label = next++ % 10;
  return digits;
}

/// The losses of some steps on one batch, and all parameters at the end.
std::vector<Array> trained(std::int64_t batch, int steps, int threads) {
  Graph graph;
  const auto model = lenet(graph);
  const auto data = digits(batch);
  Executable train{graph,
                   {.outputs = {model.loss},
                    .updates = adam(model.loss, graph.parameters(), {.learning_rate = 0.002}),
                    .threads = threads}};
  auto state = initial_state(graph, 1);
  std::vector<Array> numbers;
  for (int step = 0; step < steps; ++step)
    numbers.push_back(
        train.run(state, model.images.feed(data.images), model.labels.feed(data.labels))[model.loss]);
  for (const auto& parameter : graph.parameters()) numbers.push_back(state[parameter]);
  return numbers;
}

}  // namespace

TEST_CASE("lenet has the layers and the 61,706 parameters of LeNet-5 with every channel seen") {
  Graph graph;
  const auto model = lenet(graph);
  const auto batch = graph.dim("batch");
  CHECK(model.images.shape() == Shape{batch, 784});
  CHECK(model.logits.shape() == Shape{batch, 10});
  std::vector<std::string> names;
  std::int64_t numbers = 0;
  for (const auto& parameter : graph.parameters()) {
    names.push_back(parameter.name() + " " + to_string(parameter.shape()));
    numbers += parameter.shape().element_count().number();
  }
  CHECK(names == std::vector<std::string>{"conv/weight [6, 1, 5, 5]", "conv/bias [6]",
                                          "conv_2/weight [16, 6, 5, 5]", "conv_2/bias [16]",
                                          "hidden/weight [400, 120]", "hidden/bias [120]",
                                          "hidden_2/weight [120, 84]", "hidden_2/bias [84]",
                                          "output/weight [84, 10]", "output/bias [10]"});
  CHECK(numbers == 61'706);
}

TEST_CASE("lenet has as many channels and units as it is told") {
  Graph graph;
  lenet(graph, {.channels = {3, 5}, .hidden = {7}, .classes = 4});
  std::vector<std::string> shapes;
  for (const auto& parameter : graph.parameters())
    if (parameter.rank() > 1) shapes.push_back(parameter.name() + " " + to_string(parameter.shape()));
  CHECK(shapes == std::vector<std::string>{"conv/weight [3, 1, 5, 5]", "conv_2/weight [5, 3, 5, 5]",
                                           "hidden/weight [125, 7]", "output/weight [7, 4]"});
}

TEST_CASE("lenet has a norm in place of each bias but the last if it is told so") {
  const auto names_of = [](const LenetOptions& options) {
    Graph graph;
    lenet(graph, options);
    std::vector<std::string> names;
    for (const auto id : graph.state_nodes()) names.push_back(graph.node(id).full_name());
    return names;
  };
  const auto trained = names_of({.hidden = {7}, .normalization = Normalization::batch, .dropout = 0.5});
  CHECK(trained == names_of({.hidden = {7}, .normalization = Normalization::batch, .in_use = true}));
  CHECK(trained == std::vector<std::string>{
                       "conv/weight", "conv/norm/scale", "conv/norm/shift", "conv/norm/running_mean",
                       "conv/norm/running_variance", "conv_2/weight", "conv_2/norm/scale",
                       "conv_2/norm/shift", "conv_2/norm/running_mean", "conv_2/norm/running_variance",
                       "hidden/weight", "hidden/norm/scale", "hidden/norm/shift", "hidden/norm/running_mean",
                       "hidden/norm/running_variance", "output/weight", "output/bias"});
  CHECK(names_of({.hidden = {7}, .normalization = Normalization::layer}) ==
        std::vector<std::string>{"conv/weight", "conv/norm/scale", "conv/norm/shift", "conv_2/weight",
                                 "conv_2/norm/scale", "conv_2/norm/shift", "hidden/weight",
                                 "hidden/norm/scale", "hidden/norm/shift", "output/weight", "output/bias"});
}

TEST_CASE("lenet starts near guessing and learns the images of a batch by heart") {
  const auto losses = trained(20, 60, 1);
  CHECK(std::abs(losses[0].scalar() - std::log(10)) < 0.05);
  CHECK(losses[59].scalar() < 0.01);
}

TEST_CASE("lenet trains to the same bits on any number of threads") {
  for (const std::int64_t batch : {7, 40, 67}) {
    INFO("batch " << batch);
    const auto expected = trained(batch, 3, 1);
    for (const int threads : {2, 3}) CHECK(trained(batch, 3, threads) == expected);
  }
}
