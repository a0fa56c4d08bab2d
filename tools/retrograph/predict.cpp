#include <retrograph/models/data/digit_image.hpp>
#include <retrograph/models/data/png.hpp>
#include <retrograph/models/training/evaluate.hpp>

#include "commands.hpp"
#include "digit_picture.hpp"
#include "digits.hpp"
#include "saved_model.hpp"
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <numeric>

namespace retrograph::program {
namespace {

constexpr std::size_t most_bars = 10, bar_cells = 24;

/// An image as the model's training had it before it was scaled, and where it is from.
struct Sample {
  std::string source;
  Array image;  // [height, width], in [0, 1]
  std::optional<std::int64_t> label;
};

std::optional<std::int64_t> index_in(const std::string& text) {
  std::int64_t index = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), index);
  if (problem != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return index;
}

Sample test_sample(const Dataset& test, std::int64_t index, const ModelChoice& model) {
  if (index < 0 || index >= test.size())
    throw DataError{fmt::format("there is no test sample {}", index),
                    fmt::format("there are 0 to {}", test.size() - 1)};
  const auto pixels = static_cast<std::size_t>(test.images.size() / test.size());
  const auto row = test.images.values<float>().subspan(static_cast<std::size_t>(index) * pixels, pixels);
  return {fmt::format("test sample {}", index), Array::copy_of(model.image, row),
          static_cast<std::int64_t>(test.labels.at(index))};
}

/// What is white on nothing cannot be told from white paper, and is read once more on black.
Sample picture_sample(const std::string& file) {
  const auto on_white = read_png(file);
  try {
    return {file, as_mnist_digit(on_white), {}};
  } catch (const DataError&) {
    try {
      return {file, as_mnist_digit(read_png(file, {.background = 0})), {}};
    } catch (const DataError& error) {
      throw DataError{fmt::format("'{}': {}", file, error.reason())};
    }
  }
}

std::vector<Sample> read_samples(const PredictCommand& command, const ModelChoice& model) {
  std::optional<Mnist> data;
  std::vector<Sample> samples;
  for (const auto& text : command.samples) {
    const auto index = index_in(text);
    if (index && !data) data = mnist(command.data);
    samples.push_back(index ? test_sample(data->test, *index, model) : picture_sample(text));
    if (samples.back().image.extents() != model.image)
      throw DataError{fmt::format("'{}' becomes an image of {}, and the model is for {}", text,
                                  to_string(samples.back().image.extents()), to_string(model.image))};
  }
  return samples;
}

Dataset scaled(const std::vector<Sample>& samples, const ModelNotes& notes) {
  const auto count = static_cast<std::int64_t>(samples.size());
  Dataset dataset{Array{{count, pixels_of(notes.model)}}, Array{{count}, DType::int32}};
  auto* place = dataset.images.bytes();
  for (const auto& sample : samples) {
    std::memcpy(place, sample.image.bytes(), sample.image.size_in_bytes());
    place += sample.image.size_in_bytes();
  }
  scale(dataset.images, notes.scaling);
  return dataset;
}

/// The classes to show: all in their order, or the likeliest.
std::vector<std::size_t> shown_classes(std::span<const float> probabilities) {
  std::vector<std::size_t> classes(probabilities.size());
  std::iota(classes.begin(), classes.end(), std::size_t{0});
  if (classes.size() <= most_bars) return classes;
  std::stable_sort(classes.begin(), classes.end(),
                   [&](auto a, auto b) { return probabilities[a] > probabilities[b]; });
  classes.resize(most_bars);
  return classes;
}

std::string sentence(const Sample& sample, std::size_t predicted, float probability) {
  auto text = fmt::format("{}: {} with {:.2f} %", sample.source, predicted, 100 * probability);
  if (!sample.label) return text;
  return text + (static_cast<std::size_t>(*sample.label) == predicted
                     ? ", as labelled"
                     : fmt::format(", but labelled {}", *sample.label));
}

/// The picture and, to the right of its middle, the bars.
void print(const Sample& sample, std::span<const float> probabilities, const TerminalStyle& style) {
  const auto likeliest = std::max_element(probabilities.begin(), probabilities.end());
  fmt::print("{}\n",
             sentence(sample, static_cast<std::size_t>(likeliest - probabilities.begin()), *likeliest));
  auto lines = drawn(sample.image, style);
  const auto classes = shown_classes(probabilities);
  const std::string blank(static_cast<std::size_t>(sample.image.extents()[1]), ' ');
  if (lines.size() < classes.size()) lines.resize(classes.size(), blank);
  const auto first = (lines.size() - classes.size()) / 2;
  for (std::size_t i = 0; i < classes.size(); ++i) {
    const auto probability = probabilities[classes[i]];
    lines[first + i] += fmt::format("   {:>2}  {:6.2f} %  {}", classes[i], 100 * probability,
                                    bar(probability, bar_cells, style));
  }
  for (const auto& line : lines) fmt::print("{}\n", line.substr(0, line.find_last_not_of(' ') + 1));
  fmt::print("\n");
}

}  // namespace

void run(const PredictCommand& command) {
  const auto notes = read_notes(command.load);
  const SavedModel saved{notes.model, command.load};
  const auto samples = read_samples(command, notes.model);
  const auto probabilities =
      predict(saved.model, saved.state, scaled(samples, notes), {.threads = command.threads});
  const auto classes = static_cast<std::size_t>(notes.model.classes);
  const auto style = terminal_style();
  for (std::size_t i = 0; i < samples.size(); ++i)
    print(samples[i], probabilities.values<float>().subspan(i * classes, classes), style);
}

}  // namespace retrograph::program
