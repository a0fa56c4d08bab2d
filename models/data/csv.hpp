#pragma once

#include <retrograph/models/data/dataset.hpp>

#include <filesystem>

namespace retrograph {

struct CsvOptions {
  std::string label = {};  // the column of labels, by name or counted from 0;
  // if left empty, the one called "label" or "class", or the last
  char separator = ',';
  std::vector<std::string> class_names = {};  // the only classes there may be, in the order of their labels
  std::vector<std::string> columns = {};      // what they are to be called, if the file has names of them
};

/// A table in text: a line a sample, cells with a separator between them, all numbers but the label. The
/// first line may be names of the columns, which is seen by cells that are no numbers. Cells may be in double
/// quotes, "" within them standing for one. Empty lines do not count. A file that is gzip inside is inflated
/// on the way.
///
/// returns  images float32 [samples, columns - 1] with the numbers; labels int32 [samples]; the different
///          texts in the label column as class names: in the order of numbers if all are whole numbers, else
///          of letters
/// Throws FileError if the file cannot be read; DataError that names line and column for a cell that is no
/// finite number, a line of another number of cells, a class that is not among options.class_names or whose
/// name is no UTF-8, and one that lists columns of other names than options.columns. Format: RFC 4180,
/// without line breaks in cells.
Dataset read_csv(const std::filesystem::path& path, const CsvOptions& options = {});

/// The names of the columns in the first line; none if it has none. Throws as `read_csv` does.
std::vector<std::string> csv_columns(const std::filesystem::path& path, const CsvOptions& options = {});

}  // namespace retrograph
