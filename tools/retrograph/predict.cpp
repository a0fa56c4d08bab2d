#include <retrograph/models/data/digit_image.hpp>
#include <retrograph/models/data/png.hpp>
#include <retrograph/models/training/evaluate.hpp>

#include "commands.hpp"
#include "data.hpp"
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
Array read_digit(const std::string& file, std::int64_t digit_side) {
  const auto on_white = read_png(file);
  try {
    return as_mnist_digit(on_white, digit_side);
  } catch (const DataError&) {
    try {
      return as_mnist_digit(read_png(file, {.background = 0}), digit_side);
    } catch (const DataError& error) {
      throw DataError{fmt::format("'{}': {}", file, error.reason())};
    }
  }
}

Sample picture_sample(const std::string& file, const ModelNotes& notes) {
  if (notes.digit_side) return {file, read_digit(file, *notes.digit_side), {}};
  const auto& extents = notes.model.image;
  if (notes.is_of_table || extents.size() != 2)
    throw DataError{
        fmt::format("'{}' is a picture, and the model is for samples of {}", file, to_string(extents)),
        "give indices of test samples"};
  return {file, scaled_by_area(read_png(file), extents[0], extents[1]), {}};
}

std::vector<Sample> read_samples(const PredictCommand& command, const ModelNotes& notes) {
  std::optional<LabelledData> data;
  std::vector<Sample> samples;
  for (const auto& text : command.samples) {
    const auto index = index_in(text);
    if (index && !data) {
      data = read_data(command.data);
      require_known(*data, notes, command.data);
    }
    samples.push_back(index ? test_sample(data->test, *index, notes.model) : picture_sample(text, notes));
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

std::string sentence(const Sample& sample, std::size_t predicted, float probability,
                     const std::vector<std::string>& names) {
  auto text = fmt::format("{}: {} with {:.2f} %", sample.source, names[predicted], 100 * probability);
  if (!sample.label) return text;
  const auto label = static_cast<std::size_t>(*sample.label);
  return text + (label == predicted ? ", as labelled" : fmt::format(", but labelled {}", names[label]));
}

/// The image in lines, no wider than leaves room for the bars; none if it is a row of a table.
std::vector<std::string> picture_of(const Array& image, const TerminalStyle& style) {
  constexpr std::int64_t most_columns = 40;
  if (image.rank() != 2) return {};
  const auto height = image.extents()[0], width = image.extents()[1];
  if (width <= most_columns) return drawn(image, style);
  return drawn(scaled_by_area(image, std::max<std::int64_t>(1, height * most_columns / width), most_columns),
               style);
}

/// The picture and, to the right of its middle, the bars.
void print(const Sample& sample, std::span<const float> probabilities, const std::vector<std::string>& names,
           const TerminalStyle& style) {
  const auto likeliest = std::max_element(probabilities.begin(), probabilities.end());
  fmt::print("{}\n", sentence(sample, static_cast<std::size_t>(likeliest - probabilities.begin()), *likeliest,
                              names));
  auto lines = picture_of(sample.image, style);
  const auto classes = shown_classes(probabilities);
  const auto columns = lines.empty() ? 0 : std::min<std::int64_t>(sample.image.extents()[1], 40);
  const std::string blank(static_cast<std::size_t>(columns), ' ');
  if (lines.size() < classes.size()) lines.resize(classes.size(), blank);
  std::size_t width = 2;
  for (const auto one : classes) width = std::max(width, names[one].size());
  const auto first = (lines.size() - classes.size()) / 2;
  for (std::size_t i = 0; i < classes.size(); ++i) {
    const auto probability = probabilities[classes[i]];
    lines[first + i] += fmt::format("   {:>{}}  {:6.2f} %  {}", names[classes[i]], width, 100 * probability,
                                    bar(probability, bar_cells, style));
  }
  for (const auto& line : lines) fmt::print("{}\n", line.substr(0, line.find_last_not_of(' ') + 1));
  fmt::print("\n");
}

}  // namespace

void run(const PredictCommand& command) {
  const auto notes = read_notes(command.load);
  const SavedModel saved{notes, command.load};
  const auto samples = read_samples(command, notes);
  const auto probabilities =
      predict(saved.model, saved.state, scaled(samples, notes), {.threads = command.threads});
  const auto classes = static_cast<std::size_t>(notes.model.classes);
  const auto style = terminal_style();
  for (std::size_t i = 0; i < samples.size(); ++i)
    print(samples[i], probabilities.values<float>().subspan(i * classes, classes), notes.class_names, style);
}

}  // namespace retrograph::program
