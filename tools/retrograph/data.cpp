#include "data.hpp"

#include <retrograph/models/data/csv.hpp>
#include <retrograph/models/data/digit_image.hpp>
#include <retrograph/models/data/idx_folder.hpp>
#include <retrograph/models/data/image_folder.hpp>
#include <retrograph/models/data/split.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace retrograph::program {
namespace {

namespace fs = std::filesystem;

bool is_table(const fs::path& path) {
  const auto name = path.filename().string();
  return name.ends_with(".csv") || name.ends_with(".csv.gz");
}

template <class Holds>
bool has(const fs::path& folder, const Holds& holds) {
  return std::any_of(fs::directory_iterator{folder}, fs::directory_iterator{}, holds);
}

bool is_idx(const fs::directory_entry& entry) {
  return entry.path().filename().string().find("-ubyte") != std::string::npos;
}

bool is_folder(const fs::directory_entry& entry) {
  return entry.is_directory();
}

Dataset rows_of(const Dataset& dataset, const std::vector<std::int64_t>& rows) {
  const auto batches_of_all = BatchOptions{.size = static_cast<std::int64_t>(rows.size()), .rows = rows};
  auto batches = dataset.batches(batches_of_all);
  const auto& [images, labels] = *batches.begin();
  return {images, labels, dataset.class_names};
}

TrainAndTest in_two(const Dataset& all, const fs::path& path) {
  constexpr double test_part = 1.0 / 6;
  const auto split = split_rows(all.size(), test_part, 0);
  if (split.held_out.empty())
    throw DataError{
        fmt::format("'{}' has {} samples: too few to hold some out for the test", path.string(), all.size())};
  return {rows_of(all, split.training), rows_of(all, split.held_out)};
}

TrainAndTest read_image_folders(const fs::path& path) {
  if (!fs::is_directory(path / "train") || !fs::is_directory(path / "test"))
    return in_two(image_folder(path), path);
  TrainAndTest data{image_folder(path / "train"), image_folder(path / "test")};
  if (data.train.class_names != data.test.class_names)
    throw DataError{fmt::format("'{}' has the classes {} to train on and {} to judge by", path.string(),
                                fmt::join(data.train.class_names, ", "),
                                fmt::join(data.test.class_names, ", "))};
  return data;
}

TrainAndTest read_tables(const fs::path& path) {
  auto train = read_csv(path / "train.csv");
  auto test = read_csv(path / "test.csv",
                       {.class_names = train.class_names, .columns = csv_columns(path / "train.csv")});
  return {std::move(train), std::move(test)};
}

TrainAndTest read_sets(const fs::path& path) {
  if (is_table(path)) return in_two(read_csv(path), path);
  if (fs::is_directory(path)) {
    if (fs::exists(path / "train.csv")) return read_tables(path);
    if (!has(path, is_idx) && has(path, is_folder)) return read_image_folders(path);
  }
  return idx_folder(path);
}

std::vector<std::string> class_names_of(const TrainAndTest& data) {
  if (!data.train.class_names.empty()) return data.train.class_names;
  const auto classes = std::max<std::int64_t>(class_count(data), 1);
  std::vector<std::string> names;
  for (std::int64_t label = 0; label < classes; ++label) names.push_back(std::to_string(label));
  return names;
}

Dataset flat(Dataset dataset) {
  const auto samples = dataset.size();
  dataset.images = std::move(dataset.images).reshaped({samples, dataset.images.size() / samples});
  return dataset;
}

}  // namespace

LabelledData read_data(const fs::path& path) {
  auto sets = read_sets(path);
  const auto &train = sets.train.images.extents(), &test = sets.test.images.extents();
  if (!std::equal(train.begin() + 1, train.end(), test.begin() + 1, test.end()))
    throw DataError{fmt::format("'{}' has {} to train on and {} to judge by", path.string(), to_string(train),
                                to_string(test))};
  const Extents image{train.begin() + 1, train.end()};
  const auto is_like_mnist = sets.train.class_names.empty() && image == Extents{28, 28};
  const auto digit_side = is_like_mnist ? std::optional{usual_digit_side(sets.train.images)} : std::nullopt;
  auto names = class_names_of(sets);
  const auto is_of_table = image.size() == 1;
  return {{flat(std::move(sets.train)), flat(std::move(sets.test))},
          image,
          std::move(names),
          is_of_table,
          digit_side};
}

}  // namespace retrograph::program
