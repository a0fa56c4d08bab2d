#include "optimizers.hpp"

#include <retrograph/models/optimizers/adadelta.hpp>
#include <retrograph/models/optimizers/adagrad.hpp>
#include <retrograph/models/optimizers/adam.hpp>
#include <retrograph/models/optimizers/adamw.hpp>
#include <retrograph/models/optimizers/lamb.hpp>
#include <retrograph/models/optimizers/lion.hpp>
#include <retrograph/models/optimizers/nadam.hpp>
#include <retrograph/models/optimizers/rmsprop.hpp>
#include <retrograph/models/optimizers/schedules.hpp>
#include <retrograph/models/optimizers/sgd.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace retrograph::program {
namespace {

template <class Options>
using Optimizer = Updates (*)(const Tensor& loss, std::span<const Parameter> parameters,
                              const Options& options, std::source_location where);

LearningRate scheduled(double rate, const OptimizerChoice& choice) {
  const auto steps = std::max<std::int64_t>(choice.steps - choice.warm_up, 1);
  LearningRate schedule = rate;
  if (choice.schedule == "cosine") schedule = cosine_decay(rate, steps);
  if (choice.schedule == "one-cycle") schedule = one_cycle(rate, steps);
  return choice.warm_up > 0 ? warm_up(choice.warm_up, schedule) : schedule;
}

template <class Options>
Options options_of(const OptimizerChoice& choice) {
  Options options;
  options.learning_rate =
      scheduled(choice.learning_rate.value_or(options.learning_rate.number().value()), choice);
  if (choice.weight_decay) options.weight_decay = *choice.weight_decay;
  if (choice.momentum) {
    if constexpr (requires { options.momentum; })
      options.momentum = *choice.momentum;
    else
      throw GraphError{fmt::format("--momentum: {} has none", choice.name), "it is for sgd and rmsprop"};
  }
  for (const auto& [scope, rate] : choice.layer_rates)
    options.groups.push_back({scope, scheduled(rate, choice)});
  for (const auto& scope : choice.frozen) options.groups.push_back({.pattern = scope, .frozen = true});
  options.gradients = {.accumulate = choice.accumulate, .clip_norm = choice.clip_norm};
  return options;
}

struct Entry {
  double usual_rate;
  Updates (*make)(const Tensor& loss, const OptimizerChoice& choice);
};

template <class Options, Optimizer<Options> optimizer>
Entry entry() {
  return {Options{}.learning_rate.number().value(), [](const Tensor& loss, const OptimizerChoice& choice) {
            return optimizer(loss, loss.graph().parameters(), options_of<Options>(choice),
                             std::source_location::current());
          }};
}

const std::vector<std::pair<std::string, Entry>>& entries() {
  static const std::vector<std::pair<std::string, Entry>> entries{
      {"sgd", entry<SgdOptions, sgd>()},
      {"adagrad", entry<AdagradOptions, adagrad>()},
      {"rmsprop", entry<RmspropOptions, rmsprop>()},
      {"adadelta", entry<AdadeltaOptions, adadelta>()},
      {"adam", entry<AdamOptions, adam>()},
      {"adamw", entry<AdamwOptions, adamw>()},
      {"nadam", entry<NadamOptions, nadam>()},
      {"lion", entry<LionOptions, lion>()},
      {"lamb", entry<LambOptions, lamb>()}};
  return entries;
}

const Entry& entry_of(const OptimizerChoice& choice) {
  const auto is_chosen = [&](const auto& entry) { return entry.first == choice.name; };
  return std::find_if(entries().begin(), entries().end(), is_chosen)->second;
}

/// The options that name scopes.
std::string scope_options(const OptimizerChoice& choice) {
  if (choice.frozen.empty()) return "--layer-rate: ";
  return choice.layer_rates.empty() ? "--freeze: " : "--layer-rate, --freeze: ";
}

}  // namespace

const std::vector<std::string>& optimizer_names() {
  static const auto names = [] {
    std::vector<std::string> list;
    for (const auto& [name, entry] : entries()) list.push_back(name);
    return list;
  }();
  return names;
}

const std::vector<std::string>& schedule_names() {
  static const std::vector<std::string> names{"constant", "cosine", "one-cycle"};
  return names;
}

Updates make_updates(const Tensor& loss, const OptimizerChoice& choice) {
  try {
    return entry_of(choice).make(loss, choice);
  } catch (const GraphError& error) {  // of a scope that is none; the line in this program helps nobody
    throw GraphError{(error.has_context() ? scope_options(choice) : "") + error.reason(), error.hint()};
  }
}

std::string describe(const OptimizerChoice& choice) {
  auto text = fmt::format("{} {:g}", choice.name, choice.learning_rate.value_or(entry_of(choice).usual_rate));
  for (const auto& [scope, rate] : choice.layer_rates) text += fmt::format(" ({}: {:g})", scope, rate);
  for (const auto& scope : choice.frozen) text += fmt::format(" ({}: frozen)", scope);
  if (choice.schedule != "constant") text += fmt::format(", {} over {} steps", choice.schedule, choice.steps);
  if (choice.warm_up > 0) text += fmt::format(", warm-up of {}", choice.warm_up);
  if (choice.momentum) text += fmt::format(", momentum {:g}", *choice.momentum);
  if (choice.weight_decay) text += fmt::format(", weight decay {:g}", *choice.weight_decay);
  if (choice.clip_norm) text += fmt::format(", gradients clipped to {:g}", *choice.clip_norm);
  if (choice.accumulate > 1) text += fmt::format(", {} batches a step", choice.accumulate);
  return text;
}

}  // namespace retrograph::program
