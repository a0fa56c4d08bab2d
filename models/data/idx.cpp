#include <retrograph/models/data/byte_source.hpp>
#include <retrograph/models/data/idx.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace retrograph {
namespace {

class IdxReader {
 public:
  explicit IdxReader(const std::filesystem::path& path)
      : name_{path.string()}, source_{ByteSource::open(path)} {}

  Array read() {
    const auto extents = read_header();
    const auto count = checked_count(extents);
    auto array = to_array(extents, read_numbers(count));
    require_end(count);
    return array;
  }

 private:
  Extents read_header() {
    std::uint8_t magic[4];
    require(source_->read(magic) == 4, "is too short for the header of an IDX file");
    require(magic[0] == 0 && magic[1] == 0,
            fmt::format("is no IDX file: it starts with {:02x} {:02x} {:02x} {:02x}, not with 00 00",
                        magic[0], magic[1], magic[2], magic[3]));
    require(
        magic[2] == unsigned_byte,
        fmt::format("holds numbers of type {:#04x}, not unsigned bytes ({:#04x})", magic[2], unsigned_byte));
    const std::size_t rank = magic[3];
    require(rank > 0, "has rank 0, so it holds no samples");

    std::vector<std::uint8_t> bytes(4 * rank);
    require(source_->read(bytes) == bytes.size(),
            fmt::format("ends within its header, which promises rank {}", rank));
    Extents extents;
    for (std::size_t i = 0; i < bytes.size(); i += 4)
      extents.push_back(std::int64_t{bytes[i]} << 24 | bytes[i + 1] << 16 | bytes[i + 2] << 8 | bytes[i + 3]);
    return extents;
  }

  /// The product of the extents, if the file can hold as many.
  std::uint64_t checked_count(const Extents& extents) const {
    if (std::ranges::count(extents, 0) > 0) return 0;
    const auto limit = source_->most_bytes();
    std::uint64_t count = 1;
    for (const auto extent : extents) {
      const auto factor = static_cast<std::uint64_t>(extent);
      require(count <= limit / factor,
              fmt::format("is cut off: its header promises {}, more than the {} bytes it can hold",
                          to_string(extents), limit));
      count *= factor;
    }
    return count;
  }

  /// Takes memory as the numbers come, so that a false promise costs nothing.
  std::vector<std::uint8_t> read_numbers(std::uint64_t count) {
    constexpr std::uint64_t piece = std::uint64_t{1} << 24;
    std::vector<std::uint8_t> numbers;
    while (numbers.size() < count) {
      const auto before = numbers.size();
      const auto wanted = static_cast<std::size_t>(std::min(piece, count - before));
      numbers.resize(before + wanted);
      const auto come = source_->read(std::span{numbers}.subspan(before));
      require(come == wanted,
              fmt::format("is cut off: its header promises {} numbers, {} are there", count, before + come));
    }
    return numbers;
  }

  static Array to_array(const Extents& extents, const std::vector<std::uint8_t>& numbers) {
    return Array::copy_of<std::uint8_t>(extents, numbers);
  }

  void require_end(std::uint64_t count) {
    std::uint8_t next[1];
    require(source_->read(next) == 0,
            fmt::format("goes on behind the {} numbers that its header promises", count));
  }

  void require(bool condition, const std::string& what) const {
    if (!condition)
      throw DataError{fmt::format("'{}' {}", name_, what),
                      "it may be damaged: ./tools/mnist fetches it again"};
  }

  static constexpr int unsigned_byte = 0x08;

  std::string name_;
  std::unique_ptr<ByteSource> source_;
};

}  // namespace

Array read_idx(const std::filesystem::path& path) {
  return IdxReader{path}.read();
}

}  // namespace retrograph
