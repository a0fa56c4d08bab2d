#include "../chart/line_chart.hpp"
#include "../page/page.hpp"
#include "original.hpp"
#include "page.hpp"
#include <fmt/format.h>

namespace retrograph::program {
namespace {

/// A number of each epoch, as mean over the seeds.
template <class T>
Series curve(std::string name, const LessonRuns& runs, T LessonEpoch::*number) {
  Series series{std::move(name), {}, {}};
  for (std::size_t epoch = 0; epoch < runs.epoch_count(); ++epoch) {
    series.x.push_back(static_cast<double>(epoch + 1));
    series.y.push_back(runs.mean(epoch, number));
  }
  return series;
}

/// What the original was measured at, in the epochs that were trained.
Series measured_curve(const MeasuredTraining& training, std::size_t epochs, double MeasuredEpoch::*number,
                      double unit) {
  Series series{"the original", {}, {}};
  for (const auto& epoch : training.epochs) {
    if (epoch.epoch > epochs) continue;
    series.x.push_back(static_cast<double>(epoch.epoch));
    series.y.push_back(epoch.*number * unit);
  }
  return series;
}

class Charts {
 public:
  void add(const LineChart& chart) { svg_ += to_svg(chart); }
  std::string html() const { return gallery(svg_); }

 private:
  std::string svg_;
};

void add_beside_the_original(Charts& charts, std::span<const LessonRuns* const> shown) {
  for (std::size_t i = 0; i < shown.size(); ++i) {
    const auto& measured = measured_by_the_original[i];
    const auto& runs = *shown[i];
    charts.add({.title = fmt::format("Accuracy at output rate {:g}", measured.output_rate),
                .x_label = "epoch",
                .series = {curve("retrograph", runs, &LessonEpoch::accuracy),
                           measured_curve(measured, runs.epoch_count(), &MeasuredEpoch::accuracy, 0.01)},
                .is_share = true});
    charts.add({.title = fmt::format("Loss at output rate {:g}, nats", measured.output_rate),
                .x_label = "epoch",
                .series = {curve("retrograph", runs, &LessonEpoch::loss),
                           measured_curve(measured, runs.epoch_count(), &MeasuredEpoch::loss, 1)}});
  }
}

template <class T>
std::vector<Series> of_each_rate(std::span<const LessonRuns* const> shown, T LessonEpoch::*number) {
  std::vector<Series> series;
  for (const auto* runs : shown)
    series.push_back(curve(fmt::format("rate {:g}", runs->setting.rates.output), *runs, number));
  return series;
}

}  // namespace

std::string lesson_charts(LessonTrainings& trainings, std::span<const LessonRuns* const> shown) {
  Charts charts;
  add_beside_the_original(charts, shown);
  charts.add({.title = "Steps that are too large, of 31,000",
              .x_label = "epoch",
              .series = of_each_rate(shown, &LessonEpoch::too_large),
              .scale = LineChart::Scale::linear});
  charts.add({.title = "Steps that are too small, of 31,000",
              .x_label = "epoch",
              .series = of_each_rate(shown, &LessonEpoch::too_small),
              .scale = LineChart::Scale::logarithmic});
  charts.add({.title = "Inputs of the hidden sigmoids beyond 7, of 3,000",
              .x_label = "epoch",
              .series = of_each_rate(shown, &LessonEpoch::sigmoid_too_large),
              .scale = LineChart::Scale::linear});

  const auto accuracy = [&](std::string name, const LessonSetting& setting) {
    return curve(std::move(name), trainings.of(setting), &LessonEpoch::accuracy);
  };
  const auto slow = demo(LessonVariant::original, 0.1);
  charts.add({.title = "Accuracy with softmax, and with what was before",
              .x_label = "epoch",
              .series = {accuracy("softmax, cross-entropy", slow),
                         accuracy("sigmoid, squared error", predecessor())},
              .is_share = true});
  charts.add({.title = "Accuracy by the size of a mini-batch, output rate 0.1",
              .x_label = "epoch",
              .series = {accuracy("1", slow), accuracy("10", with_batch(slow, 10)),
                         accuracy("100", with_batch(slow, 100))},
              .is_share = true});
  charts.add(
      {.title = "Accuracy by the rate of the hidden layer, output rate 0.1",
       .x_label = "epoch",
       .series = {accuracy("785 (--original)", slow), accuracy("10", demo(LessonVariant::correct, 0.1))},
       .is_share = true});
  return charts.html();
}

}  // namespace retrograph::program
