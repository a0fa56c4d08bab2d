#include <retrograph/graph/error.hpp>
#include <retrograph/models/data/byte_source.hpp>

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>

namespace retrograph {
namespace {

constexpr std::uint8_t first_byte_of_gzip = 0x1f;
constexpr auto fetch_again = "fetch it again: ./tools/mnist checks what it fetches";

class PlainSource final : public ByteSource {
 public:
  PlainSource(std::ifstream file, std::uint64_t size) : file_{std::move(file)}, size_{size} {}

  std::size_t read(std::span<std::uint8_t> bytes) override {
    file_.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    return static_cast<std::size_t>(file_.gcount());
  }
  std::uint64_t most_bytes() const override { return size_; }

 private:
  std::ifstream file_;
  std::uint64_t size_;
};

/// zlib's own reader of .gz files passes over junk behind the data, so this one asks for each piece itself.
class GzipSource final : public ByteSource {
 public:
  GzipSource(std::ifstream file, std::uint64_t size, std::string name)
      : file_{std::move(file)}, size_{size}, name_{std::move(name)} {
    constexpr int gzip_header_and_checksum = 16;
    invariant(inflateInit2(&stream_, gzip_header_and_checksum + MAX_WBITS) == Z_OK, "zlib does not start");
  }
  GzipSource(const GzipSource&) = delete;
  GzipSource& operator=(const GzipSource&) = delete;
  ~GzipSource() override { inflateEnd(&stream_); }

  std::size_t read(std::span<std::uint8_t> bytes) override {
    std::size_t filled = 0;
    while (filled < bytes.size()) {
      const auto wanted = std::min(bytes.size() - filled, most_at_once);
      stream_.next_out = bytes.data() + filled;
      stream_.avail_out = static_cast<uInt>(wanted);
      const auto more = inflate_some();
      filled += wanted - stream_.avail_out;
      if (!more) break;
    }
    return filled;
  }

  /// A deflated bit stands for at most 1032 / 8 bytes: a match of 258 bytes takes two bits at least.
  std::uint64_t most_bytes() const override { return 1032 * size_; }

 private:
  static constexpr std::size_t most_at_once = std::size_t{1} << 20;

  /// False when the source has ended, checksum and all.
  bool inflate_some() {
    if (stream_.avail_in == 0) refill();
    if (between_members_ && stream_.avail_in == 0) return false;
    if (between_members_ && *stream_.next_in != first_byte_of_gzip)
      throw DataError{fmt::format("'{}' has something else behind its gzip data", name_), fetch_again};
    between_members_ = false;

    const auto status = ::inflate(&stream_, Z_NO_FLUSH);
    if (status == Z_OK) return true;
    if (status == Z_BUF_ERROR)  // no input is left, yet it wants more
      throw DataError{fmt::format("'{}' is gzip that ends too early, after {} bytes", name_, size_),
                      fetch_again};
    if (status != Z_STREAM_END)
      throw DataError{fmt::format("'{}' is corrupt gzip: {}", name_,
                                  stream_.msg ? stream_.msg : "it asks for a dictionary"),
                      fetch_again};
    between_members_ = true;  // gzip may be several members, one behind the other
    inflateReset(&stream_);
    return true;
  }

  void refill() {
    file_.read(reinterpret_cast<char*>(deflated_.data()), static_cast<std::streamsize>(deflated_.size()));
    stream_.next_in = deflated_.data();
    stream_.avail_in = static_cast<uInt>(file_.gcount());
  }

  std::ifstream file_;
  std::uint64_t size_;
  std::string name_;
  z_stream stream_{};
  std::array<std::uint8_t, 1 << 16> deflated_;
  bool between_members_ = false;
};

bool starts_like_gzip(std::ifstream& file) {
  std::array<char, 2> start{};
  file.read(start.data(), start.size());
  const auto found =
      file.gcount() == 2 && static_cast<std::uint8_t>(start[0]) == first_byte_of_gzip && start[1] == '\x8b';
  file.clear();
  file.seekg(0);
  return found;
}

}  // namespace

std::unique_ptr<ByteSource> ByteSource::open(const std::filesystem::path& path) {
  std::error_code problem;
  const auto size = std::filesystem::file_size(path, problem);  // refuses folders, too
  if (problem) throw FileError{fmt::format("cannot read '{}': {}", path.string(), problem.message())};
  errno = 0;
  std::ifstream file{path, std::ios::binary};
  if (!file) throw FileError{fmt::format("cannot read '{}': {}", path.string(), std::strerror(errno))};
  if (starts_like_gzip(file)) return std::make_unique<GzipSource>(std::move(file), size, path.string());
  return std::make_unique<PlainSource>(std::move(file), size);
}

}  // namespace retrograph
