#include "schedules.hpp"

#include <retrograph/models/optimizers/optimizer.hpp>
#include <retrograph/models/optimizers/schedules.hpp>
#include <retrograph/ops/arithmetic.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace retrograph::program {
namespace {

double factor_of(const OptimizerChoice& choice) {
  return choice.schedule_factor.value_or(0.1);
}
std::int64_t patience_of(const OptimizerChoice& choice) {
  return choice.schedule_patience.value_or(2);
}

Tensor share_of(const Parameter& rate, double share) {
  if (share == 1) return rate;
  auto& graph = rate.graph();
  const Graph::ContextGuard scope{graph, update_context(graph, "plateau", std::source_location::current())};
  return rate * share;
}

std::int64_t steps_after_warm_up(const OptimizerChoice& choice) {
  return std::max<std::int64_t>(choice.steps_of(choice.epochs) - choice.warm_up, 1);
}

/// Steps in which `step` and `exponential` multiply the rate once.
std::int64_t steps_of_factor(const OptimizerChoice& choice) {
  if (choice.schedule_every) return std::max<std::int64_t>(choice.steps_of(*choice.schedule_every), 1);
  const auto steps = steps_after_warm_up(choice);
  return choice.schedule == "step" ? (steps + 2) / 3 : steps;
}

}  // namespace

LearningRate scheduled(double rate, double usual, const OptimizerChoice& choice,
                       const ReduceOnPlateau* plateau) {
  const auto steps = steps_after_warm_up(choice);
  LearningRate schedule = rate;
  if (choice.schedule == "step") schedule = step_decay(rate, steps_of_factor(choice), factor_of(choice));
  if (choice.schedule == "exponential")
    schedule = exponential_decay(rate, factor_of(choice), steps_of_factor(choice));
  if (choice.schedule == "cosine") schedule = cosine_decay(rate, steps);
  if (choice.schedule == "one-cycle") schedule = one_cycle(rate, steps);
  if (plateau) schedule = share_of(plateau->learning_rate(), rate / usual);
  return choice.warm_up > 0 ? warm_up(choice.warm_up, schedule) : schedule;
}

std::optional<ReduceOnPlateau> plateau_of(Graph& graph, double rate, const OptimizerChoice& choice) {
  if (choice.schedule != "plateau") return {};
  return ReduceOnPlateau{graph, rate, {.factor = factor_of(choice), .patience = patience_of(choice)}};
}

std::string describe_schedule(const OptimizerChoice& choice) {
  std::string text;
  if (choice.schedule == "step" || choice.schedule == "exponential")
    text += fmt::format(", {} by {:g} every {} steps", choice.schedule, factor_of(choice),
                        steps_of_factor(choice));
  else if (choice.schedule == "plateau")
    text += fmt::format(", plateau by {:g} after {} epochs", factor_of(choice), patience_of(choice));
  else if (choice.schedule != "constant")
    text += fmt::format(", {} over {} steps", choice.schedule, choice.steps_of(choice.epochs));
  if (choice.warm_up > 0) text += fmt::format(", warm-up of {}", choice.warm_up);
  return text;
}

std::optional<WrongOption> wrong_schedule(const OptimizerChoice& choice) {
  const auto is_one_of = [&](std::initializer_list<std::string_view> names) {
    return std::find(names.begin(), names.end(), choice.schedule) != names.end();
  };
  if (choice.schedule_factor && !is_one_of({"step", "exponential", "plateau"}))
    return WrongOption{"--schedule-factor", "is for --schedule step, exponential and plateau"};
  if (choice.schedule_every && !is_one_of({"step", "exponential"}))
    return WrongOption{"--schedule-every", "is for --schedule step and exponential"};
  if (choice.schedule_patience && !is_one_of({"plateau"}))
    return WrongOption{"--schedule-patience", "is for --schedule plateau"};
  return {};
}

const std::vector<std::string>& schedule_names() {
  static const std::vector<std::string> names{"constant", "step",      "exponential",
                                              "cosine",   "one-cycle", "plateau"};
  return names;
}

}  // namespace retrograph::program
