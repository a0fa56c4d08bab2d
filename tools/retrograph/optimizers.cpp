#include "optimizers.hpp"

#include <retrograph/models/optimizers/adadelta.hpp>
#include <retrograph/models/optimizers/adagrad.hpp>
#include <retrograph/models/optimizers/adam.hpp>
#include <retrograph/models/optimizers/adamw.hpp>
#include <retrograph/models/optimizers/lamb.hpp>
#include <retrograph/models/optimizers/lbfgs.hpp>
#include <retrograph/models/optimizers/lion.hpp>
#include <retrograph/models/optimizers/nadam.hpp>
#include <retrograph/models/optimizers/rmsprop.hpp>
#include <retrograph/models/optimizers/sgd.hpp>
#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/cast.hpp>
#include <retrograph/ops/maximum.hpp>

#include "schedules.hpp"
#include <fmt/format.h>

#include <algorithm>

namespace retrograph::program {
namespace {

template <class Options>
using Optimizer = Updates (*)(const Tensor& loss, std::span<const Parameter> parameters,
                              const Options& options, std::source_location where);

template <class Options>
concept HasMomentum = requires(Options options) {
  options.momentum;
};
template <class Options>
concept HasNesterov = requires(Options options) {
  options.nesterov;
};
template <class Options>
concept HasAmsgrad = requires(Options options) {
  options.amsgrad;
};
template <class Options>
concept HasCentered = requires(Options options) {
  options.centered;
};

template <class Options>
concept HasHistory = requires(Options options) {
  options.history;
};

template <class Options>
Options options_of(const OptimizerChoice& choice, const ReduceOnPlateau* plateau) {
  Options options;
  const auto usual = choice.learning_rate.value_or(options.learning_rate.number().value());
  options.learning_rate = scheduled(usual, usual, choice, plateau);
  if (choice.weight_decay) options.weight_decay = *choice.weight_decay;
  if constexpr (HasMomentum<Options>) options.momentum = choice.momentum.value_or(0);
  if constexpr (HasNesterov<Options>) options.nesterov = choice.nesterov;
  if constexpr (HasAmsgrad<Options>) options.amsgrad = choice.amsgrad;
  if constexpr (HasCentered<Options>) options.centered = choice.centered;
  if constexpr (HasHistory<Options>) options.history = choice.history.value_or(options.history);
  for (const auto& [scope, rate] : choice.layer_rates)
    options.groups.push_back({.pattern = scope, .learning_rate = scheduled(rate, usual, choice, plateau)});
  for (const auto& [scope, decay] : choice.layer_decays)
    options.groups.push_back({.pattern = scope, .weight_decay = decay});
  for (const auto& scope : choice.frozen) options.groups.push_back({.pattern = scope, .frozen = true});
  options.gradients = {
      .accumulate = choice.accumulate, .clip_value = choice.clip_value, .clip_norm = choice.clip_norm};
  return options;
}

struct Entry {
  double usual_rate;
  bool has_momentum, has_nesterov, has_amsgrad, has_centered, has_history;
  Updates (*make)(const Tensor& loss, const OptimizerChoice& choice, const ReduceOnPlateau* plateau);
};

template <class Options, Optimizer<Options> optimizer>
Entry entry() {
  return {.usual_rate = Options{}.learning_rate.number().value(),
          .has_momentum = HasMomentum<Options>,
          .has_nesterov = HasNesterov<Options>,
          .has_amsgrad = HasAmsgrad<Options>,
          .has_centered = HasCentered<Options>,
          .has_history = HasHistory<Options>,
          .make = [](const Tensor& loss, const OptimizerChoice& choice, const ReduceOnPlateau* plateau) {
            return optimizer(loss, loss.graph().parameters(), options_of<Options>(choice, plateau),
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
      {"lamb", entry<LambOptions, lamb>()},
      {"lbfgs", entry<LbfgsOptions, lbfgs>()}};
  return entries;
}

const Entry& entry_of(const OptimizerChoice& choice) {
  const auto is_chosen = [&](const auto& entry) { return entry.first == choice.name; };
  return std::find_if(entries().begin(), entries().end(), is_chosen)->second;
}

double rate_of(const OptimizerChoice& choice) {
  return choice.learning_rate.value_or(entry_of(choice).usual_rate);
}

/// The options that name scopes: "--layer-rate, --freeze: ".
std::string scope_options(const OptimizerChoice& choice) {
  std::vector<std::string_view> options;
  if (!choice.layer_rates.empty()) options.push_back("--layer-rate");
  if (!choice.layer_decays.empty()) options.push_back("--layer-decay");
  if (!choice.frozen.empty()) options.push_back("--freeze");
  return fmt::format("{}: ", fmt::join(options, ", "));
}

/// "sgd and rmsprop".
std::string names_with(bool Entry::*trait) {
  std::vector<std::string> names;
  for (const auto& [name, entry] : entries())
    if (entry.*trait) names.push_back(name);
  return fmt::format("{}", fmt::join(names, " and "));
}

/// Steps before the last one, by the optimizer's own count.
Tensor steps_before_last(Graph& graph, const OptimizerChoice& choice) {
  const auto states = graph.state_nodes();
  const auto is_count = [&](NodeId id) { return graph.node(id).full_name() == choice.name + "/step"; };
  const Tensor count{graph, *std::find_if(states.begin(), states.end(), is_count), 0};
  return maximum(cast(count, DType::float64) - 1, 0);
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

std::optional<WrongOption> wrong_option(const OptimizerChoice& choice) {
  struct Trait {
    const char* option;
    bool is_given;
    bool Entry::*trait;
  };
  for (const auto& [option, is_given, trait] :
       {Trait{"--momentum", choice.momentum.has_value(), &Entry::has_momentum},
        Trait{"--nesterov", choice.nesterov, &Entry::has_nesterov},
        Trait{"--amsgrad", choice.amsgrad, &Entry::has_amsgrad},
        Trait{"--centered", choice.centered, &Entry::has_centered},
        Trait{"--history", choice.history.has_value(), &Entry::has_history}})
    if (is_given && !(entry_of(choice).*trait))
      return WrongOption{option, fmt::format("is for {}, not for {}", names_with(trait), choice.name)};
  if (choice.nesterov && !choice.momentum) return WrongOption{"--nesterov", "needs a --momentum"};
  return wrong_schedule(choice);
}

Training make_training(const Tensor& loss, const OptimizerChoice& choice) {
  auto& graph = loss.graph();
  Training training;
  try {
    training.plateau = plateau_of(graph, rate_of(choice), choice);
    training.updates = entry_of(choice).make(loss, choice, training.plateau ? &*training.plateau : nullptr);
    if (choice.average) {
      training.average =
          average_weights(training.updates, {.decay = *choice.average, .every = choice.accumulate});
      training.updates = training.average->updates;
    }
    return training;
  } catch (const GraphError& error) {  // of a scope that is none; the line in this program helps nobody
    throw GraphError{(error.has_context() ? scope_options(choice) : "") + error.reason(), error.hint()};
  }
}

std::vector<Tensor> last_rates(Graph& graph, const OptimizerChoice& choice, const Training& training) {
  const auto* plateau = training.plateau ? &*training.plateau : nullptr;
  const auto usual = rate_of(choice);
  const auto last = [&](double rate) {
    return scheduled(rate, usual, choice, plateau).tensor(graph, DType::float64, [&] {
      return steps_before_last(graph, choice);
    });
  };
  std::vector<Tensor> rates{last(usual)};
  for (const auto& [scope, rate] : choice.layer_rates) rates.push_back(last(rate));
  return rates;
}

std::string describe(const OptimizerChoice& choice) {
  auto text = fmt::format("{} {:g}", choice.name, rate_of(choice));
  for (const auto& [scope, rate] : choice.layer_rates) text += fmt::format(" ({}: {:g})", scope, rate);
  for (const auto& [scope, decay] : choice.layer_decays)
    text += fmt::format(" ({}: weight decay {:g})", scope, decay);
  for (const auto& scope : choice.frozen) text += fmt::format(" ({}: frozen)", scope);
  if (choice.amsgrad) text += ", amsgrad";
  if (choice.centered) text += ", centered";
  if (choice.history) text += fmt::format(", history {}", *choice.history);
  text += describe_schedule(choice);
  if (choice.momentum)
    text += fmt::format(", {} {:g}", choice.nesterov ? "Nesterov momentum" : "momentum", *choice.momentum);
  if (choice.weight_decay) text += fmt::format(", weight decay {:g}", *choice.weight_decay);
  if (choice.clip_value) text += fmt::format(", gradients clipped to {:g} each", *choice.clip_value);
  if (choice.clip_norm) text += fmt::format(", gradients clipped to {:g}", *choice.clip_norm);
  if (choice.accumulate > 1) text += fmt::format(", {} batches a step", choice.accumulate);
  if (choice.average) text += fmt::format(", weights averaged with decay {:g}", *choice.average);
  return text;
}

}  // namespace retrograph::program
