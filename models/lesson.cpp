#include <retrograph/models/layers/linear.hpp>
#include <retrograph/models/lesson.hpp>
#include <retrograph/models/optimizers/sgd.hpp>
#include <retrograph/ops/activation.hpp>
#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/mean.hpp>
#include <retrograph/ops/one_hot.hpp>
#include <retrograph/ops/power.hpp>
#include <retrograph/ops/sum.hpp>

#include <fmt/format.h>

#include <array>
#include <cmath>

namespace retrograph {
namespace {

constexpr double hidden_rate = 10;
constexpr std::size_t digits = 10, images_of_each = 10;

Tensor layer(const Tensor& x, std::int64_t outputs, std::string_view name, std::source_location where) {
  return linear(x, outputs, name, {.weight = uniform(0, 1), .bias = uniform(0, 1)}, where);
}

Tensor scaled_sigmoid(const Tensor& nets, double scaling, std::string_view name, std::source_location where) {
  const auto scope = nets.graph().scope(name);
  return sigmoid(nets / scaling, where);
}

Tensor squared_error(const Tensor& outputs, const Tensor& labels, std::source_location where) {
  const auto y = one_hot(labels, outputs.shape()[1], outputs.dtype(), OutOfRange::refuse, where);
  return mean(sum(square(outputs - y, where), 1, Keep::no, where), {}, Keep::no, where).named("loss");
}

/// Rows of a data set, with the bytes that the float32 pixels were made of divided in float64.
Dataset in_double(const Dataset& dataset, std::span<const std::size_t> rows) {
  const auto pixels = static_cast<std::size_t>(dataset.images.extents().at(1));
  const auto count = static_cast<std::int64_t>(rows.size());
  Dataset result{Array{{count, dataset.images.extents()[1]}, DType::float64}, Array{{count}, DType::int32}};
  auto to = result.images.values<double>().begin();
  const auto images = dataset.images.values<float>();
  for (std::size_t index = 0; index < rows.size(); ++index) {
    result.labels.values<std::int32_t>()[index] = dataset.labels.values<std::int32_t>()[rows[index]];
    for (const auto pixel : images.subspan(rows[index] * pixels, pixels))
      *to++ = std::round(255 * static_cast<double>(pixel)) / 255;
  }
  return result;
}

}  // namespace

Classifier lesson(Graph& graph, const LessonOptions& options, std::source_location where) {
  const auto batch = graph.dim("batch");
  const auto images = graph.input("images", {batch, options.pixels}, DType::float64, where);
  const auto labels = graph.input("labels", {batch}, DType::int32, where);
  const auto sums = layer(images, options.hidden, "hidden", where);
  const auto hidden = scaled_sigmoid(sums, lesson_scaling, "hidden", where);
  auto nets = layer(hidden, options.classes, "output", where);
  if (options.shift != 0) nets = nets - options.shift;
  if (options.output == LessonOptions::Output::softmax) return classifier(images, labels, nets, where);

  const auto outputs = scaled_sigmoid(nets, lesson_output_scaling, "output", where);
  const auto loss = squared_error(outputs, labels, where);
  return {images, labels, outputs, loss, count_correct(outputs, labels, where)};
}

LessonRates lesson_rates(LessonVariant variant, double output_rate) {
  return {variant == LessonVariant::original ? hidden_rate * lesson_scaling : hidden_rate, output_rate};
}

Updates lesson_updates(const Classifier& model, const LessonRates& rates) {
  return sgd(
      model.loss, model.loss.graph().parameters(),
      {.learning_rate = rates.output, .groups = {{.pattern = "hidden", .learning_rate = rates.hidden}}});
}

Dataset lesson_digits(const Dataset& training) {
  std::array<std::size_t, digits> found{};
  std::vector<std::size_t> rows;
  const auto labels = training.labels.values<std::int32_t>();
  for (std::size_t row = 0; row < labels.size(); ++row) {
    if (labels[row] < 0 || labels[row] >= static_cast<std::int32_t>(digits))
      throw DataError{fmt::format("label {} is {}, and no digit", row, labels[row])};
    auto& count = found[static_cast<std::size_t>(labels[row])];
    if (count == images_of_each) continue;
    rows.push_back(row);
    ++count;
  }
  for (std::size_t digit = 0; digit < digits; ++digit)
    if (found[digit] < images_of_each)
      throw DataError{fmt::format("there are {} images of the digit {}, and the lesson takes {}",
                                  found[digit], digit, images_of_each)};
  return in_double(training, rows);
}

Dataset lesson_images(const Dataset& dataset) {
  std::vector<std::size_t> rows(static_cast<std::size_t>(dataset.size()));
  for (std::size_t row = 0; row < rows.size(); ++row) rows[row] = row;
  return in_double(dataset, rows);
}

}  // namespace retrograph
