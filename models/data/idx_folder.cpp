#include <retrograph/models/data/idx.hpp>
#include <retrograph/models/data/idx_folder.hpp>
#include <retrograph/models/data/utf_8.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>

namespace retrograph {
namespace {

namespace fs = std::filesystem;

constexpr auto how_to_get_it = "run ./tools/mnist, which fetches MNIST, or name the folder that has the data";

bool is_called(std::string_view name, std::string_view set, std::string_view what, int rank) {
  if (name.ends_with(".gz")) name.remove_suffix(3);
  for (const auto dot : {'-', '.'}) {
    const auto ending = fmt::format("{}-{}{}idx{}-ubyte", set, what, dot, rank);
    if (name == ending || name.ends_with("-" + ending)) return true;
  }
  return false;
}

/// The file of images or labels of a set, under any of its names.
fs::path find_file(const fs::path& folder, const std::vector<std::string_view>& sets, std::string_view what,
                   int rank) {
  std::vector<std::string> found;
  for (const auto& entry : fs::directory_iterator{folder})
    for (const auto set : sets)
      if (const auto name = entry.path().filename().string(); is_called(name, set, what, rank))
        found.push_back(name);
  std::sort(found.begin(), found.end());
  if (found.empty())
    throw FileError{fmt::format("no {}-{}-idx{}-ubyte in '{}', nor with .idx or .gz", sets.front(), what,
                                rank, folder.string()),
                    how_to_get_it};
  // A file and its .gz are the same; others are of several data sets.
  if (found.size() > 1 && !(found.size() == 2 && found[1] == found[0] + ".gz"))
    throw FileError{fmt::format("'{}' has several data sets: {}", folder.string(), fmt::join(found, ", ")),
                    "give each a folder of its own"};
  return folder / found.front();
}

Array read_images(const fs::path& path) {
  const auto pixels = read_idx(path);
  if (pixels.rank() != 3)
    throw DataError{fmt::format("'{}' holds {}, not images of [samples, height, width]", path.string(),
                                to_string(pixels.extents()))};
  if (pixels.size() == 0) throw DataError{fmt::format("'{}' holds no images", path.string())};
  std::array<float, 256> brightness;
  for (std::size_t i = 0; i < brightness.size(); ++i) brightness[i] = static_cast<float>(i) / 255.0f;

  auto images = Array::uninitialized({DType::float32, pixels.extents()});
  const auto from = pixels.values<std::uint8_t>();
  const auto to = images.values<float>();
  for (std::size_t i = 0; i < from.size(); ++i) to[i] = brightness[from[i]];
  return images;
}

Array read_labels(const fs::path& path) {
  const auto labels = read_idx(path);
  if (labels.rank() != 1)
    throw DataError{
        fmt::format("'{}' holds {}, not labels of [samples]", path.string(), to_string(labels.extents()))};
  return labels.cast(DType::int32);
}

Dataset read_set(const fs::path& folder, const std::vector<std::string_view>& names) {
  const auto image_path = find_file(folder, names, "images", 3);
  const auto label_path = find_file(folder, names, "labels", 1);
  Dataset dataset{read_images(image_path), read_labels(label_path)};
  if (dataset.images.extents()[0] != dataset.labels.extents()[0])
    throw DataError{fmt::format("'{}' holds {} images, '{}' {} labels", image_path.string(),
                                dataset.images.extents()[0], label_path.string(),
                                dataset.labels.extents()[0])};
  return dataset;
}

/// One a line; a file of any size and content must do no harm.
std::vector<std::string> read_class_names(const fs::path& path) {
  constexpr std::uintmax_t most_bytes = 1 << 16;
  std::error_code problem;
  const auto bytes = fs::file_size(path, problem);
  if (problem || bytes > most_bytes)
    throw DataError{fmt::format("'{}' is no list of class names, or has more than 64 KiB", path.string())};
  std::ifstream stream{path};
  if (!stream) throw FileError{fmt::format("cannot read '{}'", path.string())};
  std::vector<std::string> names;
  for (std::string line; std::getline(stream, line);) {
    if (line.ends_with('\r')) line.pop_back();
    names.push_back(std::move(line));
    if (names.back().empty() || !is_utf_8(names.back()))
      throw DataError{fmt::format("'{}', line {}: a class has a name that is {}", path.string(), names.size(),
                                  names.back().empty() ? "empty" : "no UTF-8")};
  }
  return names;
}

void name_classes(TrainAndTest& data, const fs::path& path) {
  const auto names = read_class_names(path);
  if (const auto classes = class_count(data); std::ssize(names) != classes)
    throw DataError{
        fmt::format("'{}' has {} names, and labels are of {} classes", path.string(), names.size(), classes),
        "give it a line for each label from 0 on"};
  data.train.class_names = data.test.class_names = names;
}

}  // namespace

TrainAndTest idx_folder(const fs::path& folder) {
  if (!fs::is_directory(folder))
    throw FileError{fmt::format("there is no folder '{}' to read data from", folder.string()), how_to_get_it};
  TrainAndTest data{read_set(folder, {"train"}), read_set(folder, {"t10k", "test"})};
  const auto &train = data.train.images.extents(), &test = data.test.images.extents();
  if (!std::equal(train.begin() + 1, train.end(), test.begin() + 1))
    throw DataError{fmt::format("'{}' has images of {} x {} to train on and of {} x {} to judge by",
                                folder.string(), train[1], train[2], test[1], test[2])};
  if (const auto names = folder / "classes.txt"; fs::exists(names)) name_classes(data, names);
  return data;
}

}  // namespace retrograph
