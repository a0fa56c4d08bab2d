#pragma once

#include <retrograph/models/data/dataset.hpp>

#include <filesystem>

namespace retrograph {

/// Images float32 [samples, 784] in [0, 1], labels int32 [samples] in 0 .. 9.
struct Mnist {
  Dataset train;
  Dataset test;
};

/// The MNIST digits, or data of the same form, from a folder that has the images and labels of both sets:
/// `train-images-idx3-ubyte` or `train-images.idx3-ubyte`, `train-labels-...`, `t10k-images-...`,
/// `t10k-labels-...`, each plain or with `.gz`.
/// Throws FileError for a missing folder or file, DataError for a file that is not what it should be.
Mnist mnist(const std::filesystem::path& folder);

}  // namespace retrograph
