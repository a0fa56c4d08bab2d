#pragma once

#include <retrograph/graph/array.hpp>

#include <filesystem>

namespace retrograph {

/// An array of unsigned bytes from a file in the IDX format of the MNIST digits: two zero bytes, a code for
/// the dtype, the rank, the extents as 32-bit numbers (all of these big end first), then the numbers, rows
/// first. A file that is gzip inside, whatever its name, is inflated on the way.
///
/// Nothing in the file is trusted: no memory is taken for numbers that the file cannot hold, and it must end
/// where its header says. Format: http://yann.lecun.com/exdb/mnist/, "the IDX file format".
///
/// returns  [as the header says], uint8
/// Throws FileError if the file cannot be read, DataError if it is not what it says it is.
Array read_idx(const std::filesystem::path& path);

}  // namespace retrograph
