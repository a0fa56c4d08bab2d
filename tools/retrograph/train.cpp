#include <retrograph/models/data/standardize.hpp>
#include <retrograph/models/optimizers/adam.hpp>
#include <retrograph/models/optimizers/sgd.hpp>
#include <retrograph/models/train.hpp>

#include "commands.hpp"
#include "digits.hpp"
#include "training_display.hpp"
#include "training_log.hpp"
#include <fmt/format.h>

#include <cstdio>

namespace retrograph::program {
namespace {

double learning_rate_of(const TrainCommand& command) {
  const auto usual = command.optimizer == "adam" ? 0.001 : 0.1;
  return command.learning_rate.value_or(usual);
}

Updates make_updates(const Classifier& model, const TrainCommand& command) {
  const auto parameters = model.loss.graph().parameters();
  const auto learning_rate = learning_rate_of(command);
  std::vector<ParameterGroup> groups;
  for (const auto& [scope, rate] : command.layer_rates) groups.push_back({scope, rate});
  try {
    if (command.optimizer == "adam")
      return adam(model.loss, parameters, {.learning_rate = learning_rate, .groups = groups});
    return sgd(model.loss, parameters, {.learning_rate = learning_rate, .groups = groups});
  } catch (const GraphError& error) {  // of a scope that is none; the line in this program helps nobody
    throw GraphError{"--layer-rate: " + error.reason(), error.hint()};
  }
}

void print_settings(const TrainCommand& command, const Mnist& data) {
  fmt::print("{}, {} {:g}", describe(command.mlp), command.optimizer, learning_rate_of(command));
  for (const auto& [scope, rate] : command.layer_rates) fmt::print(" ({}: {:g})", scope, rate);
  fmt::print(", batch {}, seed {}, {} training and {} test digits\n", command.batch, command.seed,
             data.train.size(), data.test.size());
  std::fflush(stdout);
}

}  // namespace

void run(const TrainCommand& command) {
  Graph graph;
  const auto model = make_model(graph, command.mlp);
  const auto updates = make_updates(model, command);
  auto data = mnist(command.data);
  standardize(data);
  std::optional<TrainingLog> log;  // opened before the training, so that none is lost to a misspelt folder
  if (command.log) log.emplace(*command.log);

  print_settings(command, data);
  auto state = initial_state(graph, command.seed);
  TrainingDisplay display{model.logits.shape()[1].number()};
  train(model, updates, state, data.train, data.test,
        {.epochs = command.epochs,
         .batch_size = command.batch,
         .threads = command.threads,
         .check_finite = command.check_finite,
         .on_step = [&](const StepReport& report) { display.step(report); },
         .on_epoch =
             [&](const EpochReport& report) {
               if (log) log->add(report);
               display.epoch(report);
             }});
}

}  // namespace retrograph::program
