#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>

namespace retrograph {

/// The bytes of a file in their order, inflated on the way if the file is gzip.
class ByteSource {
 public:
  /// Throws FileError if the file cannot be opened.
  static std::unique_ptr<ByteSource> open(const std::filesystem::path& path);
  virtual ~ByteSource() = default;

  /// Fills `bytes`, or what there is of it when the source ends, and returns how many came.
  /// Throws DataError for gzip that is corrupt.
  virtual std::size_t read(std::span<std::uint8_t> bytes) = 0;

  /// More bytes than this cannot be in the source: the size of a plain file, 1032 times that of gzip.
  virtual std::uint64_t most_bytes() const = 0;
};

}  // namespace retrograph
