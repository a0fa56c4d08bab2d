#include <retrograph/models/data/idx_folder.hpp>
#include <retrograph/models/data/mnist.hpp>

#include <fmt/format.h>

namespace retrograph {
namespace {

constexpr std::int64_t side = 28;
constexpr std::int32_t classes = 10;

void require_form(const Dataset& dataset, std::string_view set, const std::filesystem::path& folder) {
  const auto& extents = dataset.images.extents();
  if (extents[1] != side || extents[2] != side)
    throw DataError{fmt::format("the {} images in '{}' are {}, not [samples, {}, {}]", set, folder.string(),
                                to_string(extents), side, side)};
  const auto labels = dataset.labels.values<std::int32_t>();
  for (std::size_t i = 0; i < labels.size(); ++i)
    if (labels[i] >= classes)
      throw DataError{fmt::format("{} label {} in '{}' is {}, not in 0 .. {}", set, i, folder.string(),
                                  labels[i], classes - 1)};
}

}  // namespace

Mnist mnist(const std::filesystem::path& folder) {
  auto data = idx_folder(folder);
  require_form(data.train, "training", folder);
  require_form(data.test, "test", folder);
  for (auto* dataset : {&data.train, &data.test})
    dataset->images = std::move(dataset->images).reshaped({dataset->size(), side * side});
  return data;
}

}  // namespace retrograph
