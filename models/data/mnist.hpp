#pragma once

#include <retrograph/models/data/dataset.hpp>

#include <filesystem>

namespace retrograph {

/// Images float32 [samples, 784] in [0, 1], labels int32 [samples] in 0 .. 9.
using Mnist = TrainAndTest;

/// The MNIST digits, or data of the same form such as Fashion-MNIST, from a folder of their four files under
/// the names that `idx_folder` knows.
/// Throws as that does, and DataError for images of another size than 28 x 28 or other labels.
Mnist mnist(const std::filesystem::path& folder);

}  // namespace retrograph
