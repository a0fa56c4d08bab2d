#include "curves.hpp"

#include "number_text.hpp"
#include "sections.hpp"

#include <algorithm>
#include <cmath>
#include <set>

namespace retrograph::program {
namespace {

constexpr double remarkable = 0.001;  // a share from which on it has a chart

bool has_numbers(const std::vector<double>& numbers) {
  return std::any_of(numbers.begin(), numbers.end(), [](double number) { return std::isfinite(number); });
}

Series by_epochs(const RunLog& log, std::string name, double RunLog::Epoch::*figure) {
  Series series{std::move(name), {}, {}};
  for (const auto& epoch : log.epochs) {
    series.x.push_back(static_cast<double>(epoch.number));
    series.y.push_back(epoch.*figure);
  }
  return series;
}

void drop_empty(std::vector<Series>& all) {
  std::erase_if(all, [](const Series& series) { return !has_numbers(series.y); });
}

std::vector<Series> accuracies(const RunLog& log) {
  using Epoch = RunLog::Epoch;
  return {by_epochs(log, "training", &Epoch::train_accuracy),
          by_epochs(log, "validation", &Epoch::validation_accuracy),
          by_epochs(log, "test", &Epoch::test_accuracy)};
}

/// "784-128-10 relu, mnist: 97.49 % right".
std::string title_with_outcome(const RunLog& log) {
  auto title = title_of(log);
  if (log.training && !log.training->data.empty()) {
    const auto data = std::filesystem::path{log.training->data};
    title += ", " + (data.has_filename() ? data : data.parent_path()).filename().string();
  }
  const auto outcome = log.epochs.back().test_accuracy;
  return std::isfinite(outcome) ? fmt::format("{}: {} right", title, percent(outcome)) : title;
}

std::optional<LineChart::Mark> best_epoch(const RunLog& log) {
  std::optional<LineChart::Mark> mark;
  for (const auto& epoch : log.epochs)
    if (epoch.is_best) mark = {static_cast<double>(epoch.number), "best validation loss"};
  return mark;
}

std::vector<std::string> names_of_layers(const RunLog& log) {
  std::vector<std::string> names;
  for (const auto& epoch : log.epochs)
    for (const auto& layer : epoch.health)
      if (std::find(names.begin(), names.end(), layer.name) == names.end()) names.push_back(layer.name);
  return names;
}

/// A line for each layer, with gaps in epochs that did not look at it.
template <class Figure>
std::vector<Series> by_layers(const RunLog& log, Figure figure) {
  std::vector<Series> all;
  for (const auto& name : names_of_layers(log)) {
    Series series{name, {}, {}};
    for (const auto& epoch : log.epochs) {
      const auto layer = std::find_if(epoch.health.begin(), epoch.health.end(),
                                      [&](const auto& each) { return each.name == name; });
      series.x.push_back(static_cast<double>(epoch.number));
      series.y.push_back(layer == epoch.health.end() ? not_logged : figure(*layer));
    }
    if (has_numbers(series.y)) all.push_back(std::move(series));
  }
  return all;
}

/// The usual rate, and a line for each scope whose own is another in some epoch.
std::vector<Series> learning_rates(const RunLog& log) {
  std::vector<Series> all{by_epochs(log, "all layers", &RunLog::Epoch::learning_rate)};
  std::set<std::string> scopes;
  for (const auto& epoch : log.epochs)
    for (const auto& [scope, rate] : epoch.layer_rates) scopes.insert(scope);
  for (const auto& scope : scopes) {
    Series own{scope, all.front().x, {}};
    for (const auto& epoch : log.epochs) {
      const auto rate = epoch.layer_rates.find(scope);
      own.y.push_back(rate == epoch.layer_rates.end() ? not_logged : rate->second);
    }
    if (own.y != all.front().y) all.push_back(std::move(own));
  }
  if (all.size() > 1) all.front().name = "other layers";
  return all;
}

double share(std::int64_t part, std::int64_t whole) {
  return whole > 0 ? static_cast<double>(part) / static_cast<double>(whole) : not_logged;
}

}  // namespace

std::vector<LineChart> training_curves(const RunLog& log) {
  using Epoch = RunLog::Epoch;
  std::vector<LineChart> charts;
  const auto add = [&](LineChart chart) {
    drop_empty(chart.series);
    if (!chart.series.empty()) charts.push_back(std::move(chart));
  };
  add({.title = "Loss, in nats",
       .x_label = "epoch",
       .series = {by_epochs(log, "training", &Epoch::train_loss),
                  by_epochs(log, "validation", &Epoch::validation_loss),
                  by_epochs(log, "test", &Epoch::test_loss)},
       .mark = best_epoch(log)});
  add({.title = "Accuracy", .x_label = "epoch", .series = accuracies(log), .is_share = true});
  add({.title = "Learning rate",
       .x_label = "epoch",
       .series = learning_rates(log),
       .scale = LineChart::Scale::linear});
  add({.title = "Samples a second",
       .x_label = "epoch",
       .series = {by_epochs(log, "training alone", &Epoch::samples_per_second)}});
  return charts;
}

std::vector<LineChart> accuracy_curves(const std::vector<RunLog>& logs) {
  std::vector<LineChart> charts;
  for (const auto& log : logs) {
    charts.push_back(
        {.title = title_with_outcome(log), .x_label = "epoch", .series = accuracies(log), .is_share = true});
    drop_empty(charts.back().series);
  }
  return charts;
}

std::vector<LineChart> health_curves(const RunLog& log) {
  using Layer = RunLog::Layer;
  std::vector<LineChart> charts;
  const auto ratios = by_layers(log, [](const Layer& layer) { return layer.update_ratio; });
  if (!ratios.empty())
    charts.push_back({.title = "Size of a step beside its weights", .x_label = "epoch", .series = ratios});
  const auto add_share = [&](std::string title, auto figure) {
    auto series = by_layers(log, figure);
    const auto has_some = [](const Series& each) {
      return std::any_of(each.y.begin(), each.y.end(), [](double number) { return number >= remarkable; });
    };
    if (std::any_of(series.begin(), series.end(), has_some))
      charts.push_back(
          {.title = std::move(title), .x_label = "epoch", .series = std::move(series), .is_share = true});
  };
  add_share("Steps too large", [](const Layer& layer) { return share(layer.too_large, layer.steps); });
  add_share("Steps too small", [](const Layer& layer) { return share(layer.too_small, layer.steps); });
  add_share("Gradients of 0", [](const Layer& layer) { return share(layer.zero, layer.steps); });
  add_share("Steps not finite", [](const Layer& layer) { return share(layer.not_finite, layer.steps); });
  add_share("Dead units", [](const Layer& layer) { return share(layer.dead, layer.units); });
  add_share("Saturated inputs", [](const Layer& layer) { return share(layer.saturated, layer.inputs); });
  return charts;
}

}  // namespace retrograph::program
