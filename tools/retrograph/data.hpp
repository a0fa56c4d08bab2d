#pragma once

#include <retrograph/models/data/dataset.hpp>

#include <filesystem>

namespace retrograph::program {

/// What `--data` names, as the program's nets take it.
struct LabelledData : TrainAndTest {            // images are [samples, numbers]
  Extents image;                                // of one image
  std::vector<std::string> class_names;         // of all labels: those that the data give, or "0", "1", ...
  bool is_table = false;                        // whose numbers are no pixels
  std::optional<std::int64_t> digit_side = {};  // of images in the manner of MNIST
};

/// Reads data of any kind:
///
///     a folder of four files in the manner of MNIST; classes.txt in it names the classes
///
///     a folder with folders of PNG files, one a class; or with two such folders, `train` and `test`
///
///     a file .csv or .csv.gz; or a folder with train.csv and test.csv
///
/// Where there is one set of samples, a sixth of them, always the same, is for the test.
/// Throws FileError and DataError as the readers of models/data do.
LabelledData read_data(const std::filesystem::path& path);

}  // namespace retrograph::program
