#include <retrograph/models/data/idx.hpp>
#include <retrograph/models/data/mnist.hpp>

#include <fmt/format.h>

#include <array>

namespace retrograph {
namespace {

namespace fs = std::filesystem;

constexpr auto how_to_get_it = "run ./tools/mnist, which fetches the data, or name the folder that has it";
constexpr std::int64_t side = 28;
constexpr int classes = 10;

/// `kind` is "images-idx3" or "labels-idx1". The data comes in both spellings from different places.
fs::path find_file(const fs::path& folder, std::string_view set, std::string_view kind) {
  const auto what = kind.substr(0, kind.find('-'));
  const auto format = kind.substr(kind.find('-') + 1);
  const auto usual = fmt::format("{}-{}-{}-ubyte", set, what, format);
  const auto dotted = fmt::format("{}-{}.{}-ubyte", set, what, format);
  for (const auto& name : {usual, dotted, usual + ".gz", dotted + ".gz"})
    if (fs::exists(folder / name)) return folder / name;
  throw FileError{fmt::format("no {} in '{}', nor {}, nor either with .gz", usual, folder.string(), dotted),
                  how_to_get_it};
}

Array read_images(const fs::path& path) {
  const auto pixels = read_idx(path);
  const auto& extents = pixels.extents();
  if (extents.size() != 3 || extents[1] != side || extents[2] != side)
    throw DataError{fmt::format("'{}' holds {}, not images of [samples, {}, {}]", path.string(),
                                to_string(extents), side, side)};
  std::array<float, 256> brightness;
  for (std::size_t i = 0; i < brightness.size(); ++i) brightness[i] = static_cast<float>(i) / 255.0f;

  auto images = Array::uninitialized({DType::float32, {extents[0], side * side}});
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
  const auto values = labels.values<std::uint8_t>();
  for (std::size_t i = 0; i < values.size(); ++i)
    if (values[i] >= classes)
      throw DataError{
          fmt::format("'{}': label {} is {}, not in 0 .. {}", path.string(), i, values[i], classes - 1)};
  return labels.cast(DType::int32);
}

Dataset read_set(const fs::path& folder, std::string_view set) {
  const auto image_path = find_file(folder, set, "images-idx3");
  const auto label_path = find_file(folder, set, "labels-idx1");
  Dataset dataset{read_images(image_path), read_labels(label_path)};
  if (dataset.images.extents()[0] != dataset.labels.extents()[0])
    throw DataError{fmt::format("'{}' holds {} images, '{}' {} labels", image_path.string(),
                                dataset.images.extents()[0], label_path.string(),
                                dataset.labels.extents()[0])};
  if (dataset.size() == 0) throw DataError{fmt::format("'{}' holds no images", image_path.string())};
  return dataset;
}

}  // namespace

Mnist mnist(const fs::path& folder) {
  if (!fs::is_directory(folder))
    throw FileError{fmt::format("there is no folder '{}' to read MNIST from", folder.string()),
                    how_to_get_it};
  return {read_set(folder, "train"), read_set(folder, "t10k")};
}

}  // namespace retrograph
