#include <retrograph/models/training/evaluate.hpp>
#include <retrograph/models/training/metrics.hpp>

#include "commands.hpp"
#include "data.hpp"
#include "digits.hpp"
#include "saved_model.hpp"
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace retrograph::program {
namespace {

/// More columns than this do not fit a page.
constexpr std::int64_t most_columns = 16;
constexpr std::size_t most_letters = 10;

std::string shortened(const std::string& name) {
  const auto begins_letter = [](char byte) { return (static_cast<unsigned char>(byte) & 0xc0) != 0x80; };
  std::size_t letters = 0, end = 0;
  for (std::size_t place = 0; place < name.size(); ++place)
    if (begins_letter(name[place]) && ++letters == most_letters) end = place;
  return letters <= most_letters ? name : name.substr(0, end) + ".";
}

/// "98.21 %", or "-" where there was nothing to divide by.
std::string percent(double share) {
  return std::isnan(share) ? "-" : fmt::format("{:.2f} %", 100 * share);
}

/// Labelled classes by row and predicted ones by column; zeros are dots, so that mistakes stand out.
void print_confusion(const Array& confusion, const std::vector<std::string>& names) {
  const auto classes = confusion.extents()[0];
  std::size_t width = 1;
  for (const auto& name : names) width = std::max(width, shortened(name).size());
  for (std::int64_t place = 0; place < confusion.size(); ++place)
    width = std::max(width, fmt::format("{}", confusion.at(place)).size());

  fmt::print("\nlabelled by row, predicted by column\n{:>{}}", "", width);
  for (const auto& name : names) fmt::print("  {:>{}}", shortened(name), width);
  fmt::print("\n");
  for (std::int64_t label = 0; label < classes; ++label) {
    fmt::print("{:>{}}", shortened(names[static_cast<std::size_t>(label)]), width);
    for (std::int64_t predicted = 0; predicted < classes; ++predicted) {
      const auto count = confusion.at(label * classes + predicted);
      fmt::print("  {:>{}}", count == 0 ? "." : fmt::format("{}", count), width);
    }
    fmt::print("\n");
  }
}

void print_classes(const Array& confusion, const std::vector<std::string>& names) {
  std::size_t width = 5;  // of "class"
  for (const auto& name : names) width = std::max(width, name.size());
  fmt::print("\n{:<{}}  samples  precision    recall\n", "class", width);
  const auto figures = class_figures(confusion);
  for (std::size_t label = 0; label < names.size(); ++label)
    fmt::print("{:<{}}  {:>7}  {:>9}  {:>8}\n", names[label], width, figures[label].samples,
               percent(figures[label].precision), percent(figures[label].recall));
}

ModelNotes notes_of(const EvaluateCommand& command, const LabelledData& data) {
  if (command.model.name.empty()) return read_notes(command.load);
  auto model = command.model;
  model.image = data.image;
  model.classes = std::ssize(data.class_names);
  return {.model = model, .scaling = scaling_of(data.train), .class_names = data.class_names};
}

}  // namespace

void run(const EvaluateCommand& command) {
  auto data = read_data(command.data);
  const auto notes = notes_of(command, data);
  require_known(data, notes, command.data);
  const SavedModel saved{notes, command.load};
  scale(data.test.images, notes.scaling);

  const auto result = evaluate(saved.model, saved.state, data.test, {.threads = command.threads});
  const auto scores = predict(saved.model, saved.state, data.test, {.threads = command.threads});
  fmt::print("{}, {} test samples of {}\n", describe(notes.model), data.test.size(), command.data.string());
  fmt::print("loss {:.4f}  accuracy {}  among the first {} {}\n", result.loss, percent(result.accuracy),
             command.top, percent(top_k_accuracy(scores, data.test.labels, command.top)));
  const auto confusion = confusion_matrix(scores, data.test.labels);
  if (notes.model.classes <= most_columns) print_confusion(confusion, notes.class_names);
  print_classes(confusion, notes.class_names);
}

}  // namespace retrograph::program
