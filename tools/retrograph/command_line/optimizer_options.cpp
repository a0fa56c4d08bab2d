#include "shared_options.hpp"
#include <fmt/format.h>

#include <cmath>

namespace retrograph::program {
namespace {

using ScopeNumbers = std::vector<std::pair<std::string, double>>;

/// Each step that is remembered adds nodes to the graph.
const auto history_length = require("a number of steps from 1 to 1000", [](const std::string& text) {
  const auto steps = parsed<std::int64_t>(text).value_or(0);
  return steps >= 1 && steps <= 1000;
});

/// "output=0.1": the number is behind the last '='.
std::pair<std::string, double> parse_scope_number(const char* option, const char* what,
                                                  const std::string& text) {
  const auto sign = text.rfind('=');
  const auto number =
      sign == std::string::npos ? std::nullopt : parsed<double>(std::string_view{text}.substr(sign + 1));
  if (sign == 0 || !number || !std::isfinite(*number) || *number < 0)
    throw CLI::ValidationError{option, fmt::format("{} is not SCOPE={}, such as output=0.01", text, what)};
  return {text.substr(0, sign), *number};
}

void add_scope_numbers(CLI::App& command, const char* option, const char* what, ScopeNumbers& numbers,
                       const char* description) {
  command
      .add_option_function<std::vector<std::string>>(
          option,
          [option, what, &numbers](const std::vector<std::string>& texts) {
            numbers.clear();  // of a training that goes on
            for (const auto& text : texts) numbers.push_back(parse_scope_number(option, what, text));
          },
          description)
      ->type_name(fmt::format("SCOPE={}", what[0]))
      ->expected(1)
      ->take_all();
}

template <class N>
void add_number(CLI::App& command, const char* name, std::optional<N>& number, const CLI::Validator& check,
                const char* type, const char* description) {
  command.add_option(name, number, description)->check(check)->type_name(type);
}

void add_schedule(CLI::App& command, OptimizerChoice& options) {
  add_choice(
      command, "--schedule", options.schedule, schedule_names(),
      "How the learning rate goes: down by a factor now and then, evenly, along a cosine or up and down "
      "to the end of --epochs, or down where the loss has stalled");
  add_number(command, "--schedule-factor", options.schedule_factor, share, "F",
             "What step, exponential and plateau multiply it by [0.1]");
  add_number(command, "--schedule-every", options.schedule_every, positive_integer, "EPOCHS",
             "In which step and exponential do so [a third of the training for step, all for exponential]");
  add_number(
      command, "--schedule-patience", options.schedule_patience, whole_number, "EPOCHS",
      "That plateau lets pass without a lower loss: of validation if there is one, else of training [2]");
  command.add_option("--warm-up", options.warm_up, "Steps in which it rises to where that begins")
      ->check(positive_integer)
      ->type_name("STEPS");
}

}  // namespace

void add_optimizer_options(CLI::App& command, OptimizerChoice& options) {
  add_number(command, "--learning-rate", options.learning_rate, positive_number, "R",
             "Size of a step [what is usual for the optimizer: 0.1 for sgd, 0.001 for adam]");
  add_scope_numbers(
      command, "--layer-rate", "RATE", options.layer_rates,
      "Another learning rate for the parameters of a scope, such as output=0.01; may be repeated");
  add_schedule(command, options);
  command
      .add_option("--freeze", options.frozen, "Leave the parameters of a scope as they are; may be repeated")
      ->type_name("SCOPE")
      ->expected(1)
      ->take_all();
  add_number(command, "--momentum", options.momentum, share, "M", "Of the velocity of sgd and rmsprop");
  command.add_flag("--nesterov", options.nesterov, "Nesterov's momentum, of sgd");
  command.add_flag("--amsgrad", options.amsgrad,
                   "Divide by the largest second moment so far, in adam and adamw");
  command.add_flag("--centered", options.centered, "Divide by the root of the variance, in rmsprop");
  add_number(command, "--history", options.history, history_length, "STEPS",
             "By whose curvature lbfgs goes, which is for batches of all samples or many [10]");
  add_number(command, "--weight-decay", options.weight_decay, positive_number, "D",
             "How fast parameters shrink by themselves [0; 0.01 for adamw and lamb]");
  add_scope_numbers(command, "--layer-decay", "DECAY", options.layer_decays,
                    "Another decay for the parameters of a scope, such as */bias=0; may be repeated");
  add_number(command, "--clip-value", options.clip_value, positive_number, "N",
             "Bring each number of the gradients to within N of 0");
  add_number(command, "--clip-norm", options.clip_norm, positive_number, "N",
             "Scale the gradients down where all together are longer");
  command.add_option("--accumulate", options.accumulate, "Batches whose mean gradient makes a step")
      ->check(positive_integer)
      ->type_name("N")
      ->capture_default_str();
  add_number(command, "--average", options.average, share, "DECAY",
             "Evaluate and save a running average of the weights, such as 0.999");
}

}  // namespace retrograph::program
