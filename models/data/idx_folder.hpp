#pragma once

#include <retrograph/models/data/dataset.hpp>

#include <filesystem>

namespace retrograph {

/// A data set in the manner of MNIST, such as Fashion-MNIST, KMNIST or a part of EMNIST: a folder with images
/// and labels to train on and to judge by, in four files in the IDX format (models/data/idx.hpp), each plain
/// or with `.gz`:
///
///     [NAME-]train-images-idx3-ubyte    [NAME-]t10k-images-idx3-ubyte, or `test` in place of `t10k`
///     [NAME-]train-labels-idx1-ubyte    [NAME-]t10k-labels-idx1-ubyte, or `.idx` in place of `-idx`
///
/// If it has a file `classes.txt`, that has the name of each class, the label's from 0 on, a line each, in
/// UTF-8.
///
/// returns  images float32 [samples, height, width] in [0, 1], labels int32 [samples]
/// Throws FileError for a missing folder or file, and where the folder has several for one; DataError for a
/// file that is not what it should be, and where those of a set, or names and labels, do not go together.
TrainAndTest idx_folder(const std::filesystem::path& folder);

}  // namespace retrograph
