#include <retrograph/models/data/digit_image.hpp>
#include <retrograph/models/data/image_folder.hpp>
#include <retrograph/models/data/png.hpp>
#include <retrograph/models/data/utf_8.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace retrograph {
namespace {

namespace fs = std::filesystem;

/// What is in a folder and holds, by name.
template <class Holds>
std::vector<fs::path> entries(const fs::path& folder, const Holds& holds) {
  std::error_code problem;
  std::vector<fs::path> found;
  for (const auto& entry : fs::directory_iterator{folder, problem})
    if (!entry.path().filename().string().starts_with('.') && holds(entry)) found.push_back(entry.path());
  if (problem) throw FileError{fmt::format("cannot read '{}': {}", folder.string(), problem.message())};
  std::ranges::sort(found, {}, [](const fs::path& path) { return path.filename().string(); });
  return found;
}

bool is_picture(const fs::directory_entry& entry) {
  const auto ending = entry.path().extension();
  return entry.is_regular_file() && (ending == ".png" || ending == ".PNG");
}

class ImageFolderReader {
 public:
  explicit ImageFolderReader(const ImageFolderOptions& options) : options_{options} {}

  Dataset read(const fs::path& folder) {
    const auto folders = entries(folder, [](const auto& entry) { return entry.is_directory(); });
    if (folders.empty())
      throw DataError{fmt::format("'{}' has no folders, and was to have one of each class", folder.string())};
    std::vector<std::string> names;
    for (const auto& class_folder : folders) {
      const auto pictures = entries(class_folder, is_picture);
      if (pictures.empty())
        throw DataError{fmt::format("there are no .png files in '{}'", class_folder.string())};
      for (const auto& picture : pictures) add(picture, static_cast<std::int32_t>(names.size()));
      names.push_back(class_folder.filename().string());
      if (!is_utf_8(names.back()))
        throw DataError{fmt::format("the class in '{}' has a name that is no UTF-8", class_folder.string()),
                        "rename its folder"};
    }
    Extents extents{static_cast<std::int64_t>(labels_.size())};
    extents.insert(extents.end(), extents_.begin(), extents_.end());
    return {Array::copy_of<float>(std::move(extents), pixels_),
            Array::copy_of<std::int32_t>({static_cast<std::int64_t>(labels_.size())}, labels_),
            std::move(names)};
  }

 private:
  void add(const fs::path& path, std::int32_t label) {
    auto image = read_png(path, {.colour = options_.colour});
    if (options_.size) image = scaled(image);
    if (labels_.empty()) {
      extents_ = image.extents();
      first_ = path;
    }
    if (image.extents() != extents_)
      throw DataError{fmt::format("'{}' is {}, and '{}' is {}", path.string(), to_string(image.extents()),
                                  first_.string(), to_string(extents_)),
                      "all are to be of one size, or scaled to it"};
    const auto pixels = std::as_const(image).values<float>();
    pixels_.insert(pixels_.end(), pixels.begin(), pixels.end());
    labels_.push_back(label);
  }

  Array scaled(const Array& image) const {
    const auto [height, width] = *options_.size;
    if (!options_.colour) return scaled_by_area(image, height, width);
    Array result{{3, height, width}};
    const auto area = static_cast<std::size_t>(image.size() / 3);
    auto to = result.values<float>().begin();
    for (std::size_t channel = 0; channel < 3; ++channel) {
      const auto part = image.values<float>().subspan(channel * area, area);
      const auto scaled =
          scaled_by_area(Array::view({image.extents()[1], image.extents()[2]}, part), height, width);
      to = std::ranges::copy(scaled.values<float>(), to).out;
    }
    return result;
  }

  const ImageFolderOptions& options_;
  Extents extents_;  // of an image
  fs::path first_;
  std::vector<float> pixels_;
  std::vector<std::int32_t> labels_;
};

}  // namespace

Dataset image_folder(const fs::path& folder, const ImageFolderOptions& options) {
  return ImageFolderReader{options}.read(folder);
}

}  // namespace retrograph
