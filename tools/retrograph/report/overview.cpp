#include "../page/markup.hpp"
#include "number_text.hpp"
#include "sections.hpp"

#include <algorithm>

namespace retrograph::program {
namespace {

std::string figure(std::string_view name, const std::string& value, const std::string& beside = {}) {
  return fmt::format("<div><dt>{}</dt><dd>{}<small>{}</small></dd></div>\n", escaped(name), escaped(value),
                     escaped(beside));
}

/// Of the weights that the training ended with, which are those of its last or its best epoch, or a mean.
double test_loss(const RunLog& log) {
  if (!log.summary) return log.epochs.back().test_loss;
  constexpr double rounding = 1e-6;
  double loss = not_logged;
  for (const auto& epoch : log.epochs)
    if ((epoch.is_best || epoch.number == log.epochs.back().number) &&
        std::abs(epoch.test_accuracy - log.summary->accuracy) < rounding)
      loss = epoch.test_loss;
  return loss;
}

std::string test_figures(const RunLog& log) {
  const auto& last = log.epochs.back();
  const auto accuracy = log.summary ? log.summary->accuracy : last.test_accuracy;
  std::string figures;
  if (std::isfinite(accuracy))
    figures += figure("Test accuracy", percent(accuracy), percent(1 - accuracy) + " wrong");
  if (log.summary && std::isfinite(log.summary->top_3_accuracy) && log.summary->classes.size() > 3)
    figures += figure("Among the first 3", percent(log.summary->top_3_accuracy), "of the test samples");
  if (const auto loss = test_loss(log); std::isfinite(loss))
    figures += figure("Test loss", number(loss), "nats");
  return figures;
}

std::string validation_figure(const RunLog& log) {
  const RunLog::Epoch* best = nullptr;
  for (const auto& epoch : log.epochs)
    if (epoch.is_best) best = &epoch;
  if (!best) return {};
  return figure("Least validation loss", number(best->validation_loss),
                fmt::format("epoch {}, accuracy {}", best->number, percent(best->validation_accuracy)));
}

std::string time_figures(const RunLog& log) {
  double seconds = 0;
  std::vector<double> rates;
  for (const auto& epoch : log.epochs) {
    seconds += epoch.seconds;
    if (std::isfinite(epoch.samples_per_second)) rates.push_back(epoch.samples_per_second);
  }
  auto figures = figure(
      "Epochs", std::to_string(log.epochs.back().number),
      std::isfinite(seconds) ? duration(seconds / static_cast<double>(log.epochs.size())) + " each" : "");
  if (std::isfinite(seconds)) figures += figure("Time of training", duration(seconds), "without evaluation");
  if (!rates.empty()) {
    const auto middle = rates.begin() + std::ssize(rates) / 2;
    std::nth_element(rates.begin(), middle, rates.end());
    figures += figure("Samples a second", fmt::format("{:.0f}", *middle), "median of the epochs");
  }
  return figures;
}

}  // namespace

std::string title_of(const RunLog& log) {
  if (log.training && !log.training->description.empty())
    return log.training->description.substr(0, log.training->description.find(','));
  return log.file.filename().string();
}

std::string overview(const RunLog& log) {
  std::string html =
      fmt::format("<p class=\"quiet\">A training with {}</p>\n<h1>{}</h1>\n",
                  escaped(log.training ? log.training->program : "retrograph"), escaped(title_of(log)));
  if (log.training) html += fmt::format("<p class=\"quiet\">{}</p>\n", escaped(log.training->description));
  if (!log.summary)
    html +=
        "<p>This training is not over: its last epoch is not in the log yet, so there is no account of its "
        "classes and mistakes.</p>\n";
  return html + "<dl class=\"figures\">\n" + test_figures(log) + validation_figure(log) + time_figures(log) +
         "</dl>\n";
}

}  // namespace retrograph::program
