#pragma once

#include <retrograph/models/data/dataset.hpp>

#include <filesystem>

namespace retrograph {

struct ImageFolderOptions {
  bool colour = false;  // red, green and blue, or one grey
  // [height, width] to scale all images to by the mean over areas; if left empty, they must be of one size.
  std::optional<std::array<std::int64_t, 2>> size = {};
};

/// Pictures in folders of classes, `cats/1.png`, `dogs/1.png`: each folder in `folder` is a class, in the
/// order of their names, and the PNG files in it, in the order of their names, are its samples. Other files,
/// and all whose names begin with a dot, do not count.
///
/// returns  images float32 [samples, height, width], or with `colour` [samples, 3, height, width], in [0, 1],
///          0 is black; labels int32 [samples]; the names of the folders as class names
/// Throws FileError for a folder or file that cannot be read; DataError if there are no classes, for a class
/// without pictures or whose name is no UTF-8, a file that is no whole PNG, or pictures of several sizes,
/// naming two of them.
Dataset image_folder(const std::filesystem::path& folder, const ImageFolderOptions& options = {});

}  // namespace retrograph
